/** Who made what is there from the start: a name that no directory needs to hold. */
export const SAMPLE_AUTHOR = { username: 'postern-sample', displayName: 'Postern sample' } as const;

// Names that the cases and the goals share.

/** As many tokens as databases are filled with. */
export const TOKEN_COUNTS = [10, 10_000, 1_000_000];
export const shown = (count) => count.toLocaleString('en');
/** The same ten tokens, in whichever database. */
export const cachedWith = (count) => `${shown(count)} tokens, remembered`;
export const uncachedWith = (count) => `${shown(count)} tokens, looked up`;
/** Of the case that starts a second process. */
export const ONE_PROCESS = 'one process';
export const TWO_PROCESSES = 'two processes, one database';

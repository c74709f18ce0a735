export const KINDS: Readonly<Record<string, { readonly status: number | null; readonly isKept: boolean; readonly of100: number }>>;
export function kindOf(number: number): string;

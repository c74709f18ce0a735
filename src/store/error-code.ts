// The `code` that Node and the database drivers put on their errors.

/** The error's code; '' when it has none. Does not ask `instanceof`: such errors may come from another realm. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

// "Contains" in SQL, on every database alike: write `column LIKE ? ESCAPE '!'`. MySQL reads a backslash in a text as an escape of its own,
// so the escape character is another.

/** The pattern for texts that hold this one; what LIKE would read as a wildcard stands for itself. */
export function containsPattern(text: string): string {
  // SQLite's LIKE would stop at a NUL and find everything. No text that is stored holds one, nor any other control character.
  return `%${text.replaceAll(/[!%_]/g, '!$&').replaceAll('\0', '\u0001')}%`;
}

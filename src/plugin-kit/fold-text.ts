// Letters without case, in every script. Done here and stored folded, since the databases differ: SQLite's LOWER knows A-Z alone, PostgreSQL's
// follows the locale. For searches only: who is who is decided with `foldName`, which lets no Kelvin sign pass for a K.

/** `Ärger` → `ärger`. May be longer than the text: `İ` becomes two characters. */
export function foldText(text: string): string {
  return text.toLowerCase();
}

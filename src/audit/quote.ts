// A text as a JSON string of printable ASCII: whatever a client sends, it stays inside its quotes and on its line [AUD-11].

/** What may stand between quotes as it is: printable ASCII without `"` and `\`. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** DEL, C1 controls, line separators, bidirectional marks and everything else that JSON.stringify leaves alone. */
const BEYOND_ASCII = /[\u007f-\uffff]/g;

/** `text` as a JSON string in which every character outside printable ASCII is escaped. */
export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(BEYOND_ASCII, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

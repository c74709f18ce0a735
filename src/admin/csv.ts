// Comma-separated values (RFC 4180) that a spreadsheet shows and does not calculate.

/** One record with its line end. A field that a spreadsheet would read as a formula gets an apostrophe in front (CWE-1236). */
export function csvRow(fields: readonly string[]): string {
  return `${fields.map((field) => quoted(defused(field))).join(',')}\r\n`;
}

function defused(field: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/u.test(field) ? `'${field}` : field;
}

function quoted(field: string): string {
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

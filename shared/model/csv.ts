/** Spreadsheets run cells that begin so as formulas, also after blanks (OWASP, "CSV Injection"); full-width forms count for some. */
const startsFormula = /^[\s\u00A0\u3000]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u;

/**
 * A table as RFC 4180 text with CRLF, each cell quoted. Cells that a spreadsheet would take for a formula get an apostrophe in front,
 * since what is exported was partly written by strangers.
 */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  const harmless = startsFormula.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

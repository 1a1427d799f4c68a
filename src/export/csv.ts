/** CSV by RFC 4180. Spreadsheets run cells that look like formulas, so those get an apostrophe in front (OWASP). */
const FORMULA = /^[=+\-@\t\r\n]/u;

export const csvCell = (text: string): string => {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
export const csvRow = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** One row by header; a header left out is an empty cell. */
export type CsvRow<Header extends string> = { readonly [header in Header]?: string | undefined };

/** The header line of a CSV file (RFC 4180, CRLF). */
export function csvHeader(headers: readonly string[]): string {
  return csvLine(headers);
}

/** One data line with its cells in the order of the headers. */
export function csvRow<Header extends string>(headers: readonly Header[], row: CsvRow<Header>): string {
  return csvLine(headers.map((header) => row[header] ?? ''));
}

function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',') + '\r\n';
}

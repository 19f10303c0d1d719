/**
 * Cells as a line of CSV (RFC 4180), without its end. What a spreadsheet would take for a formula stands behind an
 * apostrophe: a cell that begins with = + - @, a tab or a carriage return (OWASP, CSV injection).
 */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => {
    const safe = looksLikeFormula(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(safe) || safe !== cell ? `"${safe.replaceAll('"', '""')}"` : safe;
  }).join(',');
}

/** Whether a spreadsheet would calculate this cell instead of showing it. */
export function looksLikeFormula(cell: string): boolean {
  return /^[=+\-@\t\r]/.test(cell);
}

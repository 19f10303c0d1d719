import type { Gateway } from '../gateway.ts';

/** A part of a feed as its CSV file: rows by the names the schema gives the columns, everything else left empty. */
export function csvFile(gateway: Gateway, feedKey: string, part: string, rows: readonly { [name: string]: string }[], separator = ','): string {
  const { mappings } = gateway.services;
  const feed = mappings.feeds.find(({ key }) => key === feedKey);
  const columns = mappings.kinds.get(feed?.kind ?? '')?.parts.find(({ name }) => name === part)?.columns ?? [];
  const unknown = rows.flatMap(Object.keys).filter((name) => !columns.some((column) => column.name === name));
  if (columns.length === 0 || unknown.length > 0) throw new Error(`${feedKey}/${part} has no column ${unknown.join(', ')}`);
  const line = (cells: readonly string[]): string => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(separator)}\r\n`;
  return line(columns.map(({ header }) => header)) + rows.map((row) => line(columns.map(({ name }) => row[name] ?? ''))).join('');
}

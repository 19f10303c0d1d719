import { textOf } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { asOfRow } from '../csv/as-of.ts';
import { readCells } from '../csv/read-cells.ts';
import { readTable, type TableRow } from '../csv/split-csv.ts';
import { decodeText } from '../decode-text.ts';
import type { Feed, Kind, Part, SplitRow } from '../types.ts';
import { isLookedUp } from '../addresses.ts';
import { assignTables, type PackedTable } from './assign-tables.ts';
import { joinTables, type Table } from './join-tables.ts';
import { openCover } from './open-cover.ts';
import { readZip, type PackageFile } from './read-zip.ts';

/** Cuts a zip of tables into rows: unpacked within the kind's limits, then as `splitTables` says. */
export async function splitPackage(kind: Kind, feed: Feed, bytes: Uint8Array): Promise<{ rows: SplitRow[]; problems: Problem[] }> {
  const unpacked = await readZip(bytes, { entries: kind.parts.length * 2, bytes: kind.limits.maxBytes });
  return 'problems' in unpacked ? { rows: [], problems: unpacked.problems } : splitTables(kind, feed, unpacked.files);
}

/**
 * The tables' rows, numbered over all tables in the order the kind lists them, whatever their order in the package: so
 * what a row refers to comes before it. A mistake of a table refuses the package, because the tables hang together; a
 * row that is wrong is set aside, and those that need it tell so.
 */
export function splitTables(kind: Kind, feed: Feed, files: readonly PackageFile[]): { rows: SplitRow[]; problems: Problem[] } {
  const { tables, problem } = openCover(kind, files);
  if (problem) return { rows: [], problems: [problem] };
  const assigned = assignTables(kind, tables);
  if ('problems' in assigned) return { rows: [], problems: assigned.problems };
  const read = readTables(kind, assigned.tables);
  if ('problems' in read) return { rows: [], problems: read.problems };
  const problems = read.tables.filter(({ part }) => part.cover && !isLookedUp(kind.parts, part)).flatMap((table) => checkCover(feed, table));
  return problems.length > 0 ? { rows: [], problems } : { rows: joinTables(read.tables, asOfPackage(read.tables)), problems: assigned.told };
}

/** Of when the package is, as the table about it says; '' when it does not. */
function asOfPackage(tables: readonly Table[]): string {
  const cover = tables.find(({ part }) => part.cover && part.asOf);
  const [row] = cover?.rows ?? [];
  return cover && row ? asOfRow(cover.part, readCells(cover.part.columns ?? [], row, { row: 1, line: row.line }).record) : '';
}

function readTables(kind: Kind, packed: readonly PackedTable[]): { tables: Table[] } | { problems: Problem[] } {
  const { maxRows } = kind.limits;
  const tables: Table[] = [];
  const problems: Problem[] = [];
  let rows = 0;
  for (const { part, bytes } of packed) {
    const table = readPart(part, bytes, maxRows + 1 - rows);
    problems.push(...table.problems.map((problem) => ({ ...problem, at: { part: part.name, ...problem.at } })));
    tables.push({ part, rows: table.rows.map((row) => renumber(row, part.cover ? 0 : rows)) });
    if (!part.cover) rows += table.rows.length;
    if (rows > maxRows) return { problems: [{ category: 'too-large', code: 'source-too-many-rows', text: `The package has more than the ${maxRows} rows this feed may send at once.`, fix: 'Send it in several packages.' }] };
  }
  return problems.length > 0 ? { problems } : { tables };
}

/** A row's number over all tables, given how many rows are in the tables before. */
function renumber(row: TableRow, before: number): TableRow {
  return { ...row, row: before + row.row, ...(row.problem && { problem: { ...row.problem, at: { ...row.problem.at, row: before + row.row } } }) };
}

function readPart(part: Part, bytes: Uint8Array, most: number): { rows: TableRow[]; problems: Problem[] } {
  if (bytes.length === 0) return { rows: [], problems: [{ category: 'malformed', code: 'source-empty', text: 'The table is empty: it has not even a header.' }] };
  const decoded = decodeText(bytes);
  return 'problem' in decoded ? { rows: [], problems: [decoded.problem] } : readTable(part, decoded.text, most);
}

/** The table about the package: one row that can be read, from an organisation the feed speaks for. */
function checkCover(feed: Feed, { part, rows }: Table): Problem[] {
  const [row, ...more] = rows;
  if (!row || more.length > 0) return [{ category: 'invalid', code: 'package-cover', text: `The table ${part.name} has ${rows.length} rows.`, at: { part: part.name }, expected: 'one row' }];
  const columns = part.columns ?? [];
  const { record, problems } = row.problem ? { record: {}, problems: [row.problem] } : readCells(columns, row, { part: part.name, row: 1, line: row.line });
  const foreign = columns.filter(({ name, sender }) => sender && record[name] !== undefined && !feed.senders?.includes(textOf(record[name])));
  return [...problems, ...foreign.map(({ header }): Problem => ({
    category: 'invalid', code: 'sender-unknown', text: 'The package is from an organisation this feed does not speak for.', at: { part: part.name, line: row.line, field: header },
    expected: (feed.senders ?? []).join(', '), fix: 'Send it through that organisation\'s own feed.',
  }))];
}

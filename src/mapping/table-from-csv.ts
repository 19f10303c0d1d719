import { parse } from 'csv-parse/sync';
import type { Problem } from '../fhir/problem.ts';
import { looseKey } from './code-tables.ts';
import type { CodeTable } from './types.ts';

const header = ['source', 'system', 'code', 'display', 'note'];

interface Row {
  record: string[];
  info: { lines: number };
}

/**
 * Reads a code table from CSV (UTF-8, header `source,system,code,display,note`; `display` and `note` may be empty).
 * A row with source `*` is used where no other matches. A name ending in `.loose` compares loosely. All mistakes are
 * reported together, by line; a source code given twice is one of them.
 */
export function tableFromCsv(name: string, text: string, file: string): { table: CodeTable } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const report = (line: number, what: string, expected?: string): void => {
    problems.push({ category: 'invalid', code: 'code-table', text: what, at: { file, line }, severity: 'error', ...(expected === undefined ? {} : { expected }) });
  };
  let rows: Row[];
  try {
    rows = parse(text, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }) as unknown as Row[];
  } catch (error) {
    report(lineOf(error), 'This line is not CSV: check its quotes');
    return { problems };
  }
  if (rows[0]?.record.join(',').toLowerCase() !== header.join(',')) report(1, 'The first line is not the header of a code table', header.join(','));
  const table = readRows(name, rows.slice(1), report);
  return problems.length > 0 ? { problems } : { table };
}

function readRows(name: string, rows: Row[], report: (line: number, what: string, expected?: string) => void): CodeTable {
  const loose = name.endsWith('.loose');
  const found = new Map<string, { system: string; code: string; display: string }>();
  const table: CodeTable = { name, rows: found, ...(loose ? { loose } : {}) };
  for (const { record, info } of rows) {
    const [source = '', system = '', code = '', display = ''] = record;
    const key = loose && source !== '*' ? looseKey(source) : source;
    if (record.length > header.length) report(info.lines, `This row has more than ${header.length} columns: put texts with commas in quotes`);
    else if (key === '' || code === '') report(info.lines, 'A row needs a source and a code');
    else if (/\s/.test(system)) report(info.lines, 'A system is a URI without spaces');
    else if (source === '*' ? table.fallback : found.has(key)) report(info.lines, 'This source is given twice');
    else if (source === '*') table.fallback = { system, code, display };
    else found.set(key, { system, code, display });
  }
  return table;
}

function lineOf(error: unknown): number {
  return error instanceof Error && 'lines' in error && typeof error.lines === 'number' ? error.lines : 1;
}

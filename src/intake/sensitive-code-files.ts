import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { codeKey, hasBeginnings, isLookedAt, shortestBeginning, snomed } from '../fhir/coded-values.ts';
import type { Problem } from '../fhir/problem.ts';
import type { SensitiveCode } from '../fhir/sensitive-codes.ts';
import { rowLabels } from '../fhir/sharing-labels.ts';
import { isSnomedCode } from './is-snomed-code.ts';

/** Folder of `mappings/` that holds no kind but the code sets, one file each. */
export const sensitiveCodesFolder = 'sensitive-codes';

export const sensitiveCodeColumns = ['system', 'code', 'display', 'label', 'source', 'note'] as const;

/** A line of a code set as an analyst edits it. `label`: one, or several with spaces between. */
export type SensitiveCodeLine = Record<(typeof sensitiveCodeColumns)[number], string>;

type Report = (line: number, column: number, text: string, expected?: string) => void;

/** Reads every code set of `folder`. All mistakes of all files come back at once, each with file, line and column; then nothing is loaded. */
export function loadSensitiveCodes(folder: string): { codes: SensitiveCode[] } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder) return { problems: [invalid(sensitiveCodesFolder, 1, 1, 'The folder of the code sets is missing: nothing would be known as sensitive.')] };
  const codes = readdirSync(folder).sort().flatMap((name) => {
    const file = `${sensitiveCodesFolder}/${name}`;
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*\.csv$/.test(name)) {
      problems.push(invalid(file, 1, 1, 'This is not the name of a code set.', 'lower-case words with hyphens, ending in .csv'));
      return [];
    }
    const read = parseSensitiveCodes(readFileSync(join(folder, name)), file);
    if ('problems' in read) problems.push(...read.problems);
    return 'lines' in read ? read.lines.map(({ system, code, label }) => ({ system, code, labels: label.split(' ') })) : [];
  });
  return problems.length > 0 ? { problems } : { codes };
}

/** One code set from the bytes of its file. */
export function parseSensitiveCodes(bytes: Uint8Array, file: string): { lines: SensitiveCodeLine[] } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const report: Report = (line, column, text, expected) => problems.push(invalid(file, line, column, text, expected));
  const rows = cellsOf(bytes, report);
  const [header, ...data] = rows;
  if (problems.length === 0 && header?.cells.join() !== sensitiveCodeColumns.join()) report(1, 1, 'The first line is not the header of a code set.', sensitiveCodeColumns.join(','));
  if (problems.length > 0) return { problems };
  const places = new Map<string, number>();
  const lines = data.map(({ cells, line }) => {
    if (cells.length !== sensitiveCodeColumns.length) report(line, cells.length, `The line has ${cells.length} cells.`, `${sensitiveCodeColumns.length}: put texts with commas in quotes`);
    const said = Object.fromEntries(sensitiveCodeColumns.map((name, index) => [name, cells[index] ?? ''])) as SensitiveCodeLine;
    checkLine(said, line, report);
    const key = codeKey(said.system, said.code);
    const before = places.get(key);
    if (before !== undefined) report(line, 2, `The code stands in line ${before} already.`);
    places.set(key, line);
    return said;
  });
  return problems.length > 0 ? { problems } : { lines };
}

function cellsOf(bytes: Uint8Array, report: Report): { cells: string[]; line: number }[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const rows = parse(text, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }) as unknown as { record: string[]; info: { lines: number } }[];
    return rows.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    const line = error instanceof Error && 'lines' in error && typeof error.lines === 'number' ? error.lines : 1;
    report(line, 1, 'From here on this is not CSV in UTF-8: check the quotation marks.');
    return [];
  }
}

/** Mistakes of one line; the columns are those of the header. */
function checkLine(said: SensitiveCodeLine, line: number, report: Report): void {
  const wrongCode = whyNoCode(said.system, said.code);
  if (!/^(?:https?:\/\/|urn:)[^\s|]+$/.test(said.system)) report(line, 1, 'The system is not a URI.', `such as ${snomed}`);
  else if (!isLookedAt(said.system)) report(line, 1, 'Codes of this system are structure: the gateway does not look at them.', 'a system of codes about people\'s health or care');
  else if (wrongCode !== null) report(line, 2, wrongCode.text, wrongCode.expected);
  if (said.display === '') report(line, 3, 'The code has no display: nobody could review it.');
  const labels = said.label.split(' ');
  if (labels.some((label) => !rowLabels.includes(label))) report(line, 4, said.label === '' ? 'The code has no label.' : 'This is not a label of records.', `one or several of ${rowLabels.join(' ')}`);
  else if (new Set(labels).size < labels.length) report(line, 4, 'A label stands twice.');
  if (said.source === '') report(line, 5, 'Nobody says where this comes from.', 'a list, a standard, or who decided it');
}

/** What is wrong with a code of a system, or null. */
export function whyNoCode(system: string, code: string): { text: string; expected: string } | null {
  const beginning = code.endsWith('*') ? code.slice(0, -1) : null;
  if (!/^[\x21-\x7e]{1,64}$/.test(code) || (beginning ?? code).includes('*')) return { text: 'This is not a code.', expected: 'letters, digits and marks without spaces' };
  if (system === snomed && !isSnomedCode(code)) return { text: 'This is not a SNOMED CT concept: its check digit is wrong.', expected: '6 to 18 digits of a concept, with a right check digit' };
  if (beginning === null) return null;
  if (!hasBeginnings(system)) return { text: 'Codes of this system do not begin with a broader code.', expected: 'a whole code; a beginning with * is for ICD-10' };
  return beginning.replaceAll('.', '').length < shortestBeginning ? { text: 'The beginning is too short.', expected: `at least ${shortestBeginning} characters before the *` } : null;
}

function invalid(file: string, line: number, column: number, text: string, expected?: string): Problem {
  return { category: 'invalid', code: 'sensitive-codes-invalid', text, at: { file, line, column }, ...(expected !== undefined && { expected }) };
}

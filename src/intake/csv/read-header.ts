import type { Problem } from '../../fhir/problem.ts';
import type { Column } from '../types.ts';

/**
 * The header must name each of the part's columns once, in any order, and nothing else; only optional ones may be absent. Every difference is told by name;
 * of a header with far too many columns only that. `found` is its beginning, `count` how many there are. `places` says for each column of
 * the part where the file has it (1-based, 0: nowhere); it is absent when the file has their order.
 */
export function readHeader(columns: readonly Column[], found: readonly string[], count: number, line: number): { places?: number[] } | { problems: Problem[] } {
  const expected = columns.map((column) => column.header);
  const names = found.map((name) => name.trim());
  if (count === expected.length && names.every((name, index) => name === expected[index])) return {};

  const optional = new Set(columns.flatMap((column) => (column.optional || column.lookedUp ? [column.header] : [])));
  const problems = headerProblems(expected, optional, names, count, line);
  return problems.length > 0 ? { problems } : { places: expected.map((name) => names.indexOf(name) + 1) };
}

function headerProblems(expected: readonly string[], optional: ReadonlySet<string>, names: readonly string[], count: number, line: number): Problem[] {
  const delimiter = names.length === 1 && expected.length > 1 ? otherDelimiter(names[0] ?? '', line) : null;
  if (delimiter) return [delimiter];
  const missing = expected.filter((name) => !names.includes(name));
  if (missing.length === expected.length) {
    return [problem('csv-header-missing', 'The first line is not the header: it names none of the expected columns.', { line, column: 1 }, expected.join(','))];
  }
  if (count > names.length) {
    return [problem('csv-columns-too-many', `The header has ${count} columns where ${expected.length} are expected.`, { line, column: names.length + 1 }, `${expected.length} columns`)];
  }
  // a line that names most columns is a header and no row about somebody: what else it names may be told
  const isHeader = missing.length * 2 < expected.length;
  return [
    ...missing.filter((name) => !optional.has(name)).map((name) => {
      const found = problem('csv-column-missing', `The column "${name}" is missing.`, { line, field: name }, name);
      const place = expected.indexOf(name);
      const isRenamed = names[place] !== undefined && names[place] !== '' && !expected.includes(names[place]);
      return isRenamed ? { ...found, fix: `Column ${place + 1} stands in its place: if that is it, name it "${name}".` } : found;
    }),
    ...names.flatMap((name, index) => {
      const at = { line, column: index + 1 };
      if (names.indexOf(name) !== index) return [problem('csv-column-twice', `Column ${index + 1} repeats column ${names.indexOf(name) + 1}${expected.includes(name) ? `, "${name}"` : ''}.`, at)];
      if (expected.includes(name)) return [];
      return [problem('csv-column-unknown', `Column ${index + 1}${isHeader && isPlainName(name) ? `, "${name}",` : ''} is not one of this feed's columns.`, at)];
    }),
  ];
}

/** A header whose names stand apart by something else than commas. Null: it has none of what exports use instead. */
export function otherDelimiter(header: string, line: number): Problem | null {
  const mark = header.includes(',') ? undefined : [';', '\t', '|'].find((each) => header.includes(each));
  if (mark === undefined) return null;
  return {
    category: 'invalid', code: 'csv-delimiter', text: `The cells are separated by ${mark === '\t' ? 'a tab' : `"${mark}"`} instead of a comma.`, at: { line, column: 1 }, expected: 'comma',
    fix: 'Export or save the file with commas between its cells; cells that hold a comma go in quotation marks.',
  };
}

/** Words such as headers are made of: nothing long, and no digits that could be a number of somebody. */
function isPlainName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9 _.:()/&-]{0,79}$/.test(name) && !/\d{3}/.test(name);
}

function problem(code: string, text: string, at: Problem['at'] & object, expected?: string): Problem & { fix: string } {
  return { category: 'invalid', code, text, at, ...(expected === undefined ? {} : { expected }), fix: 'Send each column of the feed\'s specification once; their order does not matter.' };
}

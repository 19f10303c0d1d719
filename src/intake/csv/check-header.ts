import type { Problem } from '../../fhir/problem.ts';
import type { Column } from '../types.ts';

/**
 * The header must hold exactly the part's columns in their order: a column in the wrong place would silently become
 * another fact about somebody. Every difference is named: missing, extra, twice, or found elsewhere (swapped); of a header
 * with far too many columns only that. `found` is its beginning, `count` how many there are.
 */
export function checkHeader(columns: readonly Column[], found: readonly string[], count: number, line: number): Problem[] {
  const expected = columns.map((column) => column.header);
  const names = found.map((name) => name.trim());
  if (count === expected.length && names.every((name, index) => name === expected[index])) return [];

  const wrongDelimiter = names.length === 1 && expected.length > 1 ? [';', '\t', '|'].find((mark) => names[0]?.includes(mark)) : undefined;
  if (wrongDelimiter !== undefined) {
    return [problem('csv-delimiter', `The cells are separated by ${wrongDelimiter === '\t' ? 'a tab' : `"${wrongDelimiter}"`} instead of a comma.`, line, 1, 'comma')];
  }
  const missing = expected.filter((name) => !names.includes(name));
  if (missing.length === expected.length) {
    return [problem('csv-header-missing', 'The first line is not the header: it names none of the expected columns.', line, 1, expected.join(','))];
  }
  if (count > names.length) {
    return [problem('csv-columns-too-many', `The header has ${count} columns where ${expected.length} are expected.`, line, names.length + 1, `${expected.length} columns`)];
  }
  const problems = missing.map((name) => problem('csv-column-missing', `The column "${name}" is missing.`, line, expected.indexOf(name) + 1, name));
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) problems.push(problem('csv-column-twice', `Column ${index + 1} repeats column ${names.indexOf(name) + 1}.`, line, index + 1, expected[index]));
    else if (!expected.includes(name)) problems.push(problem('csv-column-unknown', `Column ${index + 1} of the header is not one of this feed's columns.`, line, index + 1, expected[index]));
  });
  return problems.length > 0 ? problems : outOfPlace(expected, names, line);
}

function outOfPlace(expected: readonly string[], names: readonly string[], line: number): Problem[] {
  return names.flatMap((name, index) => {
    const wanted = expected[index];
    return name === wanted ? [] : [problem('csv-column-order', `Column ${index + 1} is "${name}", which belongs in column ${expected.indexOf(name) + 1}.`, line, index + 1, wanted)];
  });
}

function problem(code: string, text: string, line: number, column: number, expected?: string): Problem {
  return { category: 'invalid', code, text, at: { line, column }, ...(expected === undefined ? {} : { expected }), fix: 'Send the columns exactly as the feed\'s specification lists them.' };
}

import { invalid, type ClauseRequest, type ParsedClause } from './clause-request.ts';
import { numberTests, quantityTests } from './parse-ranges.ts';
import { searchParametersOf } from './search-parameters.ts';
import type { SearchParameterRow } from './search-parameters.ts';
import type { SearchClause } from './search-query.ts';
import { searchToken } from './search-token.ts';
import { splitUnescaped, unescape } from './search-value.ts';

type CompositeRow = Extract<SearchParameterRow, { kind: 'composite' }>;
type CompositePart = CompositeRow['roots'][number]['parts'][number];
type ParseHalf = (row: SearchParameterRow, value: string) => ParsedClause;

/**
 * `first$second`: both must hold of one element. Of the resource itself there is one of each, so each half is the search by
 * the parameter of that element; of a list the index keeps the pairs.
 */
export function parseComposite(request: ClauseRequest, row: CompositeRow, parseHalf: ParseHalf): ParsedClause {
  const either: SearchClause[][] = [];
  for (const alternative of request.alternatives) {
    const halves = splitUnescaped(alternative, '$');
    const [first = '', second = ''] = halves;
    const found = halves.length === 2 && first !== '' && second !== '' ? row.roots.flatMap((root) => {
      const clauses = root.root === '' ? together(request.type, root.parts, [first, second], parseHalf) : paired(request, root.parts[1]?.kind, [first, second]);
      return clauses ? [clauses] : [];
    }) : [];
    if (found.length < row.roots.length) return invalid(row, 'search-value-invalid', 'A combined search value does not have two parts in their forms.', 'code$value, each as its own parameter takes it');
    either.push(...found);
  }
  return { clause: { either }, identifying: row.roots.some(({ parts }) => parts.some(({ kind }) => kind === 'string')) };
}

/** Each half as the parameter of its element takes it: the one that looks nowhere else, or at least else. */
function together(type: string, parts: readonly CompositePart[], halves: readonly string[], parseHalf: ParseHalf): SearchClause[] | undefined {
  const clauses = parts.flatMap((part, i) => {
    const rows = (searchParametersOf(type) ?? []).filter((each) => each.kind === part.kind && part.paths.every((path) => each.paths.includes(path)));
    const [row] = rows.sort((a, b) => pathsOf(a) - pathsOf(b));
    const parsed = row ? parseHalf(row, halves[i] ?? '') : 'unknown';
    return parsed === 'unknown' || 'problem' in parsed ? [] : [parsed.clause];
  });
  return clauses.length === parts.length ? clauses : undefined;
}

function pathsOf(row: SearchParameterRow): number {
  return 'paths' in row ? row.paths.length : 0;
}

function paired({ type, row }: ClauseRequest, kind: string | undefined, [first = '', second = '']: readonly string[]): SearchClause[] | undefined {
  const code = codeOf(first);
  if (code === undefined) return undefined;
  if (kind === 'token') {
    const value = codeOf(second);
    return value === undefined ? undefined : [{ anyOf: [searchToken(type, row.name, 'pair', `${code}$${value}`)] }];
  }
  const plain = kind === 'number' ? numberTests(second) : undefined;
  const tests = plain ? { ...plain, unit: '' } : quantityTests(second);
  if (!tests) return undefined;
  const { unit, ...each } = tests;
  return [{ values: [{ key: searchToken(type, row.name, 'value', `${code}$${unit}`), ...each }] }];
}

function codeOf(part: string): string | undefined {
  const pieces = splitUnescaped(part, '|').map(unescape);
  return pieces.length > 2 || pieces.every((piece) => piece === '') ? undefined : pieces.join('|');
}

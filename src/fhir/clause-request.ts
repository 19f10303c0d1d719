import { partOfList } from './kept-lists.ts';
import type { Problem } from './problem.ts';
import { fragmentOf, mayBeApart } from './search-parameters.ts';
import type { SearchParameterRow } from './search-parameters.ts';
import type { SearchClause, TokenClause } from './search-query.ts';
import { searchToken } from './search-token.ts';
import type { TokenKind } from './search-token.ts';
import { splitUnescaped, unescape } from './search-value.ts';

/** `unknown`: the modifier is not supported. `identifying`: the value may name a person although the parameter need not. */
export type ParsedClause = { clause: SearchClause; identifying: boolean } | { problem: Problem } | 'unknown';

/** What of one parameter is asked for. */
export interface ClauseRequest {
  type: string;
  row: SearchParameterRow;
  modifier: string | undefined;
  /** still escaped */
  alternatives: string[];
  base: string | undefined;
}

/** Each alternative as `code`, `system|code`, `|code` or `system|`; undefined: one has more parts. */
export function readCodes({ alternatives }: Pick<ClauseRequest, 'alternatives'>): string[] | undefined {
  const codes = alternatives.map((part) => splitUnescaped(part, '|').map(unescape));
  return codes.some((pieces) => pieces.length > 2) ? undefined : codes.map((pieces) => pieces.join('|'));
}

/** One of these forms of the parameter, wherever rows keep it. */
export function anyOf({ type, row }: Pick<ClauseRequest, 'type' | 'row'>, kind: TokenKind, values: readonly string[]): TokenClause {
  const names = [row.name, ...(row.kind === 'string' && kind !== 'present' ? Object.values(row.covers ?? {}) : [])];
  const tokens = [...new Set(values.flatMap((value) => names.map((name) => searchToken(type, name, kind, value))))];
  const onFragment = fragmentOf(type, row);
  const [value, ...others] = values;
  const inList = value === undefined || others.length > 0 ? undefined : partOfList(type, row.name, kind, value);
  return {
    anyOf: tokens, ...(inList && { inList }), ...(onFragment !== undefined && { onFragment }), ...(mayBeApart(type, row) && { mayBeApart: true as const }),
    ...(type === 'AuditEvent' && { said: { parameter: row.name, kind, values: [...values] } }),
  };
}

export function invalid(row: Pick<SearchParameterRow, 'name'>, code: string, text: string, expected: string): { problem: Problem } {
  return { problem: { category: 'invalid', code, text, at: { field: row.name }, expected } };
}

import type { TokenKind } from './search-token.ts';

/**
 * A search, understood: plain data the store turns into SQL. Every clause must hold (AND); inside a clause any of its
 * alternatives may (OR).
 */
export interface SearchQuery {
  type: string;
  clauses: SearchClause[];
  sort: SearchSort[];
  /** page size; 0 = the caller wants only the total */
  count: number;
  /** the search with its parameters in order and everything that identifies a person replaced by `*` */
  normal: string;
}

export type SearchClause =
  /** the row's tokens (or, with `onFragment`, the tokens of its fragment at that path) hold one of these */
  | {
    anyOf: bigint[]; onFragment?: string;
    /** of somebody whose location is hidden it is in a part kept apart; the store adds the rows found so */
    mayBeApart?: true; orRows?: string[];
    /** an identifier of the resource: names somebody */ identifies?: true;
    /** references among them that may be to citizens: the store takes old ids for those they stand for */
    people?: { parameter: string; values: string[] };
    /** of an AuditEvent only */
    said?: SaidValues;
  }
  | { date: DateCondition[] }
  /** logical ids of the resource itself */
  | { ids: string[] }
  /** citizens the row must be about */
  | { citizen: string[] };

/** What was asked, unhashed: the audit log is no resource with tokens, it is looked up by its own columns. */
export interface SaidValues {
  parameter: string;
  kind: TokenKind;
  /** as for the token of that kind: normalised text, `Type/id`, `system|value`, a URI */
  values: string[];
}

/**
 * One date alternative. `from`/`to` is the search value as a half-open range [from, to) of UTC instants, already
 * widened for `ap`. With the row's range [f, t), where null is unbounded:
 * eq `from <= f and t <= to` · ne not eq · gt `t > to` · lt `f < from` · ge gt or eq · le lt or eq · sa `f >= to` ·
 * eb `t <= from` · ap `f < to and t > from`. A row without any date matches none of them.
 */
export interface DateCondition {
  /** `clinical` = the type's own date parameter, `updated` = the version's instant (f = t) */
  column: 'clinical' | 'updated';
  op: DateOperator;
  from: string;
  to: string;
}

export const dateOperators = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
export type DateOperator = (typeof dateOperators)[number];

export interface SearchSort {
  by: 'updated' | 'clinical' | 'id' | 'text';
  descending: boolean;
}

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
  /** how exactly matches are counted; absent: up to a number above which nobody counts */
  total?: 'none' | 'estimate' | 'accurate';
  /** what goes along with the matches */
  includes?: SearchInclude[];
  /** the search with its parameters in order and everything that identifies a person replaced by `*` */
  normal: string;
}

export type SearchClause =
  | TokenClause
  | { date: DateCondition[] }
  | { values: ValueCondition[] }
  /** logical ids of the resource itself */
  | { ids: string[] }
  /** citizens the row must be about */
  | { citizen: string[] }
  /** the same, known to be citizens of now: found by another search */
  | { citizens: string[] }
  /** one of these lists of clauses must hold as a whole */
  | { either: SearchClause[][] }
  | ChainClause
  | HasClause;

/** The row's tokens (or, with `onFragment`, the tokens of its fragment at that path) hold one of these. */
export interface TokenClause {
  anyOf: bigint[];
  onFragment?: string;
  /** of what is kept apart from some rows: the store adds the rows found so, where not `inRow` */
  mayBeApart?: true;
  /** asked of each row and its parts: too many rows have them to be looked up first */
  inRow?: true;
  /** with a clause that is the other part, a list that is kept in order */
  inList?: 'state' | 'by';
  /** must not hold */
  not?: true;
  orRows?: string[];
  /** a row whose sharing class says one of these holds as well; `orClasses` are the classes that do, once somebody looked */
  ofClass?: ClassNames;
  orClasses?: number[];
  /** so does every row that is about a person */
  orPersons?: true;
  /** an identifier of the resource: names somebody */
  identifies?: true;
  /** references among them that may be to citizens: the store takes old ids for those they stand for */
  people?: { parameter: string; values: string[] };
  /** of an AuditEvent only */
  said?: SaidValues;
}

/** Custodians as `system|value`, `value` or `system|`; labels likewise. */
export interface ClassNames {
  kind: 'custodian' | 'labels';
  names: string[];
}

/** What a reference of the row names must itself be found by a search: `encounter.status=finished`. */
export interface ChainClause {
  chain: {
    parameter: string;
    /** it names the person the row is about */
    person: boolean;
    to: { type: string; clauses: SearchClause[] }[];
  };
}

/** Another row must name this one, and be found by a search: `_has:Task:focus:status=requested`. */
export interface HasClause {
  has: { type: string; parameter: string; person: boolean; clauses: SearchClause[] };
}

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
  /** `clinical` = the date the type's records are of, `updated` = the version's instant (f = t) */
  column: 'clinical' | 'updated';
  op: DateOperator;
  from: string;
  to: string;
}

/** One alternative on another value: of those with this key one must pass every test of one of these lists, or with `not` of none. */
export interface ValueCondition {
  key: bigint;
  any: ValueTest[][];
  not?: true;
}

export interface ValueTest {
  side: 'low' | 'high';
  is: '<' | '<=' | '>' | '>=';
  bound: number;
}

export const dateOperators = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
export type DateOperator = (typeof dateOperators)[number];

export interface SearchSort {
  by: 'updated' | 'clinical' | 'id' | 'text' | 'value' | 'code';
  /** of a value */
  key?: bigint;
  /** of a code: each there may be, by the token of rows that have it */
  codes?: readonly (readonly [token: bigint, code: string])[];
  descending: boolean;
}

/** `_include` and `_revinclude`: which references are followed, and to or from which types. */
export interface SearchInclude {
  /** the type that refers */
  source: string;
  parameters: string[];
  /** the types that are taken along: those referred to, or the one that refers */
  types: string[];
  reverse: boolean;
  /** from what was taken along, too */
  iterate: boolean;
}

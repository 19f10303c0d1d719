import { textOf, type JsonObject } from '../fhir/json.ts';
import type { Problem } from '../fhir/problem.ts';
import { feedFacts } from '../intake/feed-facts.ts';
import { foldRow, unfoldRow } from '../intake/fold.ts';
import { readRow } from '../intake/read-row.ts';
import type { Feed, FoldState, Kind, Part, PersonClaims, RowInput } from '../intake/types.ts';
import type { LedgerEntry, UnmappedCode } from '../mapping/types.ts';
import type { PendingRow } from '../store/intake-queue.ts';
import type { StoredFold } from '../store/fold-states.ts';
import { findPart, type FoundPart, type IntakeContext } from './intake-context.ts';
import { fieldAsSent, placeInSource } from './place-in-source.ts';

/** A row with its effect worked out, not yet anybody's. */
export interface MappedRow {
  row: PendingRow;
  feed: Feed;
  kind: Kind;
  part: Part;
  /** SHA-256 of the mapping's version */
  mapping: string;
  resources: JsonObject[];
  /** what a late row says by itself: newer rows have replaced its words, but its labels count all the same */
  late: JsonObject[];
  /** fold states after this row */
  folds: StoredFold[];
  warnings: Problem[];
  ledger: LedgerEntry[];
  /** what the row says of who it is about beside the person key */
  claims: PersonClaims;
  /** codes no table has, with the field as its sender knows it */
  unmapped: UnmappedCode[];
}

export type ReadRow = FoundPart & { row: PendingRow; input: RowInput };
export type RefusedRow = { row: PendingRow; problems: Problem[] };

/** parse → check. A row of a feed no longer configured is refused like one that cannot be read. */
export function readPending(context: IntakeContext, row: PendingRow): ReadRow | RefusedRow {
  const found = findPart(context, row.feed, row.part);
  if (!found) return { row, problems: [{ category: 'unprocessable', code: 'feed-not-configured', text: 'The feed is no longer configured.' }] };
  const read = readRow(found.kind, found.feed, found.part, {
    row: row.row, line: row.line, personKey: row.personKey, content: row.content, ...(row.messageId !== null && { messageId: row.messageId }),
  });
  return 'problems' in read ? { row, problems: read.problems } : { ...found, row, input: read.input };
}

/** fold → map → validate, on states that include every earlier row of the person. Pure but for the compiled map's own memory. */
export function mapRow(context: IntakeContext, read: ReadRow, states: ReadonlyMap<string, FoldState>): MappedRow | RefusedRow {
  const { row, feed, kind, part, map, mapping, input } = read;
  const folds = input.foldKeys.length > 0;
  const folded = folds ? foldRow(states, input, row.messageId ?? '') : new Map<string, FoldState>();
  const record = folds ? unfoldRow(folded, input) : input.record;
  const result = map.run({ feed: feedFacts(feed), ...record });
  // what a map refused is not whole: its resources would only be found wrong again
  const found = result.problems.some(isError) ? result.problems : [...result.problems, ...result.notices, ...result.resources.flatMap((resource) => context.validate(resource))];
  const problems = placeInSource(found, row, kind, part);
  if (problems.some(isError)) return { row, problems };
  return {
    row, feed, kind, part, mapping, claims: claimsOf(part, input), resources: result.resources, late: isLate(states, input) ? mapAlone(read) : [], ledger: result.ledger,
    unmapped: result.unmapped.map((each) => ({ ...each, field: fieldAsSent(kind, part, each.field) })), warnings: [...input.warnings, ...problems],
    folds: input.foldKeys.flatMap((foldKey) => {
      const state = folded.get(foldKey);
      return state ? [{ feed: row.feed, personKey: row.personKey, foldKey, state }] : [];
    }),
  };
}

function claimsOf({ claims = {} }: Part, { record }: RowInput): PersonClaims {
  const { nhsNumber, family } = claims;
  return { ...(nhsNumber !== undefined && { nhsNumber: textOf(record[nhsNumber]) }), ...(family !== undefined && { family: textOf(record[family]) }) };
}

function isError({ severity = 'error' }: Problem): boolean {
  return severity === 'error';
}

/** Something newer, or of the same instant, is already known of this person or visit. */
function isLate(states: ReadonlyMap<string, FoldState>, input: RowInput): boolean {
  return input.foldKeys.some((key) => Object.values(states.get(key) ?? {}).some(({ at }) => at >= input.eventAt));
}

function mapAlone({ row, feed, map, input }: ReadRow): JsonObject[] {
  const record = unfoldRow(foldRow(new Map(), input, row.messageId ?? ''), input);
  return map.run({ feed: feedFacts(feed), ...record }).resources;
}

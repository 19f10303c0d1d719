import { textOf, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { feedFacts } from '../../intake/feed-facts.ts';
import { foldRow, joinStates, unfoldAbout, unfoldRow } from '../../intake/fold.ts';
import { asOfKey, isDated, type AboutKey } from '../../intake/fold-keys.ts';
import { saidBy, type SaidBy } from '../../intake/places/said-by.ts';
import { readRow } from '../../intake/read-row.ts';
import type { Feed, FoldState, Kind, Part, PersonClaims, RowInput } from '../../intake/types.ts';
import type { LedgerEntry, MapResult, UnmappedCode } from '../../mapping/types.ts';
import type { PendingRow } from '../../store/intake/intake-queue.ts';
import type { StoredFold } from '../../store/record/fold-states.ts';
import { blameSource, type TracedRecord } from './blame-source.ts';
import { fieldAsSent } from './field-as-sent.ts';
import { findPart, type FoundPart, type IntakeContext } from './intake-context.ts';
import { distinct, isSaidByAnother, placeInSource, type SayingRow } from './place-in-source.ts';
import { setOlderAside } from './set-older-aside.ts';
import { aboutOfRow } from './visit-places.ts';

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
  /** what it says of records of which newer is known: not written, but its labels count */
  older: JsonObject[];
  /** fold states after this row */
  folds: StoredFold[];
  /** whom the resources are about, by the sender's key, where that is another than the row's person */
  about?: string;
  visit?: RowVisit;
  warnings: Problem[];
  ledger: LedgerEntry[];
  /** the tree its map read */
  record: JsonObject;
  /** what the row says of who it is about beside the person key */
  claims: PersonClaims;
  /** codes no table has, with the field as its sender knows it */
  unmapped: UnmappedCode[];
  /** a problem that is found later in an element of one of the resources, told of the field that gave it, as validation's are */
  blame: (problem: Problem, resource: JsonObject, element: string) => Problem;
}

/** The visit a row is about. */
export interface RowVisit {
  /** as the row names it */
  named: { foldKey: string; about: AboutKey };
  /** where it is kept */
  at: AboutKey;
  /** something was ever said of it */
  told: boolean;
  /** what its sender files it under; '' when that was not said */
  account: string;
  /** the decision about its account that moved it, before anything was decided about the visit itself */
  by?: string;
}

export type ReadRow = FoundPart & { row: PendingRow; input: RowInput };
export type RefusedRow = { row: PendingRow; problems: Problem[] };

/** parse → check. A row of a part the mapping no longer has is refused like one that cannot be read. */
export function readPending(context: IntakeContext, row: PendingRow): ReadRow | RefusedRow {
  const found = findPart(context, row.feed, row.part);
  if (!found) return { row, problems: [{ category: 'unprocessable', code: 'feed-not-configured', text: 'The mapping of the feed no longer has the part the row came in.' }] };
  const read = readRow(found.kind, found.feed, found.part, {
    row: row.row, line: row.line, personKey: row.personKey, content: row.content, ...(row.messageId !== null && { messageId: row.messageId }),
  });
  return 'problems' in read ? { row, problems: read.problems } : { ...found, row, input: read.input };
}

/** Where what a row says of a visit belongs, with what others said of it. */
export interface Elsewhere {
  at: AboutKey;
  by?: string;
  /** what is known of it from messages that named it otherwise */
  others: readonly FoldState[];
}

/**
 * fold → map → validate, on states that include every earlier row of the person. What a row says of a visit that is another
 * person's by now is mapped apart from what it says of its own person, and stands first. Pure but for the compiled map's own memory.
 */
export function mapRow(context: IntakeContext, read: ReadRow, states: ReadonlyMap<string, FoldState>, elsewhere?: Elsewhere): MappedRow[] | RefusedRow {
  const { row, input } = read;
  const folded = input.foldKeys.length > 0 ? foldRow(states, input, row.messageId ?? '') : new Map<string, FoldState>();
  const folds = input.foldKeys.flatMap((foldKey) => {
    const state = folded.get(foldKey);
    return state ? [{ feed: row.feed, personKey: row.personKey, foldKey, state }] : [];
  });
  const said = saidBy(folded, input);
  const parts = partsOf(read, states, folded, elsewhere).map((part) => mapPart(context, read, part, said));
  const problems = distinct(parts.flatMap(({ found }) => found));
  if (problems.some(isError)) return { row, problems };
  const rows = parts.map(({ mapped }, index) => (index === parts.length - 1 ? { ...mapped, folds, warnings: [...input.warnings, ...problems] } : mapped));
  return isDated(input) ? rows.map((mapped) => setOlderAside(mapped, input.eventAt, states.get(asOfKey(row.personKey)))) : rows;
}

/** One record for the map to read. */
interface MapPart {
  record: JsonObject;
  /** what the row says by itself, where something newer is known; null: nothing is */
  alone: JsonObject | null;
  visit?: RowVisit;
  /** its person is another than the row's */
  apart: boolean;
}

function partsOf(read: ReadRow, states: ReadonlyMap<string, FoldState>, folded: ReadonlyMap<string, FoldState>, elsewhere: Elsewhere | undefined): MapPart[] {
  const { input, row } = read;
  const named = aboutOfRow(input);
  if (!named || (!elsewhere && input.foldKeys.length > 1)) {
    const late = isLate(input, input.foldKeys.map((key) => states.get(key)));
    return [{ record: input.foldKeys.length > 0 ? unfoldRow(folded, input) : input.record, alone: late ? unfoldRow(foldAlone(read), input) : null, apart: false, ...(named && { visit: { named, at: named.about, told: true, account: accountOf(folded.get(named.foldKey)) } }) }];
  }
  const { at, others, by }: Elsewhere = elsewhere ?? { at: named.about, others: [] };
  const person: RowInput = { ...input, foldKeys: input.foldKeys.filter((key) => key !== named.foldKey) };
  const state = joinStates([folded.get(named.foldKey) ?? {}, ...others]);
  const visitOf = (said: FoldState | undefined): JsonObject => unfoldAbout(at, said ?? {}, input.event);
  const visit = { named, at, told: Object.keys(state).length > 0, account: accountOf(state), ...(by !== undefined && { by }) };
  const late = { visit: isLate(input, [states.get(named.foldKey), ...others]), person: isLate(input, person.foldKeys.map((key) => states.get(key))) };
  const aloneVisit = (): JsonObject => visitOf(foldAlone(read).get(named.foldKey));
  if (at.personKey === row.personKey && person.foldKeys.length > 0) {
    const whole = (ofPerson: ReadonlyMap<string, FoldState>, ofVisit: JsonObject): JsonObject => ({ ...unfoldRow(ofPerson, person), [at.name]: ofVisit[at.name] ?? null });
    return [{ record: whole(folded, visitOf(state)), alone: late.visit || late.person ? whole(foldAlone(read), aloneVisit()) : null, apart: false, visit }];
  }
  return [
    { record: visitOf(state), alone: late.visit ? aloneVisit() : null, apart: true, visit },
    ...(person.foldKeys.length > 0 ? [{ record: unfoldRow(folded, person), alone: late.person ? unfoldRow(foldAlone(read), person) : null, apart: false }] : []),
  ];
}

function accountOf(state: FoldState = {}): string {
  return textOf(state['account']?.v);
}

/** Something newer, or of the same instant, is already known of this person or visit. */
function isLate({ eventAt }: RowInput, known: readonly (FoldState | undefined)[]): boolean {
  return known.some((state) => Object.values(state ?? {}).some(({ at }) => at >= eventAt));
}

function foldAlone({ input, row }: ReadRow): Map<string, FoldState> {
  return foldRow(new Map(), input, row.messageId ?? '');
}

function mapPart(context: IntakeContext, { row, feed, kind, part, map, mapping, input }: ReadRow, { record, alone, visit, apart }: MapPart, said: SaidBy): { mapped: MappedRow; found: Problem[] } {
  const mapOne = (tree: JsonObject): ReturnType<typeof map.run> => map.run({ feed: feedFacts(feed), ...tree });
  const isOwn = (resource: JsonObject): boolean => !apart || resource['resourceType'] !== 'Patient'; // of the other person the row says nothing
  const result = mapOne(record);
  const nameOf = (path: string): string => fieldAsSent(kind, part, path);
  // what a map refused is not whole: its resources would only be found wrong again
  let told: TracedRecord | undefined;
  const traced = (): TracedRecord => (told ??= { record, nameOf, result: map.run({ feed: feedFacts(feed), ...record }, { trace: true }) });
  const found = result.problems.some(isError) ? result.problems : [...result.problems, ...result.notices, ...invalid(context, result, traced)];
  const saying: SayingRow = { kind, part, row, input, record, said, messageId: row.messageId ?? '' };
  return {
    found: placeInSource(found, saying),
    mapped: {
      row, feed, kind, part, mapping, record, ...(visit && { visit }), ...(apart && visit && { about: visit.at.personKey }), claims: claimsOf(part, input),
      resources: result.resources.filter(isOwn), late: alone === null ? [] : mapOne(alone).resources.filter(isOwn), ledger: result.ledger,
      unmapped: result.unmapped.filter(({ field }) => !isSaidByAnother(field, saying)).map((each) => ({ ...each, field: nameOf(each.field) })), older: [], warnings: [], folds: [],
      blame: (problem, resource, element) => placeInSource([blameSource({ ...problem, at: { pointer: element } }, result.resources.indexOf(resource), traced())], saying)[0] ?? problem,
    },
  };
}

/** What validation finds, told of the source: only where it finds something the map is run again to tell what came from where. */
function invalid(context: IntakeContext, { resources }: MapResult, traced: () => TracedRecord): Problem[] {
  const found = resources.map((resource) => context.validate(resource));
  if (found.every((problems) => problems.length === 0)) return [];
  return found.flatMap((problems, index) => problems.map((problem) => blameSource(problem, index, traced())));
}

function claimsOf({ claims = {} }: Part, { record }: RowInput): PersonClaims {
  const { nhsNumber, family } = claims;
  return { ...(nhsNumber !== undefined && { nhsNumber: textOf(record[nhsNumber]) }), ...(family !== undefined && { family: textOf(record[family]) }) };
}

function isError({ severity = 'error' }: Problem): boolean {
  return severity === 'error';
}

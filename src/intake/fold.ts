import { isJsonObject, type Json, type JsonObject } from '../fhir/json.ts';
import { isExactNumber } from '../fhir/read-json.ts';
import type { AboutKey } from './fold-keys.ts';
import { foldWhole, isWhole, unfoldWhole } from './fold-whole.ts';
import { inTurn, readJournal, type JournalEntry } from './journal.ts';
import type { FoldState, RowInput } from './types.ts';

/**
 * Folding for kinds whose rows are patches (HL7 v2): absent keeps, cleared forgets, and for every field the event that
 * happened last wins, whatever order the messages arrive in. What happened to a visit is kept event by event (see journal.ts),
 * so that one can be taken back.
 */

/** What the sender writes to clear a field; a cleared field is remembered as null so that older messages stay older. */
const cleared = '""';

/** The states after one more row: a new map, the given one is left alone. `by` (MSH-10) decides between equal instants. */
export function foldRow(states: ReadonlyMap<string, FoldState>, input: RowInput, by: string): Map<string, FoldState> {
  const folded = new Map(states);
  for (const key of input.foldKeys) {
    if (isWhole(key)) {
      folded.set(key, foldWhole(folded.get(key), key, input, by));
      continue;
    }
    const state: FoldState = { ...folded.get(key) };
    for (const [field, v] of statements(objectOf(input.record[scopeOf(key)]), input.eventAt, by)) {
      const stated = { v, at: input.eventAt, by };
      const standing = state[field];
      if (!standing || wins(stated, standing)) state[field] = stated;
    }
    folded.set(key, state);
  }
  return folded;
}

/** The record the map reads: what is known of the person, and of what this row is about, after folding; and what is this row's alone. */
export function unfoldRow(states: ReadonlyMap<string, FoldState>, input: RowInput): JsonObject {
  if (input.foldKeys.some(isWhole)) return unfoldWhole(states, input);
  const { event, other } = input.record;
  const record: JsonObject = { event: event ?? input.event, ...(other !== undefined && { other }) };
  for (const key of input.foldKeys) {
    const scope = scopeOf(key);
    const id = scope === 'person' ? 'key' : 'number';
    record[scope] = { [id]: objectOf(input.record[scope])[id] ?? '', ...unfoldState(states.get(key) ?? {}) };
  }
  return record;
}

/** The record of a visit alone, whoever said it: of the person the map reads the key. */
export function unfoldAbout({ name, personKey, id }: AboutKey, state: FoldState, event: string): JsonObject {
  return { event, person: { key: personKey }, [name]: { number: id, ...unfoldState(state) } };
}

/** What is known when several states are about the same: of every field the last word, as if one state had been told all. */
export function joinStates(states: readonly FoldState[]): FoldState {
  const joined: FoldState = {};
  for (const [field, stated] of states.flatMap((state) => Object.entries(state))) {
    const standing = joined[field];
    if (!standing || wins(stated, standing)) joined[field] = stated;
  }
  return joined;
}

/** `person`, or what the kind's messages are about beside the person: `visit` of `visit/H1/V1`. */
function scopeOf(foldKey: string): string {
  return foldKey.slice(0, foldKey.indexOf('/'));
}

/** Every field one message speaks about: `PID.f5`, `NK1` (the whole list), `status`, `journal@…` (one per message), `fitness@…` (one per instant), `latest:dissent`. */
function* statements(branch: JsonObject, at: string, by: string): Generator<[string, Json]> {
  for (const [name, value] of Object.entries(branch)) {
    if (name === 'number' || name === 'key') continue;
    else if (name === 'journal') yield [`journal@${at} ${by}`, value];
    else if (name === 'histories') for (const [history, fields] of Object.entries(objectOf(value))) yield [`${history}@${at}`, fields];
    else if (name === 'latest') for (const latest of value as string[]) yield [`latest:${latest}`, true];
    else if (Array.isArray(value)) yield [name, repeatedSegments(value)];
    else if (!isJsonObject(value) || isExactNumber(value)) yield [name, value];
    else for (const [field, content] of Object.entries(value)) yield [`${name}.${field}`, content === cleared ? null : content];
  }
}

/** Repeating segments replace each other as one list; a list that clears everything but its numbering is a cleared list. */
function repeatedSegments(list: Json[]): Json {
  const kept = list.map((segment) => (isJsonObject(segment) ? Object.fromEntries(Object.entries(segment).filter(([, content]) => content !== cleared)) : segment))
    .filter((segment) => !isJsonObject(segment) || Object.keys(segment).some((field) => field !== 'f1'));
  return kept.length === 0 ? null : kept;
}

function wins(a: FoldState[string], b: FoldState[string]): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.by !== b.by) return a.by > b.by;
  return JSON.stringify(a.v) > JSON.stringify(b.v);
}

function unfoldState(state: FoldState): JsonObject {
  const result: JsonObject = {};
  const histories = new Map<string, (JsonObject & { at: string })[]>();
  for (const field of Object.keys(state).sort()) {
    const { v, at } = state[field] ?? { v: null, at: '' };
    const history = field.indexOf('@');
    if (v === null) continue;
    else if (history > 0) histories.set(field.slice(0, history), [...(histories.get(field.slice(0, history)) ?? []), { at, ...objectOf(v) }]);
    else if (field.startsWith('latest:')) result[field.slice('latest:'.length)] = { at };
    else put(result, field, v);
  }
  for (const [name, entries] of histories) Object.assign(result, name === 'journal' ? readJournal(entries as unknown as JournalEntry[]) : { [name]: inTurn(entries) });
  return result;
}

function put(target: JsonObject, path: string, v: Json): void {
  const [segment = '', field] = path.split('.');
  if (field === undefined) target[segment] = v;
  else ((target[segment] ??= {}) as JsonObject)[field] = v;
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {};
}

import type { Json, JsonObject } from '../fhir/json.ts';
import { foldWhole, isWhole, unfoldWhole } from './fold-whole.ts';
import type { FoldState, RowInput } from './types.ts';

/**
 * Folding for kinds whose rows are patches (HL7 v2): absent keeps, cleared forgets, and for every field the event that
 * happened last wins, whatever order the messages arrive in. A visit's status comes only from events that set one.
 */

/** What the sender writes to clear a field; a cleared field is remembered as null so that older messages stay older. */
const cleared = '""';

/** What a branch is about is its fold key, not a field that could change. */
const ids = { person: 'key', visit: 'number' } as const;
type Scope = keyof typeof ids;

/** The states after one more row: a new map, the given one is left alone. `by` (MSH-10) decides between equal instants. */
export function foldRow(states: ReadonlyMap<string, FoldState>, input: RowInput, by: string): Map<string, FoldState> {
  const folded = new Map(states);
  for (const key of input.foldKeys) {
    if (isWhole(key)) {
      folded.set(key, foldWhole(folded.get(key), key, input, by));
      continue;
    }
    const state: FoldState = { ...folded.get(key) };
    for (const [field, v] of statements(objectOf(input.record[scopeOf(key)]), input.eventAt)) {
      const stated = { v, at: input.eventAt, by };
      const standing = state[field];
      if (!standing || wins(stated, standing)) state[field] = stated;
    }
    folded.set(key, state);
  }
  return folded;
}

/** The record the map reads: what is known of the person, and of this row's visit, after folding. */
export function unfoldRow(states: ReadonlyMap<string, FoldState>, input: RowInput): JsonObject {
  if (input.foldKeys.some(isWhole)) return unfoldWhole(states, input);
  const record: JsonObject = { event: input.event };
  for (const key of input.foldKeys) {
    const scope = scopeOf(key);
    const id = ids[scope];
    record[scope] = { [id]: objectOf(input.record[scope])[id] ?? '', ...unfoldState(states.get(key) ?? {}) };
  }
  return record;
}

function scopeOf(foldKey: string): Scope {
  return foldKey.startsWith('visit/') ? 'visit' : 'person';
}

/** Every field one message speaks about: `PID.f5`, `NK1` (the whole list), `status`, `moves@…` (one per instant), `latest:dissent`. */
function* statements(branch: JsonObject, at: string): Generator<[string, Json]> {
  for (const [name, value] of Object.entries(branch)) {
    if (name === 'number' || name === 'key') continue;
    else if (name === 'histories') for (const [history, fields] of Object.entries(objectOf(value))) yield [`${history}@${at}`, fields];
    else if (name === 'latest') for (const latest of value as string[]) yield [`latest:${latest}`, true];
    else if (Array.isArray(value)) yield [name, repeatedSegments(value)];
    else if (typeof value === 'string') yield [name, value];
    else for (const [field, content] of Object.entries(objectOf(value))) yield [`${name}.${field}`, content === cleared ? null : content];
  }
}

/** Repeating segments replace each other as one list; a list that clears everything but its numbering is a cleared list. */
function repeatedSegments(list: Json[]): Json {
  const kept = list.map((segment) => Object.fromEntries(Object.entries(objectOf(segment)).filter(([, content]) => content !== cleared)))
    .filter((segment) => Object.keys(segment).some((field) => field !== 'f1'));
  return kept.length === 0 ? null : kept;
}

function wins(a: FoldState[string], b: FoldState[string]): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.by !== b.by) return a.by > b.by;
  return JSON.stringify(a.v) > JSON.stringify(b.v);
}

function unfoldState(state: FoldState): JsonObject {
  const result: JsonObject = {};
  for (const field of Object.keys(state).sort()) {
    const { v, at } = state[field] ?? { v: null, at: '' };
    const history = field.indexOf('@');
    if (v === null) continue;
    else if (history > 0) push(result, field.slice(0, history), at, objectOf(v));
    else if (field.startsWith('latest:')) result[field.slice('latest:'.length)] = { at };
    else put(result, field, v);
  }
  return result;
}

/** Appends to a history: the entry before it lasted until this one; the same value again changes nothing. */
function push(target: JsonObject, name: string, at: string, fields: JsonObject): void {
  const list = (target[name] ?? []) as JsonObject[];
  const before = list.at(-1);
  const again = before !== undefined && Object.entries(fields).every(([field, value]) => JSON.stringify(before[field]) === JSON.stringify(value));
  if (again) return;
  if (before) before['until'] = at;
  target[name] = [...list, { at, ...fields }];
}

function put(target: JsonObject, path: string, v: Json): void {
  const [segment = '', field] = path.split('.');
  if (field === undefined) target[segment] = v;
  else ((target[segment] ??= {}) as JsonObject)[field] = v;
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

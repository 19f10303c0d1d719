import type { JsonObject } from '../fhir/json.ts';

/** What one message says happened to a visit: kept one by one, because a later message may take it back. */
export interface JournalEntry {
  /** when, UTC ISO */
  at: string;
  /** `A02` */
  event: string;
  /** status it brings about */
  status?: string;
  /** status when nothing that stands brings one about */
  otherwise?: string;
  /** the field that says where the person is from now on, under its name: `{ f3 }` */
  place?: JsonObject;
  /** it takes back one of these events … */
  undoes?: string[];
  /** … the one of this instant, UTC ISO */
  of?: string;
}

/**
 * What a journal in time order comes to:
 * - `status`, and its `stages`: `{ at, until?, status }`,
 * - `moves`: the places in turn, `{ at, until?, f3 }`, the same place twice in a row once,
 * - `withdrawn`: `{ at, f3 }`, beginnings of a place that are none after all: taken back, or known now to be a continuation.
 */
export function readJournal(journal: readonly JournalEntry[]): JsonObject {
  const undone = findUndone(journal);
  const standing = journal.filter((entry) => !undone.has(entry));
  const stages = inTurn(standing.flatMap(({ at, status }) => (status === undefined ? [] : [{ at, status }])));
  const places = standing.flatMap(({ at, place }) => (place === undefined ? [] : [{ at, ...place }]));
  const moves = inTurn(places);
  const begun = new Set(moves.map(({ at }) => at));
  const withdrawn = [...journal.flatMap((entry) => (undone.has(entry) && entry.place ? [{ at: entry.at, ...entry.place }] : [])), ...places]
    .filter(({ at }) => !begun.has(at));
  const status = stages.at(-1)?.['status'] ?? standing.findLast(({ otherwise }) => otherwise !== undefined)?.otherwise;
  return {
    ...(status !== undefined && { status }), ...(stages.length > 0 && { stages }), ...(moves.length > 0 && { moves }), ...(withdrawn.length > 0 && { withdrawn }),
  };
}

/** Each taking back takes back the event it names by its time; where none is known of that time, the last one before it. */
function findUndone(journal: readonly JournalEntry[]): Set<JournalEntry> {
  const undone = new Set<JournalEntry>();
  for (const [place, { undoes, of }] of journal.entries()) {
    if (!undoes) continue;
    const named = journal.findLast(({ event, at }) => undoes.includes(event) && at === of);
    const target = named ?? journal.slice(0, place).findLast((entry) => undoes.includes(entry.event) && !undone.has(entry));
    if (target) undone.add(target);
  }
  return undone;
}

/** Entries that follow one another: each lasts until the next, and one that says the same again is none. */
export function inTurn<T extends JsonObject & { at: string }>(entries: readonly T[]): (T & { until?: string })[] {
  const list: (T & { until?: string })[] = [];
  for (const entry of entries) {
    const before = list.at(-1);
    if (before && sayTheSame(before, entry)) continue;
    if (before) before.until = entry.at;
    list.push({ ...entry });
  }
  return list;
}

function sayTheSame(before: JsonObject, entry: JsonObject): boolean {
  return Object.entries(entry).every(([field, value]) => field === 'at' || JSON.stringify(before[field]) === JSON.stringify(value));
}

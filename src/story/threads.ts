import type { Reference, Resource } from '@medplum/fhirtypes';
import type { StoryEvent } from './event-types.ts';

/** A spell of care: events that hang together across partners, from the referral to the end. */
export interface Thread {
  /** key of the event it began with */
  key: string;
  /** keys of its events, as they were given */
  events: string[];
}

/** By these elements one record says that it belongs to another. */
const threading = ['basedOn', 'episodeOfCare', 'partOf', 'replaces', 'careTeam', 'team', 'focus', 'referralRequest', 'encounter', 'supportingInfo', 'context'] as const;
/** Elements also name what is no event of care. */
const threaded = new Set(['ServiceRequest', 'EpisodeOfCare', 'Encounter', 'CarePlan', 'CareTeam', 'Task', 'Appointment']);

/**
 * Events joined by what their records name, by the records they share and by the number of one pathway, each event in one thread. Nothing that the
 * caller may not see joins anything: two ends of a hidden record stay apart. Takes events newest first; linear.
 */
export function findThreads(events: readonly StoryEvent[]): Map<string, Thread> {
  const parent = new Map(events.map(({ key }) => [key, key]));
  const root = (key: string): string => {
    let at = key;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) {
      parent.set(at, parent.get(up) ?? up);
      at = up;
    }
    return at;
  };
  const byRecord = new Map<string, string>();
  for (const { key, witnesses } of events) {
    for (const { row } of witnesses) {
      const name = `${row.type}/${row.id}`;
      const known = byRecord.get(name);
      if (known === undefined) byRecord.set(name, key);
      else parent.set(root(key), root(known));
    }
  }
  for (const { key, witnesses } of events) {
    for (const { row } of witnesses) {
      for (const name of namedIn(row.resource)) {
        const other = byRecord.get(name);
        if (other !== undefined) parent.set(root(key), root(other));
      }
    }
  }
  const byPathway = new Map<string, string>();
  for (const { key, pathways } of events) {
    for (const number of pathways) {
      const other = byPathway.get(number);
      if (other === undefined) byPathway.set(number, key);
      else parent.set(root(key), root(other));
    }
  }
  const threads = new Map<string, Thread>();
  const byEvent = new Map<string, Thread>();
  for (const { key } of events) {
    const thread = threads.get(root(key)) ?? { key, events: [] };
    threads.set(root(key), thread);
    thread.key = key; // newest first: the last one is where it began
    thread.events.push(key);
    byEvent.set(key, thread);
  }
  return byEvent;
}

function namedIn(resource: Resource): string[] {
  return threading.flatMap((element) => {
    const value = (resource as unknown as Record<string, Reference | Reference[] | undefined>)[element];
    return [value].flat().flatMap((each) => (each?.reference !== undefined && threaded.has(each.reference.slice(0, each.reference.indexOf('/'))) ? each.reference : []));
  });
}

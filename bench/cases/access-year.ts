import { randomFor, type Random } from '../../src/demo/random.ts';
import type { Look } from '../../src/audit/cases/look-of.ts';
import type { AccessWorld, Citizen, Looker } from './access-world.ts';

/** What snoopers are after; each is found, if at all, by the signal of its kind. */
export const snoopKinds = ['stranger', 'own-record', 'household', 'relative', 'colleague', 'prominent', 'at-night', 'harvest', 'guessing', 'emergency'] as const;
export type SnoopKind = (typeof snoopKinds)[number];

/** One thing somebody did that they should not have. */
export interface Incident {
  kind: SnoopKind;
  looker: Looker;
  /** number of its first day */
  day: number;
  looks: { day: number; hour: number; citizen: Citizen | null }[];
}

/** A record opened in an emergency, and after how many days somebody reviewed that; null: nobody did. */
export interface EmergencyUse {
  reference: string;
  looker: Looker;
  citizen: Citizen;
  /** number of the day */
  day: number;
  reviewedAfter: number | null;
  incident: Incident | null;
}

export interface AccessDay {
  day: string;
  /** in the order of their time */
  looks: Look[];
}

const firstDay = Date.UTC(2025, 0, 1);
const dayMs = 86_400_000;

/** The calendar day of a number of a day. */
export function dayOfYear(number: number): string {
  return new Date(firstDay + number * dayMs).toISOString().slice(0, 10);
}

/** Incidents of each kind, spread over the year after a quarter in which normals are learned. */
export function plant(seed: number, world: AccessWorld, days: number, ofEach: number): Incident[] {
  const quiet = Math.min(90, Math.floor(days / 3));
  return snoopKinds.flatMap((kind) => Array.from({ length: ofEach }, (_, i): Incident => {
    const random = randomFor(seed, 'incident', kind, i);
    const day = random.between(quiet, Math.max(quiet, days - 40));
    const lookers = world.lookers.filter(({ place }) => (kind === 'at-night' ? place.hours[0] > 0 : place.unrelated < 0.5));
    for (;;) {
      const looker = random.pick(lookers);
      const looks = looksOf(kind, random, world, looker, day);
      if (looks.length > 0) return { kind, looker, day, looks };
    }
  }));
}

/** Who is looked at, when, and how often: the curious come back. Nobody, where there is nobody of that kind. */
function looksOf(kind: SnoopKind, random: Random, world: AccessWorld, looker: Looker, day: number): Incident['looks'] {
  const at = (hour = random.between(9, 17)): number => hour;
  const again = (citizen: Citizen | undefined): Incident['looks'] => (citizen === undefined ? [] : Array.from({ length: random.between(1, 4) }, (_, i) => ({ day: day + i * random.between(0, 6), hour: at(), citizen })));
  const others = world.citizens.filter(({ id }) => id !== looker.self.id);
  const where = (holds: (citizen: Citizen) => boolean): Citizen | undefined => {
    const those = others.filter(holds);
    return those.length === 0 ? undefined : random.pick(those);
  };
  switch (kind) {
    case 'stranger': return again(where(({ places }) => !places.includes(looker.place.key)));
    case 'own-record': return again(looker.self);
    case 'household': return again(where(({ home }) => home === looker.self.home));
    case 'relative': return again(where(({ family, places }) => family === looker.family && !places.includes(looker.place.key)));
    case 'colleague': return again(random.pick(world.lookers.filter(({ place, id }) => place === looker.place && id !== looker.id)).self);
    case 'prominent': return again(where(({ id }) => world.prominent.has(id)));
    case 'at-night': return Array.from({ length: random.between(1, 3) }, () => ({ day, hour: random.between(1, 4), citizen: random.pick(world.byPlace.get(looker.place.key) ?? others) }));
    case 'harvest': return Array.from({ length: random.between(60, 150) }, () => ({ day, hour: at(), citizen: random.pick(world.byPlace.get(looker.place.key) ?? others) }));
    case 'guessing': return Array.from({ length: random.between(25, 80) }, () => ({ day, hour: at(), citizen: null }));
    case 'emergency': return [{ day, hour: at(), citizen: random.pick(others) }];
  }
}

/** Emergency access of a year: honest uses, of which nearly all are reviewed within two weeks, and those of the planted, which nobody reviews. */
export function emergencyUses(seed: number, world: AccessWorld, days: number, incidents: readonly Incident[]): EmergencyUse[] {
  const honest = Array.from({ length: days }, (_, day) => {
    const random = randomFor(seed, 'emergencies', day);
    return world.lookers.filter(() => random.chance(0.004)).map((looker): Omit<EmergencyUse, 'reference'> => ({ looker, citizen: random.pick(world.citizens), day, reviewedAfter: random.chance(0.05) ? null : random.between(0, 15), incident: null }));
  });
  const planted = incidents.filter(({ kind }) => kind === 'emergency').flatMap((incident) => incident.looks.flatMap(({ day, citizen }) => (citizen === null ? [] : [{ looker: incident.looker, citizen, day, reviewedAfter: null, incident }])));
  return [...honest.flat(), ...planted].map((use, i) => ({ ...use, reference: `EA-${i}` }));
}

/** Every day of looks; `incidentOf` is filled with the looks that belong to an incident. */
export function* accessDays(seed: number, world: AccessWorld, days: number, incidents: readonly Incident[], incidentOf: Map<string, Incident>): Generator<AccessDay> {
  const planted = new Map<number, [Incident, Incident['looks'][number]][]>();
  for (const incident of incidents) for (const look of incident.looks) planted.set(look.day, [...(planted.get(look.day) ?? []), [incident, look]]);
  let entries = 0;
  for (let number = 0; number < days; number += 1) {
    const date = new Date(firstDay + number * dayMs);
    const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
    const day = dayOfYear(number);
    const looks: Look[] = [];
    const add = (looker: Looker, hour: number, minute: number, citizen: Citizen | null, underEmergency = false): Look => {
      entries += 1;
      const look: Look = {
        entry: `e${entries}`, at: new Date(date.getTime() + hour * 3_600_000 + minute * 60_000), day, slot: `${weekend ? 'e' : 'w'}${String(hour).padStart(2, '0')}`, person: looker.id, name: looker.id, role: 'nurse',
        organisation: looker.place.key, citizen: citizen?.id ?? null, custodians: citizen?.places ?? [], underEmergency,
      };
      looks.push(look);
      return look;
    };
    for (const looker of world.lookers) workDay(randomFor(seed, day, looker.id), world, looker, weekend, (hour, minute, citizen) => add(looker, hour, minute, citizen));
    for (const [incident, { hour, citizen }] of planted.get(number) ?? []) incidentOf.set(add(incident.looker, hour, 30, citizen, incident.kind === 'emergency').entry, incident);
    yield { day, looks: looks.sort((one, other) => one.at.getTime() - other.at.getTime()) };
  }
}

/** An honest day: mostly people one cares for; now and then a very busy day, a form that is typed wrong over and over, or work out of hours. */
function workDay(random: Random, world: AccessWorld, { place, pace }: Looker, weekend: boolean, look: (hour: number, minute: number, citizen: Citizen | null) => void): void {
  if (random.chance(weekend ? (place.weekends ? 0.55 : 0.995) : 0.32)) return;
  const busy = random.chance(0.005) ? 2.5 : 1;
  const many = Math.round(place.looks * pace * busy * (0.5 + random.next()));
  const own = world.byPlace.get(place.key) ?? world.citizens;
  const [from, to] = place.hours;
  for (let i = 0; i < many; i += 1) {
    const citizen = random.chance(place.unrelated) ? random.pick(world.citizens) : random.pick(own);
    const hour = random.chance(0.0003) ? random.between(0, 23) : random.between(from, to - 1);
    look(hour, random.between(0, 59), citizen);
    if (random.chance(0.03)) look(hour, 59, null);
  }
  if (random.chance(0.001)) for (let i = random.between(10, 30); i > 0; i -= 1) look(from + 1, i, null);
}

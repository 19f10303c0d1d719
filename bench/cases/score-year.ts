import type { CaseRule, CaseSignal } from '../../src/audit/cases/case-rule.ts';
import { caseSignals } from '../../src/audit/cases/case-rule.ts';
import { judgeLate, judgeLooks, weighOf, type NormalOf, type Oddity } from '../../src/audit/cases/judge-looks.ts';
import type { Tally } from '../../src/audit/cases/normal.ts';
import type { Look } from '../../src/audit/cases/look-of.ts';
import type { KnownPerson, LookFacts, Watched } from '../../src/audit/cases/odd-looks.ts';
import type { LookerDay } from '../../src/audit/cases/odd-days.ts';
import { accessDays, dayOfYear, emergencyUses, plant, snoopKinds, type EmergencyUse, type Incident, type SnoopKind } from './access-year.ts';
import { accessWorld, type AccessWorld } from './access-world.ts';
import { openCaseBook, slidingNormals } from './case-book.ts';

/** The signal that is meant to find each kind. */
export const meantFor: Readonly<Record<SnoopKind, CaseSignal>> = {
  stranger: 'no-relationship', 'own-record': 'own-record', household: 'same-address', relative: 'same-surname', colleague: 'colleague', prominent: 'prominent', 'at-night': 'unusual-hours', harvest: 'unusual-volume', guessing: 'enumeration', emergency: 'unreviewed-emergency',
};

export interface YearScore {
  users: number;
  looks: number;
  seconds: number;
  /** of what a signal was raised for, the share somebody planted; of what is meant for it, the share it was raised for */
  signals: { signal: CaseSignal; raised: number; precision: number; recall: number }[];
  /** share of incidents of a kind that are in some case */
  found: { kind: SnoopKind; incidents: number; recall: number }[];
  cases: number;
  casePrecision: number;
  /** cases, and people they are about in a week, per 1,000 users and week */
  casesAWeek: number;
  peopleAWeek: number;
}

const closedAfter = 21;
const dayMs = 86_400_000;

/** A whole generated year through the rule, as the gateway would judge it, day by day. */
export function scoreYear(rule: CaseRule, { seed, users, days, ofEach }: { seed: number; users: number; days: number; ofEach: number }): YearScore {
  const world = accessWorld(seed, users);
  const incidents = plant(seed, world, days, ofEach);
  const incidentOf = new Map<string, Incident>();
  const facts = factsOf(world);
  const [normals, book, raised] = [slidingNormals(rule), openCaseBook(rule, closedAfter), raisedSignals(incidents)];
  const { daysAfter } = rule.signals['no-relationship'];
  const uses = emergencyUses(seed, world, days, incidents);
  const waiting: Look[][] = [];
  const caredFor = new Map(world.citizens.map(({ id, places }) => [id, places]));
  let [looks, number, judging] = [0, 0, 0];
  for (const { day, looks: ofDay } of accessDays(seed, world, days, incidents, incidentOf)) {
    const started = performance.now();
    const oddDays = new Map<string, LookerDay>();
    const atOnce = judgeLooks(ofDay, { rule, facts, normalOf: normals.normalOf, days: oddDays });
    waiting.push(ofDay);
    const due = waiting.length > daysAfter ? waiting.shift() ?? [] : [];
    const always = [{ from: new Date(0), until: new Date(8.64e15) }];
    const late = judgeLate(due, { rule, normalOf: normals.normalOf, timesOf: (look) => (caredFor.get(look.citizen ?? '')?.includes(look.organisation) ? always : []) });
    normals.endDay(day, [...atOnce.tallies, ...late.tallies, ...emergenciesOf(uses, number)]);
    const unreviewed = unreviewedOf(rule, uses, number, incidentOf, normals.normalOf);
    for (const oddities of [atOnce.oddities, late.oddities, unreviewed]) book.add(oddities, number);
    judging += performance.now() - started;
    raised.add([...atOnce.oddities, ...late.oddities, ...unreviewed], incidentOf);
    book.endDay(number, new Date(Date.parse(day) - (rule.windowDays + daysAfter) * dayMs).toISOString().slice(0, 10));
    looks += ofDay.length;
    number += 1;
  }
  const dayOf = byDay(incidents);
  const inCases = book.all.map((opened) => new Set([...[...opened.entries].flatMap((entry) => incidentOf.get(entry) ?? []), ...[...opened.days].flatMap((key) => dayOf.get(key) ?? [])]));
  const met = new Set(inCases.flatMap((found) => [...found]));
  const weeks = (world.lookers.length / 1000) * (days / 7);
  return {
    users: world.lookers.length, looks, seconds: judging / 1000, signals: raised.scores(),
    found: snoopKinds.map((kind) => ({ kind, incidents: ofEach, recall: incidents.filter((incident) => incident.kind === kind && met.has(incident)).length / ofEach })),
    cases: book.all.length, casePrecision: inCases.filter((found) => found.size > 0).length / Math.max(1, book.all.length),
    casesAWeek: book.all.length / weeks, peopleAWeek: new Set(book.all.map(({ person, day }) => `${person} ${Math.floor(day / 7)}`)).size / weeks,
  };
}

/** Emergency access that was left so many days without a review on this day, put to whoever should have reviewed it. */
function unreviewedOf(rule: CaseRule, uses: readonly EmergencyUse[], today: number, incidentOf: Map<string, Incident>, normalOf: NormalOf): Oddity[] {
  const { days } = rule.signals['unreviewed-emergency'];
  return uses.filter(({ day, reviewedAfter }) => day + days === today && (reviewedAfter === null || reviewedAfter > days)).flatMap(({ reference, looker, citizen, day, incident }) => {
    if (incident) incidentOf.set(reference, incident);
    const at = new Date(dayOfYear(day));
    const weighed = weighOf(rule, normalOf(looker.place.key, dayOfYear(today)), 'unreviewed-emergency');
    return citizen.places.map((keeper): Oddity => ({ keeper, organisation: looker.place.key, person: looker.id, name: looker.id, role: 'nurse', citizen: citizen.id, about: reference, day: dayOfYear(day), at, entry: reference, signal: 'unreviewed-emergency', facts: { days }, ...weighed }));
  });
}

/** Honest emergency access of a day, as the looks it is; that of the planted is among the looks. */
function emergenciesOf(uses: readonly EmergencyUse[], today: number): Tally[] {
  return uses.filter(({ day, incident }) => day === today && incident === null).flatMap(({ looker, day }) => ['looks', 'emergency-looks'].map((what) => ({ organisation: looker.place.key, day: dayOfYear(day), what, n: 1 })));
}

/** Incidents by whose day they fall on. */
function byDay(incidents: readonly Incident[]): Map<string, Incident> {
  return new Map(incidents.flatMap((incident) => incident.looks.map(({ day }): [string, Incident] => [`${incident.looker.id} ${dayOfYear(day)}`, incident])));
}

/** How often each signal was raised, each citizen of a person and each day once, however many it is put to; and for what. */
function raisedSignals(incidents: readonly Incident[]) {
  const things = new Map<CaseSignal, Map<string, boolean>>();
  const found = new Map<CaseSignal, Set<Incident>>();
  const dayOf = byDay(incidents);
  return {
    add: (oddities: readonly Oddity[], incidentOf: ReadonlyMap<string, Incident>): void => {
      for (const { signal, person, citizen, about, entry } of oddities) {
        const incident = citizen === null ? dayOf.get(`${person} ${about}`) : incidentOf.get(entry ?? '');
        const raised = things.get(signal) ?? new Map<string, boolean>();
        const key = `${person} ${citizen ?? about}`;
        things.set(signal, raised.set(key, (raised.get(key) ?? false) || incident !== undefined));
        if (incident) found.set(signal, (found.get(signal) ?? new Set<Incident>()).add(incident));
      }
    },
    scores: (): YearScore['signals'] => caseSignals.flatMap((signal) => {
      const meant = incidents.filter(({ kind }) => meantFor[kind] === signal);
      const raised = [...(things.get(signal)?.values() ?? [])];
      if (meant.length === 0) return [];
      return [{ signal, raised: raised.length, precision: raised.filter(Boolean).length / Math.max(1, raised.length), recall: meant.filter((incident) => found.get(signal)?.has(incident)).length / meant.length }];
    }),
  };
}

function factsOf({ citizens, lookers, prominent, shareOf }: AccessWorld): LookFacts {
  const people = new Map(citizens.map(({ id, family, given, home, places }): [string, KnownPerson] => [id, { names: places.map((by) => ({ family, given, by })), homes: places.map((by) => ({ home, by })) }]));
  const watched = new Map<string, Watched[]>();
  const watch = (citizen: string, each: Watched): void => { watched.set(citizen, [...(watched.get(citizen) ?? []), each]); };
  for (const id of prominent) watch(id, { kind: 'prominent', by: 'urn:bench|board', forAll: true, person: null });
  for (const { id, self, place, listed } of lookers) if (listed) watch(self.id, { kind: 'staff', by: place.key, forAll: false, person: id });
  const byId = new Map(lookers.map((looker) => [looker.id, looker]));
  return {
    people, watched, shareOf, staff: new Map(lookers.filter(({ listed }) => listed).map(({ id, place, self }) => [`${place.key} ${id}`, [self.id]])),
    nameOf: ({ person }) => ({ family: byId.get(person)?.family ?? '', given: byId.get(person)?.given ?? '' }),
  };
}


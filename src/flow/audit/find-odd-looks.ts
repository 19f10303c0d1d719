import { randomBytes } from 'node:crypto';
import type { CaseRule } from '../../audit/cases/case-rule.ts';
import { dayKey, judgeLate, judgeLooks, weighOf, type Judged, type NormalOf, type Oddity } from '../../audit/cases/judge-looks.ts';
import { londonMoment, looksOf, type Look } from '../../audit/cases/look-of.ts';
import { normalFrom, type Normal } from '../../audit/cases/normal.ts';
import type { LookFacts } from '../../audit/cases/odd-looks.ts';
import { scoreCase } from '../../audit/cases/score-case.ts';
import type { AuditEntry } from '../../audit/types.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import { nameCount, type LinkageRule } from '../../linkage/linkage-rule.ts';
import { firstNameForm, nameWords } from '../../linkage/name-words.ts';
import { holdOpenCases, openCases } from '../../store/audit/access-cases.ts';
import { findUnreviewed, loadKnownPeople, loadStaff, loadWatched } from '../../store/audit/case-facts.ts';
import type { Connection, Database } from '../../store/database.ts';
import {
  addTallies, forgetOld, loadCareTimes, loadLookerDays, loadStanding, moveCasePass, readForCases, saveLookerDays, saveOddities, sumTallies, takeCasePass, type CaseKey, type CasePass,
} from '../../store/audit/odd-looks.ts';

export interface OddLooksContext {
  database: Database;
  rule: CaseRule;
  linkage: Pick<LinkageRule, 'names'>;
  /** whose a feed is */
  custodianOf: (feed: string) => OrganisationKey;
  clock: () => Date;
  newId: () => string;
}

/** Entries taken in one transaction, so that answering comes first. */
const together = 1_000;
const mostStanding = 200;
const mostUnreviewed = 200;
const daysKept = 7;
const dayMs = 86_400_000;

/** What one way through the log knows as normal: up to the day before, so it is good for a whole day. */
export type Normals = Map<string, Normal>;
const mostNormals = 1_000;

/**
 * The next part of the log, by one of the two ways through it: entries → looks → what is odd about them against the
 * organisation's own normal → kept → cases opened or joined. All in one transaction with how far it came: killed anywhere,
 * it is done again, and nothing twice. A part ends with its day, so that what is normal does not depend on how the log falls
 * into parts. Returns whether there may be more.
 */
export async function findOddLooks(context: OddLooksContext, pass: CasePass, normals: Normals, most = together): Promise<boolean> {
  const { database, rule, clock } = context;
  const until = pass === 'late' ? new Date(clock().getTime() - rule.signals['no-relationship'].daysAfter * dayMs) : null;
  return database.transaction(async (connection) => {
    const after = await takeCasePass(connection, pass);
    if (after === null) return false;
    const { entries, last, more } = await readForCases(connection, { after, until, most });
    if (last === after) return false;
    const looks = entries.flatMap((text) => looksOf(JSON.parse(text) as AuditEntry, rule));
    const normalOf = await normalsFor(connection, rule, looks, normals);
    const { oddities, tallies } = pass === 'late' ? await lateOf(connection, rule, looks, normalOf) : await atOnceOf(connection, context, looks, normalOf);
    await addTallies(connection, tallies);
    await keepOdd(connection, context, oddities);
    await moveCasePass(connection, pass, { from: after, to: last });
    return more;
  });
}

/** Emergency access nobody has reviewed in time; each is told of once to each organisation that should have. */
export async function findUnreviewedAccess(context: OddLooksContext): Promise<boolean> {
  const { database, rule, clock } = context;
  const { days, weight } = rule.signals['unreviewed-emergency'];
  if (weight === 0) return false;
  return database.transaction(async (connection) => {
    if ((await takeCasePass(connection, 'at-once')) === null) return false;
    const found = await findUnreviewed(connection, { before: new Date(clock().getTime() - days * dayMs), most: mostUnreviewed });
    const accesses = found.map((access) => ({ ...access, day: londonMoment(access.at).day }));
    const normalOf = await normalsFor(connection, rule, accesses, new Map());
    await keepOdd(connection, context, accesses.map(({ reference, days: waited, ...access }): Oddity => ({
      ...access, about: reference, entry: null, signal: 'unreviewed-emergency', facts: { days: waited }, ...weighOf(rule, normalOf(access.organisation, access.day), 'unreviewed-emergency'),
    })));
    return found.length === mostUnreviewed;
  });
}

/** What is past counting, and what was odd and came to no case, is forgotten. */
export async function forgetOldLooks({ database, rule, clock }: OddLooksContext): Promise<boolean> {
  const before = (days: number): Date => new Date(clock().getTime() - days * dayMs);
  const { daysAfter } = rule.signals['no-relationship'];
  return database.transaction((connection) => forgetOld(connection, {
    oddBefore: before(rule.windowDays + daysAfter), talliesBefore: londonMoment(before(rule.normal.days + daysAfter + daysKept)).day, daysBefore: londonMoment(before(daysKept)).day,
  }));
}

async function normalsFor(connection: Connection, rule: CaseRule, looks: readonly Pick<Look, 'organisation' | 'day'>[], normals: Normals): Promise<NormalOf> {
  if (normals.size > mostNormals) normals.clear();
  for (const { organisation, day } of looks) {
    const key = `${day} ${organisation}`;
    if (normals.has(key)) continue;
    normals.set(key, normalFrom(rule, await sumTallies(connection, organisation, daysBefore(day, rule.normal.days), daysBefore(day, 1))));
  }
  return (organisation, day) => normals.get(`${day} ${organisation}`) ?? normalFrom(rule, new Map());
}

async function atOnceOf(connection: Connection, context: OddLooksContext, looks: readonly Look[], normalOf: NormalOf): Promise<Judged> {
  const lookers = [...new Map(looks.map((look) => [dayKey(look), look])).values()];
  const days = new Map((await loadLookerDays(connection, lookers)).map((day) => [dayKey(day), day]));
  const judged = judgeLooks(looks, { rule: context.rule, facts: await factsOf(connection, context, looks), normalOf, days });
  await saveLookerDays(connection, [...days.values()]);
  return judged;
}

async function factsOf(connection: Connection, { linkage, custodianOf }: OddLooksContext, looks: readonly Look[]): Promise<LookFacts> {
  const citizens = [...new Set(looks.flatMap(({ citizen }) => (citizen === null ? [] : [citizen])))];
  const staff = await loadStaff(connection, [...new Map(looks.map((look) => [`${look.organisation} ${look.person}`, look])).values()]);
  const known = await loadKnownPeople(connection, [...new Set([...citizens, ...[...staff.values()].flat()])], custodianOf);
  const people = new Map([...known].map(([citizen, person]) => [citizen, { ...person, names: person.names.map((name) => ({ ...name, given: firstNameForm(name.given) })) }]));
  const [count, { total }] = [nameCount(linkage), linkage.names.family];
  return { people, staff, watched: await loadWatched(connection, citizens), nameOf: staffName, shareOf: (family) => count('family', family) / total };
}

/** First and last word of the name a token gave, as linkage compares them. */
export function staffName({ name }: Pick<Look, 'name'>): { family: string; given: string } {
  const words = nameWords(name);
  return words.length < 2 ? { family: words[0] ?? '', given: '' } : { family: words.at(-1) ?? '', given: firstNameForm(words[0] ?? '') };
}

async function lateOf(connection: Connection, rule: CaseRule, looks: readonly Look[], normalOf: NormalOf): Promise<Judged> {
  const pairs = [...new Map(looks.flatMap(({ citizen, organisation, at }) => (citizen === null ? [] : [[`${citizen} ${organisation}`, { citizen, organisation, at }]]))).values()];
  const first = looks[0]?.at ?? new Date(0);
  const times = await loadCareTimes(connection, pairs, new Date(first.getTime() - (rule.signals['no-relationship'].daysBefore + 1) * dayMs));
  return judgeLate(looks, { rule, normalOf, timesOf: ({ citizen, organisation }) => times.get(`${citizen ?? ''} ${organisation}`) ?? [] });
}

/** Keeps what is odd; where it is enough, or a case is open, it comes to a case. */
async function keepOdd(connection: Connection, { rule, clock, newId }: OddLooksContext, oddities: readonly Oddity[]): Promise<void> {
  if (oddities.length === 0) return;
  await saveOddities(connection, oddities);
  const keys = [...new Map(oddities.map(({ keeper, organisation, person }) => [keyOf({ keeper, organisation, person }), { keeper, organisation, person }])).values()];
  const open = new Set((await holdOpenCases(connection, keys)).map(keyOf));
  const standing = Map.groupBy(await loadStanding(connection, keys, mostStanding), keyOf);
  const due = londonMoment(new Date(clock().getTime() + rule.due.ask * dayMs)).day;
  const cases = [...standing].flatMap(([key, odd]) => {
    const [first] = odd;
    const score = scoreCase(odd, rule);
    if (!first || (score < rule.openAt && !open.has(key))) return [];
    const { keeper, organisation, person, name, role } = first;
    return [{
      keeper, organisation, person, name, role, id: newId(), reference: newReference(), rule: rule.version, score, signals: [...new Set(odd.map(({ signal }) => signal))].sort(),
      lastAt: new Date(Math.max(...odd.map(({ lastAt }) => lastAt.getTime()))), due,
    }];
  });
  await openCases(connection, cases, clock());
}

function keyOf({ keeper, organisation, person }: CaseKey): string {
  return JSON.stringify([keeper, organisation, person]);
}

function newReference(): string {
  return `CA-${randomBytes(8).toString('hex').toUpperCase()}`;
}

/** So many calendar days before a day. */
function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * dayMs).toISOString().slice(0, 10);
}

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { compileGrant } from '../../src/consent/compile-grant.ts';
import { decide } from '../../src/consent/decide.ts';
import type { ChoiceLimits, ChoiceRule, Decision, Grant, RecordFacts, RegisteredAgreement, Relationship } from '../../src/consent/types.ts';
import { relationshipKinds, type Requester, type SharingClass } from '../../src/fhir/sharing.ts';
import type { Database } from '../../src/store/database.ts';
import { readGeneration, relationshipNumber, saveGrant } from '../../src/store/door/grants.ts';
import { arrayText } from '../../src/store/shared-rows.ts';
import { classKey, openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import { inList, ownToken, partToken, personKey } from './door-ways.ts';
import { consents, recordFacts, recordIds, sharingCase, tellingChoices } from '../consent/random-sharing.ts';
import { bchc, council, uhb } from '../consent/sharing-cases.ts';

/** Wide against the time a test takes, so that the database's clock and the reference's see the same world. */
const stepMs = 3_600_000;
const organisations = [uhb, bchc, council];

export interface DoorCitizen {
  id: string;
  /** provisions of choices with their periods: only those live at the clock count */
  choices: { rule: ChoiceRule; from: Date; until: Date | null }[];
  /** emergency access people were given, with its time */
  emergencies: { organisation: string; person: string; from: Date; until: Date }[];
  relationships: Relationship[];
}

export interface DoorRow {
  id: string;
  citizen: DoorCitizen;
  sharingClass: SharingClass;
  record: RecordFacts;
  /** class of its one fragment, and the row it names, if any: then it has that row's class */
  fragmentClass: SharingClass;
  names: DoorRow | null;
  /** somebody decided about it and this one of the same citizen */
  next: DoorRow | null;
  deleted: boolean;
}

/** One requester under some agreements, with the grant as it was compiled: perhaps a while ago, perhaps for a past generation. */
export interface DoorAsk {
  requester: Requester;
  agreements: readonly RegisteredAgreement[];
  grant: Grant;
  /** does it still hold at the clock? */
  holds: boolean;
}

export interface DoorWorld {
  /** shortly after the instants around which everything begins and ends, like the database's own clock when it is asked */
  now: Date;
  rows: DoorRow[];
  asks: DoorAsk[];
}

/** Every class there can be of three custodians, five categories and two labels. */
function everyClass(): Omit<SharingClass, 'id'>[] {
  const categories = ['identity', 'administration', 'episode', 'mental-health', 'unclassified'] as const;
  const labels = [[], ['PSY'], ['legal-restriction'], ['PSY', 'legal-restriction']];
  return organisations.flatMap((custodian) => categories.flatMap((category) => labels.map((each) => ({ custodian, category, labels: each }))));
}

/** One row of every class for every citizen, random choices and relationships, and random requesters under random agreements. */
export async function makeDoorWorld(database: Database, size: { citizens: number; requesters: number; seed: number }): Promise<DoorWorld> {
  const [clock] = await database.query<{ now: Date }>('select now() as now');
  const at = clock?.now ?? new Date();
  const now = new Date(at.getTime() + 1_000);
  const known = await openSharingClasses(database);
  const facts = everyClass();
  const ids = await database.transaction((connection) => known.intern(connection, facts));
  const classes = facts.map((each) => ({ id: ids.get(classKey(each)) ?? 0, ...each }));
  const citizens = fc.sample(citizenAround(at), { numRuns: size.citizens, seed: size.seed });
  for (const [i, rules] of tellingChoices(at, stepMs).entries()) {
    const citizen = citizens[i];
    if (!citizen) continue;
    citizen.choices = alwaysFrom(at, rules);
    citizen.emergencies = organisations.flatMap((organisation) => [
      { organisation, person: 'person-1', from: at, until: new Date(at.getTime() + stepMs) }, { organisation, person: 'person-2', from: new Date(at.getTime() - stepMs), until: at },
    ]);
  }
  const records = fc.sample(recordFacts(instantsAround(at)), { numRuns: size.citizens * classes.length, seed: size.seed });
  const rows = citizens.flatMap((citizen, c) => {
    const own = classes.map((sharingClass, i): DoorRow => {
      const id = randomUUID();
      const record = { type: 'EpisodeOfCare', tokens: [], from: null, until: null, ...records[c * classes.length + i], id, ...(i % 7 === 3 && { type: 'Patient' }) };
      return { id, citizen, sharingClass, record, fragmentClass: classes[(i * 7 + c) % classes.length] ?? sharingClass, names: null, next: null, deleted: (i + c) % 11 === 0 };
    });
    own.forEach((row, i) => { row.next = own[i + 1] ?? null; });
    own.forEach((row, i) => { if (i % 2 === 0) row.names = own[(i * 7 + c) % classes.length] ?? null; });
    nameRecords(citizen, own);
    nameConsents(citizen);
    return own;
  });
  await layOut(database, citizens, rows, at);
  const generation = await readGeneration(database);
  const sampled = fc.sample(fc.tuple(sharingCase(at, stepMs), fc.integer({ min: -2, max: 0 }), fc.nat(5)), { numRuns: size.requesters * 40, seed: size.seed })
    .map(([{ requester, agreements }, steps, dice]): DoorAsk => {
      const compiledFor = dice === 0 ? generation - 1 : generation;
      const grant = compileGrant({ requester, classes, agreements, generation: compiledFor, now: new Date(now.getTime() + steps * stepMs) });
      return { requester, agreements, grant, holds: compiledFor === generation && (grant.validUntil === null || grant.validUntil > now) };
    });
  const holding = (opens: (grant: Grant) => number): DoorAsk[] => sampled.filter(({ grant, holds }) => holds && opens(grant) > 0).slice(0, size.requesters / 6);
  const asks = [...new Set([
    ...holding(({ purpose, explicit }) => (purpose === 'HRESCH' ? explicit.length : 0)),
    ...holding(({ open }) => open.length), ...holding(({ related }) => related.length), ...holding(({ explicit }) => explicit.length), ...holding(({ explicitRelated }) => explicitRelated.length),
    ...oneOfEachSort(sampled),
  ])].slice(0, size.requesters);
  for (const { grant } of asks) await saveGrant(database, grant);
  return { now, rows, asks };
}

function alwaysFrom(from: Date, rules: readonly ChoiceRule[]): DoorCitizen['choices'] {
  return rules.map((rule) => ({ rule, from, until: null }));
}

/** Every third record is meant where a random choice names one of three. */
function nameRecords(citizen: DoorCitizen, rows: readonly DoorRow[]): void {
  citizen.choices = citizen.choices.map(({ rule: { limits: { ids, ...limits }, ...rule }, ...choice }) => ({
    ...choice, rule: { ...rule, limits: { ...limits, ...(ids && { ids: rows.filter((_, i) => ids.includes(recordIds[i % 3] ?? '')).map(({ id }) => id) }) } },
  }));
}

/** As resources are named. */
function nameConsents(citizen: DoorCitizen): void {
  const ids = new Map(citizen.choices.map(({ rule }) => [rule.consent, randomUUID()]));
  citizen.choices = citizen.choices.map(({ rule, ...choice }) => ({ ...choice, rule: { ...rule, consent: ids.get(rule.consent) ?? '' } }));
}

/** Most random worlds share nothing: takes the sorts of grant in turn, so that rare ones come first and are not drowned. */
function oneOfEachSort(asks: readonly DoorAsk[]): DoorAsk[] {
  const sorts = Map.groupBy(asks, ({ grant, holds }) => [...new Set([...grant.rules.values()].map(({ kind }) => kind))].sort().join(' ') + String(holds));
  return [...sorts.values()].flatMap((sort) => sort.map((ask, turn) => ({ ask, turn }))).sort((a, b) => a.turn - b.turn).map(({ ask }) => ask);
}

const decided = new WeakMap<DoorAsk, Map<string, Decision>>();

/** What the reference says of the row's part: by its class, and as the row it names, or else as the row it belongs to. */
export function referencePermitsPart(world: DoorWorld, ask: DoorAsk, { citizen, ...row }: DoorRow): boolean {
  return referencePermits(world, ask, { ...row, citizen, sharingClass: row.fragmentClass, record: (row.names ?? row).record });
}

/** What the reference says of this row. */
export function referencePermits(world: DoorWorld, ask: DoorAsk, row: Pick<DoorRow, 'citizen' | 'sharingClass' | 'record'>): boolean {
  return ask.holds && referenceDecision(world, ask, row).effect === 'permit';
}

/** The same with its reason, had the grant held. */
export function referenceDecision(world: DoorWorld, ask: DoorAsk, { citizen, sharingClass, record }: Pick<DoorRow, 'citizen' | 'sharingClass' | 'record'>): Decision {
  const kept = decided.get(ask) ?? new Map<string, Decision>();
  decided.set(ask, kept);
  const key = `${citizen.id} ${sharingClass.id} ${record.id} ${record.tokens === null}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const { choices, relationships } = citizen;
  const live = choices.filter(({ from, until }) => from <= world.now && (until === null || world.now < until)).map(({ rule }) => rule);
  const emergency = citizen.emergencies.some(({ organisation, person, from, until }) =>
    organisation === ask.requester.organisation && person === ask.requester.person?.id && from <= world.now && world.now < until);
  const decision = decide({ requester: ask.requester, agreements: ask.agreements, sharingClass, record, choices: live, relationships, emergency, now: world.now });
  kept.set(key, decision);
  return decision;
}

function instantsAround(at: Date): fc.Arbitrary<Date> {
  return fc.integer({ min: -2, max: 2 }).map((steps) => new Date(at.getTime() + steps * stepMs));
}

function citizenAround(at: Date): fc.Arbitrary<DoorCitizen> {
  const instant = instantsAround(at);
  return fc.record({
    id: fc.noShrink(fc.constant(null)).map(() => randomUUID()),
    choices: fc.oneof({ weight: 1, arbitrary: fc.constant<DoorCitizen['choices']>([]) }, { weight: 4, arbitrary: consents(instant, 3).chain((rules) =>
      fc.tuple(...rules.map((rule) => fc.record({ rule: fc.constant(rule), from: instant, until: fc.option(instant, { freq: 2 }) })))) }),
    emergencies: fc.array(fc.record({ organisation: fc.constantFrom(...organisations), person: fc.constantFrom('person-1', 'person-2'), from: instant, until: instant }), { maxLength: 3 }),
    relationships: fc.array(fc.record({
      organisation: fc.constantFrom(...organisations), kind: fc.constantFrom(...relationshipKinds), until: fc.option(instant, { freq: 4 }),
    }), { maxLength: 4 }),
  });
}

/** Straight into the tables: how rows come to be written is another test's business. */
export async function layOut(database: Database, citizens: readonly DoorCitizen[], rows: readonly DoorRow[], at: Date): Promise<void> {
  const forever = (until: Date | null): Date | string => until ?? 'infinity';
  const columns = [rows.map(({ citizen }) => citizen.id), rows.map(({ id }) => id)];
  await database.query(
    `insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, tokens, from_at, to_at, directory_ids, content_hash)
     select c, i, t, 2, k, d, $5, w::bigint[] || ${ownToken('i')}, f, u, '{}', '' from unnest($1::uuid[], $2::uuid[], $3::int[], $4::boolean[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[]) as r(c, i, k, d, t, w, f, u)`,
    [...columns, rows.map(({ sharingClass }) => sharingClass.id), rows.map(({ deleted }) => deleted), at, rows.map(({ record }) => record.type),
      rows.map(({ record }) => arrayText(record.tokens ?? [])), rows.map(({ record }) => record.from), rows.map(({ record }) => record.until)]);
  await database.query(
    `insert into citizen_version (citizen_id, id, version, body, deleted, updated_at, record_id, row_no)
     select c, i, n, '{}', false, $3, 1, 1 from unnest($1::uuid[], $2::uuid[]) as v(c, i), unnest(array[1, 2]) n`, [...columns, at]);
  await database.query(
    `insert into citizen_fragment (citizen_id, id, version, path, body, class_id, target, tokens)
     select c, i, 2, '/address', '[]', k, t, '{${partToken}}' from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[]) as f(c, i, k, t)`,
    [...columns, rows.map(({ fragmentClass }) => fragmentClass.id), rows.map(({ names }) => names?.id ?? null)]);
  await database.query(`insert into list_place (citizen_id, id, list, at) select c, i, ${inList}, $3 from unnest($1::uuid[], $2::uuid[]) as r(c, i)`, [...columns, at]);
  await database.query(`insert into person_key (citizen_id, id, hash) select c, i, '${personKey}'::bytea from unnest($1::uuid[], $2::uuid[]) as r(c, i)`, columns);
  await database.query(
    `insert into event_decision (citizen_id, id, first_id, second_id, verdict, reason, person, person_name, organisation, role)
     select c, i, least(i, n), greatest(i, n), 'same', '', '', '', '', '' from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as d(c, i, n) where n = any ($2::uuid[])`, [...columns, rows.map(({ next }) => next?.id ?? null)]);
  await layOutChoices(database, citizens);
  const emergencies = citizens.flatMap(({ id, emergencies: each }) => each.map((emergency) => ({ citizen: id, ...emergency })));
  await database.query(
    `insert into emergency_access (citizen_id, id, organisation, person, from_at, until, reason, explanation, reference)
     select c, gen_random_uuid(), o, p, f, u, 'test', 'test', gen_random_uuid()::text
     from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) as x(c, o, p, f, u)`,
    [emergencies.map(({ citizen }) => citizen), emergencies.map(({ organisation }) => organisation), emergencies.map(({ person }) => person), emergencies.map(({ from }) => from), emergencies.map(({ until }) => until)]);
  const evidence = citizens.flatMap(({ id, relationships }) => relationships.map((relationship) => ({ citizen: id, ...relationship })));
  await database.query(
    `insert into relationship (citizen_id, id, organisation, kind, until)
     select c, gen_random_uuid(), o, k, u from unnest($1::uuid[], $2::text[], $3::smallint[], $4::timestamptz[]) as e(c, o, k, u)`,
    [evidence.map(({ citizen }) => citizen), evidence.map(({ organisation }) => organisation), evidence.map(({ kind }) => relationshipNumber(kind)),
      evidence.map(({ until }) => forever(until))]);
}

/** When a rule counts is worked out as choices are written, which is another test's business: here it is what was drawn. */
async function layOutChoices(database: Database, citizens: readonly DoorCitizen[]): Promise<void> {
  const choices = citizens.flatMap(({ id, choices: each }) => each.map(({ rule, ...choice }) => ({ citizen: id, id: rule.consent, ...rule, ...choice })));
  const limit = (name: Exclude<keyof ChoiceLimits, 'dates'>): (string | null)[] => choices.map(({ limits }) => limits[name]?.join(' ') ?? null);
  await database.query(
    `insert into choice_rule (citizen_id, id, n, effect, opt_out, overrides, live, valid_from, valid_until, dates_from, dates_until,
       organisations, roles, purposes, categories, labels, custodians, types, tokens, ids)
     select c, i, n, e, o, v::int[], case when f < u then tstzmultirange(tstzrange(f, u)) else '{}' end, f, u, df, du, string_to_array(l1, ' '), string_to_array(l2, ' '), string_to_array(l3, ' '),
       string_to_array(l4, ' '), string_to_array(l5, ' '), string_to_array(l6, ' '), string_to_array(l7, ' '), string_to_array(l8, ' ')::bigint[], string_to_array(l9, ' ')::uuid[]
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::boolean[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[],
       $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[]) as x(c, i, n, e, o, v, f, u, df, du, l1, l2, l3, l4, l5, l6, l7, l8, l9)`,
    [choices.map(({ citizen }) => citizen), choices.map(({ id }) => id), choices.map(({ n }) => n), choices.map(({ effect }) => effect), choices.map(({ optOut }) => optOut),
      choices.map(({ overrides }) => arrayText(overrides.map(String))), choices.map(({ from }) => from), choices.map(({ until }) => until ?? 'infinity'),
      choices.map(({ limits: { dates } }) => dates && (dates.from ?? '-infinity')), choices.map(({ limits: { dates } }) => dates && (dates.until ?? 'infinity')),
      ...(['organisations', 'roles', 'purposes', 'categories', 'labels', 'custodians', 'types', 'tokens', 'ids'] as const).map(limit)]);
}

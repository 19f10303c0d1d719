import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { compileGrant } from '../../src/consent/compile-grant.ts';
import { decide } from '../../src/consent/decide.ts';
import type { ChoiceLimits, ChoiceRule, Grant, RegisteredAgreement, Relationship } from '../../src/consent/types.ts';
import { relationshipKinds, type Requester, type SharingClass } from '../../src/fhir/sharing.ts';
import type { Database } from '../../src/store/database.ts';
import { readGeneration, relationshipNumber, saveGrant } from '../../src/store/grants.ts';
import { classKey, openSharingClasses } from '../../src/store/sharing-classes.ts';
import { choiceRule, sharingCase } from '../consent/random-sharing.ts';
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
  /** class of its one fragment */
  fragmentClass: SharingClass;
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
  if (citizens[0]) citizens[0].choices = [ruleFor(at, 'deny', {}), ruleFor(at, 'permit', { organisations })]; // nobody, but these
  if (citizens[1]) citizens[1].choices = [ruleFor(at, 'deny', { organisations }), ruleFor(at, 'permit', { organisations })]; // both at once
  const rows = citizens.flatMap((citizen, c) => classes.map((sharingClass, i): DoorRow => ({
    id: randomUUID(), citizen, sharingClass, fragmentClass: classes[(i * 7 + c) % classes.length] ?? sharingClass, deleted: (i + c) % 11 === 0,
  })));
  await layOut(database, citizens, rows, at);
  const generation = await readGeneration(database);
  const sampled = fc.sample(fc.tuple(sharingCase(at, stepMs), fc.integer({ min: -2, max: 0 }), fc.nat(5)), { numRuns: size.requesters * 40, seed: size.seed })
    .map(([{ requester, agreements }, steps, dice]): DoorAsk => {
      const compiledFor = dice === 0 ? generation - 1 : generation;
      const grant = compileGrant({ requester, classes, agreements, generation: compiledFor, now: new Date(now.getTime() + steps * stepMs) });
      return { requester, agreements, grant, holds: compiledFor === generation && (grant.validUntil === null || grant.validUntil > now) };
    });
  const holding = (opens: (grant: Grant) => number): DoorAsk[] => sampled.filter(({ grant, holds }) => holds && opens(grant) > 0).slice(0, size.requesters / 5);
  const asks = [...new Set([
    ...holding(({ open }) => open.length), ...holding(({ related }) => related.length), ...holding(({ explicit }) => explicit.length), ...holding(({ explicitRelated }) => explicitRelated.length),
    ...oneOfEachSort(sampled),
  ])].slice(0, size.requesters);
  for (const { grant } of asks) await saveGrant(database, grant);
  return { now, rows, asks };
}

function ruleFor(from: Date, effect: ChoiceRule['effect'], limits: ChoiceLimits): DoorCitizen['choices'][number] {
  return { rule: { effect, limits, specificity: Object.keys(limits).length }, from, until: null };
}

/** Most random worlds share nothing: takes the sorts of grant in turn, so that rare ones come first and are not drowned. */
function oneOfEachSort(asks: readonly DoorAsk[]): DoorAsk[] {
  const sorts = Map.groupBy(asks, ({ grant, holds }) => [...new Set([...grant.rules.values()].map(({ kind }) => kind))].sort().join(' ') + String(holds));
  return [...sorts.values()].flatMap((sort) => sort.map((ask, turn) => ({ ask, turn }))).sort((a, b) => a.turn - b.turn).map(({ ask }) => ask);
}

const decided = new WeakMap<DoorAsk, Map<string, boolean>>();

/** What the reference says of this row's class, or of another class of the same citizen. */
export function referencePermits(world: DoorWorld, ask: DoorAsk, row: DoorRow, sharingClass = row.sharingClass): boolean {
  const kept = decided.get(ask) ?? new Map<string, boolean>();
  decided.set(ask, kept);
  const key = `${row.citizen.id} ${sharingClass.id}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const { choices, relationships } = row.citizen;
  const live = choices.filter(({ from, until }) => from <= world.now && (until === null || world.now < until)).map(({ rule }) => rule);
  const emergency = row.citizen.emergencies.some(({ organisation, person, from, until }) =>
    organisation === ask.requester.organisation && person === ask.requester.person?.id && from <= world.now && world.now < until);
  const { effect } = decide({ requester: ask.requester, agreements: ask.agreements, sharingClass, choices: live, relationships, emergency, now: world.now });
  const permitted = ask.holds && effect === 'permit';
  kept.set(key, permitted);
  return permitted;
}

function citizenAround(at: Date): fc.Arbitrary<DoorCitizen> {
  const instant = fc.integer({ min: -2, max: 2 }).map((steps) => new Date(at.getTime() + steps * stepMs));
  return fc.record({
    id: fc.noShrink(fc.constant(null)).map(() => randomUUID()),
    choices: fc.oneof({ weight: 1, arbitrary: fc.constant<DoorCitizen['choices']>([]) }, { weight: 3, arbitrary: fc.array(fc.record({ rule: choiceRule, from: instant, until: fc.option(instant, { freq: 3 }) }), { minLength: 2, maxLength: 5 }) }),
    emergencies: fc.array(fc.record({ organisation: fc.constantFrom(...organisations), person: fc.constantFrom('person-1', 'person-2'), from: instant, until: instant }), { maxLength: 3 }),
    relationships: fc.array(fc.record({
      organisation: fc.constantFrom(...organisations), kind: fc.constantFrom(...relationshipKinds), until: fc.option(instant, { freq: 4 }),
    }), { maxLength: 4 }),
  });
}

/** Straight into the tables: how rows come to be written is another test's business. */
async function layOut(database: Database, citizens: readonly DoorCitizen[], rows: readonly DoorRow[], at: Date): Promise<void> {
  const forever = (until: Date | null): Date | string => until ?? 'infinity';
  const columns = [rows.map(({ citizen }) => citizen.id), rows.map(({ id }) => id)];
  await database.query(
    `insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, tokens, directory_ids, content_hash)
     select c, i, 'EpisodeOfCare', 1, k, d, $5, '{}', '{}', '' from unnest($1::uuid[], $2::uuid[], $3::int[], $4::boolean[]) as r(c, i, k, d)`,
    [...columns, rows.map(({ sharingClass }) => sharingClass.id), rows.map(({ deleted }) => deleted), at]);
  await database.query(
    `insert into citizen_version (citizen_id, id, version, body, deleted, updated_at, record_id, row_no)
     select c, i, 1, '{}', false, $3, 1, 1 from unnest($1::uuid[], $2::uuid[]) as v(c, i)`, [...columns, at]);
  await database.query(
    `insert into citizen_fragment (citizen_id, id, version, path, body, class_id, target, tokens)
     select c, i, 1, '/address', '[]', k, null, '{}' from unnest($1::uuid[], $2::uuid[], $3::int[]) as f(c, i, k)`,
    [...columns, rows.map(({ fragmentClass }) => fragmentClass.id)]);
  const choices = citizens.flatMap(({ id, choices: each }) => each.map((choice) => ({ citizen: id, ...choice })));
  const limit = (name: keyof ChoiceLimits): (string | null)[] => choices.map(({ rule: { limits } }) => limits[name]?.join(' ') ?? null);
  await database.query(
    `insert into choice_rule (citizen_id, id, n, effect, specificity, valid_from, valid_until, organisations, roles, purposes, categories, labels, custodians)
     select c, gen_random_uuid(), 0, e, s, f, u, string_to_array(o, ' '), string_to_array(r, ' '), string_to_array(p, ' '), string_to_array(k, ' '), string_to_array(l, ' '), string_to_array(w, ' ')
     from unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) as x(c, e, s, f, u, o, r, p, k, l, w)`,
    [choices.map(({ citizen }) => citizen), choices.map(({ rule }) => rule.effect), choices.map(({ rule }) => rule.specificity), choices.map(({ from }) => from), choices.map(({ until }) => forever(until)),
      limit('organisations'), limit('roles'), limit('purposes'), limit('categories'), limit('labels'), limit('custodians')]);
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

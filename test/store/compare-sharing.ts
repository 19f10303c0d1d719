import { compileGrant } from '../../src/consent/compile-grant.ts';
import { decide } from '../../src/consent/decide.ts';
import type { Database } from '../../src/store/database.ts';
import { readGeneration, saveGrant } from '../../src/store/door/grants.ts';
import { openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import { doorWays, wayDiffers, type DoorWay } from './door-ways.ts';
import { layOut, makeDoorWorld, referencePermits, type DoorAsk, type DoorRow, type DoorWorld } from './door-world.ts';

/** A case is one requester under some agreements against one row of one citizen with their choices, relationships and emergencies: no two are the same. */
export interface SharingDifference {
  seed: number;
  ask: DoorAsk;
  row: DoorRow;
  /** the look-up that said so */
  way: string;
  now: Date;
  /** what the reference says; the door did the opposite */
  permitted: boolean;
  sentence: string;
}

export interface SharingRun {
  cases: number;
  seed: number;
  citizens: number;
  requesters: number;
  /** a record with nobody in it, and how it is thrown away */
  open: () => Promise<{ database: Database; drop: () => Promise<void> }>;
  /** the next seed and how many cases were compared so far */
  report: (seed: number, compared: number) => void;
}

/** Random worlds one after the other, each in a database of its own, until enough cases were compared or one differs. World n has the seed of the run + n. */
export async function compareSharing(run: SharingRun): Promise<{ compared: number; difference: SharingDifference | null }> {
  let compared = 0;
  for (let seed = run.seed; compared < run.cases; seed += 1) {
    const { database, drop } = await run.open();
    try {
      const world = await makeDoorWorld(database, { citizens: run.citizens, requesters: run.requesters, seed });
      const found = await firstDifference(database, world, seed);
      if (found) return { compared, difference: { ...(await smallest(database, world, found)), seed } };
      compared += world.rows.length * world.asks.length;
    } finally {
      await drop();
    }
    run.report(seed + 1, compared);
  }
  return { compared, difference: null };
}

interface Case {
  ask: DoorAsk;
  row: DoorRow;
  way: DoorWay;
}

async function firstDifference(database: Database, world: DoorWorld, seed: number): Promise<Case | null> {
  for (const [i, ask] of world.asks.entries()) {
    // every requester at the view, and at one look-up in turn: in a long run, each at all of them
    for (const way of [theView, doorWays[(i + seed) % doorWays.length] ?? theView]) {
      const [row] = await differing(database, world, ask, way);
      if (row) return { ask, row, way };
    }
  }
  return null;
}

/** Under the grant of its connection, where the look-ups are given theirs. */
const theView: DoorWay = { name: 'readable_row', ask: () => ({ text: 'select id from readable_row where citizen_id is not null', values: [] }), permits: referencePermits, predicate: '' };

async function differing(database: Database, world: DoorWorld, ask: DoorAsk, way: DoorWay): Promise<DoorRow[]> {
  if (way !== theView) return wayDiffers(database, world, ask, way);
  const seen = new Set((await database.serve<{ id: string }>('reader', ask.grant.key, { name: 'seen', ...way.ask(ask.grant.key, world.rows) })).map(({ id }) => id));
  return world.rows.filter((row) => seen.has(row.id) !== way.permits(world, ask, row));
}

/** Takes away whatever can go while the two still differ: agreements, clauses, choices, relationships, emergencies, labels of the case. */
async function smallest(database: Database, world: DoorWorld, found: Case): Promise<Omit<SharingDifference, 'seed'>> {
  let kept = found;
  for (let next: Case | undefined = kept; next !== undefined;) {
    kept = next;
    next = undefined;
    for (const candidate of smaller(kept)) {
      const made = await remade(database, world, candidate);
      if (made === null) continue;
      next = made;
      break;
    }
  }
  const { ask, row, way } = kept;
  const permitted = way.permits(world, ask, row);
  return { ask, row, way: way.name, now: world.now, permitted, sentence: ask.holds ? sentenceOf(world, kept) : 'The grant no longer holds.' };
}

function smaller({ ask, row, way }: Case): Case[] {
  const { citizen } = row;
  const without = <T>(list: readonly T[]): T[][] => list.map((_, i) => list.toSpliced(i, 1));
  const withAgreements = (agreements: DoorAsk['agreements']): Case => ({ row, way, ask: { ...ask, agreements } });
  const withCitizen = (changes: Partial<DoorRow['citizen']>): Case => ({ ask, way, row: { ...row, next: null, citizen: { ...citizen, ...changes } } });
  return [
    ...without(ask.agreements).map(withAgreements),
    ...ask.agreements.flatMap((each, i) => (each.agreement.clauses.length < 2 ? [] : without(each.agreement.clauses).map((clauses) => withAgreements(ask.agreements.with(i, { ...each, agreement: { ...each.agreement, clauses } }))))),
    ...ask.agreements.flatMap((each, i) => each.agreement.clauses.flatMap((clause, c) => (clause.consentBasis === 'implied' ? []
      : [withAgreements(ask.agreements.with(i, { ...each, agreement: { ...each.agreement, clauses: each.agreement.clauses.with(c, { ...clause, consentBasis: 'implied' }) } }))]))),
    ...without(citizen.choices).map((choices) => withCitizen({ choices })),
    ...without(citizen.relationships).map((relationships) => withCitizen({ relationships })),
    ...without(citizen.emergencies).map((emergencies) => withCitizen({ emergencies })),
  ];
}

/** The candidate alone in the database; null when door and reference agree about it. */
async function remade(database: Database, world: DoorWorld, { ask, row, way }: Case): Promise<Case | null> {
  for (const table of ['citizen_row', 'citizen_version', 'citizen_fragment', 'list_place', 'person_key', 'event_decision', 'choice_rule', 'emergency_access', 'relationship']) await database.query(`delete from ${table}`);
  await layOut(database, [row.citizen], [row], new Date(world.now.getTime() - 1_000));
  const classes = await openSharingClasses(database);
  await classes.refresh();
  const grant = ask.holds ? compileGrant({ requester: ask.requester, classes: classes.all(), agreements: ask.agreements, generation: await readGeneration(database), now: world.now }) : ask.grant;
  await saveGrant(database, grant);
  const made = { row, way, ask: { ...ask, grant } };
  return (await differing(database, { ...world, rows: [row] }, made.ask, way)).length > 0 ? made : null;
}

function sentenceOf({ now }: DoorWorld, { ask: { requester, agreements }, row: { citizen, sharingClass, record } }: Case): string {
  const live = citizen.choices.filter(({ from, until }) => from <= now && (until === null || now < until)).map(({ rule }) => rule);
  const emergency = citizen.emergencies.some(({ organisation, person, from, until }) => organisation === requester.organisation && person === requester.person?.id && from <= now && now < until);
  return decide({ requester, agreements, sharingClass, record, choices: live, relationships: citizen.relationships, emergency, now }).sentence;
}

/** The case in words, then as JSON. */
export function describeDifference({ seed, ask, row, way, now, permitted, sentence }: SharingDifference): string {
  const { requester } = ask;
  const { citizen, sharingClass: { custodian, category, labels } } = row;
  const lines = [
    `Seed ${seed}: the door (${way}) ${permitted ? 'hides' : 'shows'} what the reference ${permitted ? 'permits' : 'denies'}.`,
    `A ${requester.role} of ${requester.organisation} asks for ${requester.purpose}${ask.holds ? '' : ', under a grant that no longer holds'}, at ${now.toISOString()}.`,
    `The row is ${category} of ${custodian}, labels ${labels.length === 0 ? 'none' : labels.join(', ')}.`,
    `The reference says: ${sentence}`,
    ...ask.agreements.flatMap(({ agreement, activatedAt, terminatedAt, signedBy }) => [
      `Agreement ${agreement.id} from ${agreement.period.start.toISOString()} to ${agreement.period.end.toISOString()}, active ${activatedAt?.toISOString() ?? 'never'}, ended ${terminatedAt?.toISOString() ?? 'never'}, signed by ${signedBy.length} of ${agreement.parties.length}:`,
      ...agreement.clauses.map((clause) => `  clause ${clause.number}: ${clause.from.join(', ')} to ${clause.to.join(', ')}; ${clause.categories.join(', ')}; ${clause.roles.join(', ')}; ${clause.purposes.join(', ')}; ${clause.consentBasis}; labels ${clause.labels.join(', ') || 'none'}; relationships ${clause.relationships?.join(', ') ?? 'none needed'}`),
    ]),
    ...citizen.choices.map(({ rule, from, until }) => `Choice: ${JSON.stringify(rule, plain)} from ${from.toISOString()} to ${until?.toISOString() ?? 'for ever'}`),
    ...citizen.relationships.map(({ organisation, kind, until }) => `Relationship: ${kind} of ${organisation} until ${until?.toISOString() ?? 'no end known'}`),
    ...citizen.emergencies.map(({ organisation, person, from, until }) => `Emergency access: ${person} of ${organisation} from ${from.toISOString()} to ${until.toISOString()}`),
    JSON.stringify({ seed, requester, holds: ask.holds, agreements: ask.agreements, sharingClass: row.sharingClass, citizen, now, permitted }, plain),
  ];
  return lines.join('\n');
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

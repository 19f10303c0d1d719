import { randomUUID } from 'node:crypto';
import type { Look } from '../../src/audit/cases/look-of.ts';
import type { AuditEntry } from '../../src/audit/types.ts';
import { findOddLooks, type OddLooksContext } from '../../src/flow/audit/find-odd-looks.ts';
import { sealEntries } from '../../src/flow/audit/seal-entries.ts';
import { openAuditTrail } from '../../src/store/audit/audit-trail.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { shippedCaseRule } from '../../test/audit/cases/shipped-case-rule.ts';
import { shippedRule } from '../../test/linkage/shipped-rule.ts';
import type { Print } from '../settings.ts';
import type { World } from '../world.ts';
import { accessDays } from './access-year.ts';
import { accessWorld } from './access-world.ts';
import { scoreYear } from './score-year.ts';

const seed = 1979;
const days = 365;
/** snoopers of each kind, in a year */
const ofEach = 12;
/** entries worked through in the database, and looks that make them */
const inDatabase = { entries: 20_000, users: 100 };

/** What the shipped rule finds and misses in a generated year, how much work it makes, and how fast the log is worked through in the database. */
export async function measureCases(world: World, print: Print): Promise<void> {
  const rule = shippedCaseRule();
  const score = scoreYear(rule, { seed, users: world.settings.caseUsers, days, ofEach });
  world.say(`${score.looks} looks of ${score.users} people in a year, ${ofEach} snoopers of each kind`);
  for (const { signal, raised, precision, recall } of score.signals) {
    print(`cases.${signal}.raised`, raised, 'things');
    print(`cases.${signal}.precision`, precision, 'share');
    print(`cases.${signal}.recall`, recall, 'share');
  }
  for (const { kind, recall } of score.found) print(`cases.found.${kind}`, recall, 'share');
  print('cases.precision', score.casePrecision, 'share');
  print('cases.people', score.peopleAWeek, '/1000/week');
  print('cases.opened', score.casesAWeek, '/1000/week');
  print('cases.judged', score.looks / score.seconds, 'looks/s');
  const database = await openPostgres(await world.newDatabase());
  try {
    await measureInDatabase(database, print);
  } finally {
    await database.close();
  }
}

async function measureInDatabase(database: Database, print: Print): Promise<void> {
  const trail = openAuditTrail(database, sealEntries);
  const city = accessWorld(seed, inDatabase.users);
  const ties = city.citizens.flatMap(({ id, places }) => places.map((place) => [uuidOf(id), place] as const));
  await database.query(
    `insert into relationship (citizen_id, id, organisation, kind, until, since) select citizen_id, gen_random_uuid(), organisation, 1, 'infinity', '2020-01-01' from unnest($1::uuid[], $2::text[]) as r(citizen_id, organisation)`,
    [ties.map(([citizen]) => citizen), ties.map(([, place]) => place)]);
  await database.query('analyze relationship');
  let written = 0;
  for (const { looks } of accessDays(seed, city, 60, [], new Map())) {
    if (written >= inDatabase.entries) break;
    await Promise.all(looks.map((look) => trail.append(entryOf(look))));
    written += looks.length;
  }
  const context: OddLooksContext = { database, rule: shippedCaseRule(), linkage: shippedRule(), custodianOf: () => '', clock: () => new Date(), newId: randomUUID };
  for (const pass of ['at-once', 'late'] as const) {
    const started = performance.now();
    const normals = new Map();
    while (await findOddLooks(context, pass, normals));
    print(`cases.database.${pass}`, written / ((performance.now() - started) / 1000), 'entries/s');
  }
}

/** The entry of a look, as long as that of a read. */
function entryOf({ at, person, organisation, citizen, custodians }: Look): AuditEntry {
  const id = citizen === null ? null : uuidOf(citizen);
  return {
    id: randomUUID(), at: at.toISOString(), request: randomUUID(), interaction: 'story', query: `Patient/${id ?? '*'}/$story`, ...(id !== null && { citizen: id }), purpose: 'TREAT', outcome: id === null ? 'denied' : 'permitted', status: id === null ? 404 : 200,
    who: { client: 'viewer', token: randomUUID(), person: { id: person, name: 'Grace Ward' }, organisation, organisationName: organisation, role: 'nurse', address: '127.0.0.1' },
    disclosed: id === null ? [] : [`EpisodeOfCare/${id}/_history/1`], custodians: [...custodians], withheld: [],
    decisions: [{ effect: 'permit', rule: '4', agreement: 'bicp-early-intervention', version: '1.0', clause: '1.1', sentence: 'Clause 1.1 shares episodes with nurses for treatment.', count: 1 }],
  };
}

function uuidOf(citizen: string): string {
  return `00000000-0000-4000-8000-${citizen.slice(1).padStart(12, '0')}`;
}

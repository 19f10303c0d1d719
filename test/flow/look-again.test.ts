import { lookAgain } from '../../src/flow/intake/look-again.ts';
import type { IntakeContext } from '../../src/flow/intake/intake-context.ts';
import { linkPeople, type Linking } from '../../src/flow/intake/link-people.ts';
import { candidatesPerKey, findLinkedPeople, savePeople } from '../../src/store/record/citizens.ts';
import { openPostgres, type Connection, type Database } from '../../src/store/database.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';
import { benchFeed, mappedRow } from '../../bench/linkage-load/people-rows.ts';
import { startIntakeWorker } from '../../src/flow/intake/work-intake.ts';
import { openAuditTrail } from '../../src/store/audit/audit-trail.ts';
import { sealEntries } from '../../src/flow/audit/seal-entries.ts';
import { setCodeSets } from '../../src/store/record/relabel-queue.ts';
import { freshPostgres } from '../databases.ts';
import { shippedRule } from '../linkage/shipped-rule.ts';
import { until } from '../patience.ts';
import { linkingContext } from './linking-context.ts';

/** Two workers that meet one new person at once, neither seeing what the other writes. On PostgreSQL, which has two connections. */

const amina: PersonFacts = { local: [], family: 'quillfeather', given: ['josephine'], otherFamily: [], otherGiven: [], birthDate: '1961-04-09', gender: 'female', postcode: 'B138XX', house: '12', lines: ['station road'] };

describe('two workers that meet one new person at once', () => {
  let database: Database;
  let context: IntakeContext;
  beforeAll(async () => {
    database = await openPostgres(await freshPostgres());
    context = await linkingContext(database);
  });
  afterAll(() => database.close());

  async function meet(connection: Connection, person: number, partner: 'bcc-cld' | 'uhb-adt', facts: PersonFacts): Promise<Linking> {
    const linking = await linkPeople(connection, context, [mappedRow(benchFeed(partner), { person, facts }, person)]);
    await savePeople(connection, linking.citizens, linking.people, new Date());
    return linking;
  }
  /** Both link before either commits. */
  async function atOnce(a: PersonFacts, b: PersonFacts, first: number): Promise<void> {
    await database.transaction(async (one) => {
      await meet(one, first, 'uhb-adt', a);
      await database.transaction(async (other) => { await meet(other, first + 1, 'bcc-cld', b); });
    });
  }
  const again = (): Promise<number> => database.transaction((connection) => lookAgain(connection, context, 100));
  const citizens = async (family: string): Promise<number> => (await database.query<{ n: number }>(`select count(distinct citizen_id)::int as n from source_person where facts ->> 'family' like $1`, [`${family}%`]))[0]?.n ?? 0;

  it('make two citizens of one person with two postcodes, and a second look makes one of them, by the rule and with its evidence', async () => {
    await atOnce(amina, { ...amina, postcode: 'B138XY' }, 1);
    expect(await citizens('quillfeather')).toBe(2);
    expect(await again()).toBe(2);
    expect(await citizens('quillfeather')).toBe(1);
    expect(await database.query('select kind, rule, evidence is not null as weighed from link_decision')).toEqual([{ kind: 'merge', rule: 'link-likelihood-01', weighed: true }]);
    expect(await again()).toBe(0);
  });

  it('leave to a person whom a rule would have left to a person, once', async () => {
    await atOnce({ ...amina, family: 'bramblethorpe', given: ['amira'] }, { ...amina, family: 'bramblethorpe', given: ['amina'] }, 11);
    expect(await again()).toBe(2);
    expect(await citizens('bramblethorpe')).toBe(2);
    expect(await database.query('select rule from link_review')).toEqual([{ rule: 'link-likelihood-02' }]);
  });

  it('are looked for among the pairs of these people, not among all', async () => {
    const plan = await database.transaction(async (connection) => {
      await connection.query('set local enable_seqscan = off');
      return JSON.stringify((await connection.query(`explain (format json) select candidate from link_review where id = '00000000-0000-4000-8000-000000000001'`)).rows);
    });
    expect(plan).toContain('"link_review_id"');
  });

  it('are looked at the next time where the database failed them, and not let go', async () => {
    const one: PersonFacts = { ...amina, family: 'thistlewood', birthDate: '1948-08-21', house: '21', postcode: 'B301XX' };
    await atOnce({ ...one, given: ['amira'] }, one, 41);
    await database.query("create function lose() returns trigger language plpgsql as $$ begin raise exception 'deadlock detected' using errcode = '40P01'; end $$");
    await database.query('create trigger lose before insert on link_review for each row execute function lose()');
    await database.transaction((connection) => setCodeSets(connection, context.sensitiveCodes.hash));
    const told: string[] = [];
    const worker = startIntakeWorker({ ...context, audit: openAuditTrail(database, sealEntries) }, (event) => { told.push(event); }, 20);
    await until(() => told.length > 0, 'a look that fails');
    await worker.stop();
    await database.query('drop trigger lose on link_review');
    expect(told).not.toContain('row-failed');
    expect(await again()).toBe(2);
    expect(await database.query("select r.rule from link_review r join source_person p using (id) where facts ->> 'family' = 'thistlewood'")).toEqual([{ rule: 'link-likelihood-02' }]);
    await database.query('delete from link_review where id in (select id from source_person where facts ->> $1 = $2)', ['family', 'thistlewood']);
  });

  it('are two people who have nothing in common', async () => {
    await atOnce({ ...amina, family: 'oakenshield', birthDate: '1930-01-30', postcode: 'B11AA', given: ['peter'], lines: ['a lane'] }, { ...amina, family: 'underhill', birthDate: '1999-12-12', given: ['rosie'], house: '7' }, 21);
    expect(await again()).toBe(2);
    expect(await database.query('select count(*)::int as n from link_review')).toEqual([{ n: 1 }]);
  });

  const born = (birthDate: string, more: Partial<PersonFacts> = {}): PersonFacts => ({ ...amina, birthDate, house: birthDate.slice(8), family: `greenhand${birthDate.slice(8)}x`, ...more });
  const numbered = { nhsNumber: '9990000743', nhsNumberStatus: '01' };
  it.each<[string, number, PersonFacts, Partial<PersonFacts>, string[]]>([
    ['link-nhs-01', 101, born('1951-07-11', numbered), { family: 'lightfoot' }, ['nhs-number', 'birth-date', 'given', 'gender', 'postcode']],
    ['link-nhs-02', 111, born('1962-05-12', { nhsNumber: '9990031010' }), { postcode: 'B301XX' }, ['nhs-number', 'birth-date', 'family', 'given', 'gender']],
    ['link-demographics-01', 121, born('1973-03-13'), {}, ['birth-date', 'family', 'given', 'gender', 'postcode']],
    ['link-likelihood-01', 131, born('1984-09-14'), { postcode: 'B138XY' }, ['birth-date', 'family', 'given', 'gender']],
  ])('a link by %s keeps what agreed and what each field weighed', async (rule, at, first, change, agreed) => {
    const [link] = await database.transaction(async (connection) => {
      await meet(connection, at, 'uhb-adt', first);
      return (await meet(connection, at + 1, 'bcc-cld', { ...first, ...change })).people;
    });
    expect(link).toMatchObject({ rule, evidence: { agreed, rule: shippedRule().version } });
    const [kept] = await database.query<{ evidence: { evidence: object[] } }>('select evidence from source_person where id = $1', [link?.id]);
    expect(kept?.evidence).toEqual(link?.evidence);
    expect(kept?.evidence.evidence.length).toBeGreaterThan(3);
  });

  it('of a key that more people share than are looked at, the same are looked at every time', async () => {
    const hash = Buffer.from('a key that many share');
    await database.query('insert into person_key (citizen_id, id, hash) select gen_random_uuid(), gen_random_uuid(), $1 from generate_series(1, $2)', [hash, candidatesPerKey + 20]);
    const found = async (): Promise<string[]> => [...(await database.transaction((connection) => findLinkedPeople(connection, [hash], []))).byHash.values()].flatMap((citizens) => [...citizens]).sort();
    const first = await database.query<{ id: string }>('select citizen_id as id from person_key where hash = $1 order by citizen_id limit $2', [hash, candidatesPerKey]);
    expect(await found()).toEqual(first.map(({ id }) => id));
    // whoever is written anew stands elsewhere in the table
    await database.query('update person_key set id = id where hash = $1 and citizen_id = any ($2::uuid[])', [hash, first.slice(0, 30).map(({ id }) => id)]);
    expect(await found()).toEqual(first.map(({ id }) => id));
  });
});

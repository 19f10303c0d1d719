import { randomUUID } from 'node:crypto';
import type { IntakeContext } from '../../src/flow/intake/intake-context.ts';
import { keysOf } from '../../src/flow/intake/link-people.ts';
import { tellDecisions } from '../../src/flow/tell-decisions.ts';
import type { AuditEntry } from '../../src/audit/types.ts';
import { mergeCitizens } from '../../src/flow/linkage/merge-citizens.ts';
import { workLinkageRun, type LinkageRunContext } from '../../src/flow/linkage/work-linkage-runs.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';
import { savePeople } from '../../src/store/record/citizens.ts';
import type { Database } from '../../src/store/database.ts';
import { findRun, listChanges, setRunState, startRun } from '../../src/store/linkage/linkage-runs.ts';
import { keyedHash } from '../../src/store/secrets.ts';
import { shippedRule } from '../linkage/shipped-rule.ts';
import { databases } from '../databases.ts';
import { linkingContext } from './linking-context.ts';

/** Links of another rule are compared with the rule of now; what that changes is applied once it is approved, and what people decided stays. */

const base: PersonFacts = { local: [], family: 'quillfeather', given: ['josephine'], otherFamily: [], otherGiven: [], birthDate: '1961-04-09', gender: 'female', postcode: 'B138XX', house: '12', lines: ['station road'] };
const evidence = { bits: 20, evidence: [], held: [], rule: 'of-before' };
const officer = { organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', person: { id: 'p', name: 'P' }, role: 'privacy-officer', reason: 'One person' } as const;

const lead = { name: 'Lead', person: 'lead-1', organisation: officer.organisation };

describe.each(databases)('a changed linkage rule, on $kind', ({ open }) => {
  let database: Database;
  let context: LinkageRunContext;
  beforeAll(async () => {
    database = await open();
    const linking: IntakeContext = await linkingContext(database);
    await database.query(`insert into setting (name, value) values ('sensitive-codes', $1) on conflict (name) do update set value = excluded.value`, [linking.sensitiveCodes.hash]);
    context = { ...linking, ruleVersion: shippedRule().version };
  });
  afterAll(() => database.close());

  /** Somebody one partner described, linked as a rule of before did. */
  async function person(citizen: string, feed: string, facts: PersonFacts, rule = 'link-new-02'): Promise<string> {
    const id = randomUUID();
    const own = { ...facts, local: [{ system: `https://fhir.bicp.example/Id/${feed}/person`, value: id }] };
    const hashes = keysOf(own).map((key) => keyedHash(context.secrets.person, key));
    await database.transaction((connection) => savePeople(connection, [{ citizen, traced: false }], [{ citizen, id, feed: `${feed}-x`, personKey: id, rule, facts: own, hashes, evidence: rule === 'link-likelihood-01' ? evidence : null, possible: [] }], new Date()));
    return id;
  }
  const citizenOf = async (id: string): Promise<string | undefined> => (await database.query<{ citizen: string }>('select citizen_id as citizen from source_person where id = $1', [id]))[0]?.citizen;
  /** by a person */
  async function join(a: string, b: string): Promise<void> {
    const [from = '', into = ''] = [await citizenOf(a), await citizenOf(b)];
    await database.transaction((connection) => mergeCitizens(connection, context, { from, into, decision: officer }));
  }
  /** by a rule that weighed otherwise */
  async function joinByRule(from: string, into: string, rule: string): Promise<void> {
    const { decision } = await database.transaction((connection) => mergeCitizens(connection, context, { from, into, decision: officer }));
    await database.query('update link_decision set rule = $2, organisation = null, person = null, person_name = null, role = null, reason = null where id = $1', [decision, rule]);
  }
  async function work(): Promise<void> {
    while (await database.transaction((connection) => workLinkageRun(connection, context))) { /* the next batch */ }
  }

  it('links and unlinks nobody before it is approved, then whom it said, and nobody a person decided about', async () => {
    const [one, other, whole, kept] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const [a, b] = [await person(one, 'uhb', base), await person(other, 'bcc', { ...base, postcode: 'B138XY' })];
    const brother = { ...base, family: 'bramblethorpe', given: ['amir'], gender: 'male' };
    const [c, d] = [await person(whole, 'uhb', brother), await person(whole, 'bcc', { ...brother, given: ['amin'], birthDate: '1961-09-04' }, 'link-likelihood-01')];
    const stranger = { ...base, family: 'oakenshield', given: ['peter'], gender: 'male', birthDate: '1933-11-28', postcode: 'B429ZZ', house: '3', lines: ['mill lane'] };
    const [e, f] = [await person(kept, 'uhb', stranger), await person(randomUUID(), 'bcc', { ...stranger, given: ['petar'] }, 'link-likelihood-01')];
    await join(f, e);

    const run = randomUUID();
    expect(await startRun(database, { id: run, rule: context.ruleVersion, startedAt: new Date(), startedBy: 'Lead' })).toBe(true);
    expect(await startRun(database, { id: randomUUID(), rule: context.ruleVersion, startedAt: new Date(), startedBy: 'Lead' })).toBe(false);
    await work();
    expect(await findRun(database)).toMatchObject({ id: run, state: 'compared', looked: 6, link: 1, unlink: 1, applied: 0 });
    const changes = await listChanges(database, run, null, 10);
    expect(changes.map(({ kind, id }) => [kind, id]).sort()).toEqual([['link', [a, b].find((id) => changes.some((change) => change.id === id))], ['unlink', d]]);
    expect([await citizenOf(a), await citizenOf(b), await citizenOf(c), await citizenOf(d)]).toEqual([one, other, whole, whole]);

    expect(await setRunState(database, run, ['compared'], 'applying', lead)).toBe(true);
    await work();
    expect(await findRun(database)).toMatchObject({ state: 'applied', applied: 2, doubtful: 0, outdated: 0 });
    expect(await citizenOf(a)).toBe(await citizenOf(b));
    expect([await citizenOf(c), await citizenOf(d)]).toEqual([whole, expect.not.stringMatching(whole)]);
    expect([await citizenOf(e), await citizenOf(f)]).toEqual([kept, kept]);
    expect(await database.query(`select kind, rule from link_decision where rule is not null order by kind`)).toEqual([{ kind: 'merge', rule: 'link-re-run' }, { kind: 'split', rule: 'link-re-run' }]);
    const told: AuditEntry[] = [];
    await tellDecisions({ database, directory: context.directory, audit: { append: (entry) => Promise.resolve(void told.push(entry)) } });
    const byRule = told.filter(({ query }) => query.endsWith(' by link-re-run')).sort((one, other) => one.interaction.localeCompare(other.interaction)); // in the order of their ids, which is none
    expect(byRule.map(({ interaction, who }) => [interaction, who.client, who.person, who.organisation])).toEqual(['link-merge', 'link-split'].map((interaction) => [interaction, 'onestory', { id: 'lead-1', name: 'Lead' }, officer.organisation]));
  });

  it('takes apart whom five equal fields, a second look or an earlier run joined, and whom one of these brought together leaves together', async () => {
    const [first, second, third, fourth] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const brother = { ...base, family: 'proudfoot', given: ['amir'], gender: 'male' };
    const other = { ...brother, given: ['amin'], birthDate: '1963-09-04' };
    await person(first, 'uhb', brother);
    const byFields = await person(first, 'bcc', other, 'link-demographics-01');
    await person(second, 'uhb', { ...brother, birthDate: '1944-03-02' });
    const joined = [await person(third, 'bcc', { ...other, birthDate: '1971-01-30' }), await person(third, 'bchc', { ...other, birthDate: '1971-01-30' }, 'link-nhs-01')];
    const kept = await person(fourth, 'bsmhft', { ...brother, birthDate: '1944-03-02' });
    await joinByRule(third, second, 'link-likelihood-01');
    await joinByRule(fourth, second, 'link-re-run');
    const run = randomUUID();
    await startRun(database, { id: run, rule: context.ruleVersion, startedAt: new Date(Date.now() + 500), startedBy: 'Lead' });
    await work();
    expect((await listChanges(database, run, null, 20)).filter(({ kind }) => kind === 'unlink').map(({ id }) => id).sort()).toEqual([byFields, [...joined].sort()[0]].sort());
    await setRunState(database, run, ['compared'], 'applying', lead);
    await work();
    expect(await citizenOf(byFields)).not.toBe(first);
    expect([await citizenOf(joined[0] ?? ''), await citizenOf(joined[1] ?? ''), await citizenOf(kept)]).toEqual([third, third, second]);
  });

  it('leaves alone what a person decided after it was compared', async () => {
    const [g, h] = [await person(randomUUID(), 'uhb', { ...base, family: 'underhill', birthDate: '1972-12-24' }), await person(randomUUID(), 'bcc', { ...base, family: 'underhill', birthDate: '1972-12-24', postcode: 'B138XY' })];
    const run = randomUUID();
    await startRun(database, { id: run, rule: context.ruleVersion, startedAt: new Date(Date.now() + 1_000), startedBy: 'Lead' });
    await work();
    expect(await findRun(database)).toMatchObject({ id: run, link: 1, unlink: 0 });
    await join(g, h);
    await setRunState(database, run, ['compared'], 'applying', lead);
    await work();
    expect(await findRun(database)).toMatchObject({ state: 'applied', applied: 0, outdated: 1 });
  });

  it('of another version than this process has waits', async () => {
    await startRun(database, { id: randomUUID(), rule: 'of-tomorrow', startedAt: new Date(Date.now() + 2_000), startedBy: 'Lead' });
    expect(await database.transaction((connection) => workLinkageRun(connection, context))).toBe(false);
    expect(await findRun(database)).toMatchObject({ state: 'comparing', looked: 0 });
  });
});

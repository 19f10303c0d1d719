import { setTimeout as wait } from 'node:timers/promises';
import type { OperationOutcome, Parameters } from '@medplum/fhirtypes';
import { listAgreements, terminateAgreement } from '../../src/store/sharing/agreements.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, fileObjection, people } from './whole-record.ts';

/** Everything a decision depends on changes; every look before, between and after is decided again, and comes out as it did. */

const who = ['ward-doctor', 'community-nurse', 'social-worker', 'privacy-officer'];

interface Logged { id: string; interaction: string; query: string; decisions: { effect: string; rule: string }[]; withheld: unknown[] }

describe.each(databases)('past decisions made again, on $kind', ({ open }) => {
  let gateway: Gateway;
  let citizens: string[];
  let rows: { citizen: string; id: string; type: string }[];
  beforeAll(async () => {
    gateway = await startGateway(await open(12));
    rows = await gateway.database.query('select citizen_id as citizen, id, type from citizen_row order by id');
    citizens = [...new Set(rows.map(({ citizen }) => citizen))].slice(0, 2);
    citizens.push(await citizenOf(gateway, 'ward-doctor', people.alice));
  });
  afterAll(() => gateway.close());

  /** Looks of every kind, by everybody. */
  async function look(): Promise<void> {
    for (const each of who) {
      for (const citizen of citizens) {
        await gateway.get(`/fhir/Patient/${citizen}/$everything?_count=5`, each);
        await gateway.get(`/fhir/CarePlan?patient=${citizen}`, each);
        const own = rows.filter((row) => row.citizen === citizen)[who.indexOf(each)];
        if (own) for (const path of ['', '/_history', '/_history/1']) await gateway.get(`/fhir/${own.type}/${own.id}${path}`, each);
      }
      await gateway.get('/fhir/EpisodeOfCare?status=active', each);
      await gateway.search('Patient', { identifier: `https://fhir.nhs.uk/Id/nhs-number|${people.alice}` }, each);
    }
  }

  /** The rarer ways, by one person. */
  async function lookOtherwise(): Promise<void> {
    const alice = citizens.at(-1) ?? '';
    for (const path of [`Patient/${alice}/$presence`, `DocumentReference/$docref?patient=${alice}`, 'EpisodeOfCare/_history?_count=3', '_history?_count=3', `Patient/$ihe-pix?sourceIdentifier=https://fhir.nhs.uk/Id/nhs-number%7C${people.alice}`]) {
      expect([path, (await gateway.get(`/fhir/${path}`, 'community-nurse')).status]).toEqual([path, 200]);
    }
  }

  async function entries(): Promise<Logged[]> {
    const logged = await gateway.database.query<{ entry: string }>(`select entry from audit_entry order by seq`);
    return logged.map(({ entry }) => JSON.parse(entry) as Logged).filter(({ interaction, query }) => ['read', 'vread', 'history-instance', 'search-type', 'everything', 'presence', 'docref', 'ihe-pix', 'history-type', 'history-system'].includes(interaction) && !query.startsWith('AuditEvent'));
  }

  async function reconstructed(id: string, reader = 'governance-lead'): Promise<Parameters> {
    return (await (await gateway.get(`/fhir/AuditEvent/${id}/$reconstruct`, reader)).json()) as Parameters;
  }
  const isSame = (made: Parameters): boolean | undefined => made.parameter?.find(({ name }) => name === 'same')?.valueBoolean;

  it('comes out the same after all that changes what may be seen has changed', async () => {
    await look();
    const [alice] = citizens.slice(-1);
    await lookOtherwise();
    await fileObjection(gateway, alice ?? '');
    await look();
    // what the record says of the person changes: evidence ends, a class grows stricter, a choice is ended
    await gateway.database.query(`update relationship set until = statement_timestamp() + interval '1 second' where citizen_id = $1`, [citizens[0]]);
    await gateway.database.query(`delete from relationship where citizen_id = $1`, [citizens[1]]);
    await gateway.database.query(`update citizen_row set class_id = (select min(class_id) from sharing_class where 'legal-restriction' = any (labels)) where citizen_id = $1 and type <> 'Patient'`, [citizens[1]]);
    await gateway.database.query(`update citizen_fragment set class_id = (select min(class_id) from sharing_class where category = 'unclassified') where citizen_id = $1`, [citizens[0]]);
    await wait(1_100);
    await look();
    await gateway.database.query('delete from choice_rule where citizen_id = $1', [alice]);
    await look();
    const agreements = await listAgreements(gateway.database);
    await terminateAgreement(gateway.database, agreements.find(({ agreement }) => agreement === 'bicp-early-intervention')?.sha256 ?? '', new Date());
    await look();

    const logged = await entries();
    const differing: unknown[] = [];
    for (const { id, interaction, query } of logged) {
      const made = await reconstructed(id);
      if (isSame(made) !== true) differing.push([interaction, query, made]);
    }
    expect([differing.length, differing[0]]).toEqual([0, undefined]);
    const rules = new Set(logged.flatMap(({ decisions }) => decisions.map(({ effect, rule }) => `${effect} ${rule}`)));
    expect([...rules].sort()).toEqual(expect.arrayContaining(['deny 2', 'deny 3', 'deny 6', 'permit 1', 'permit 4']));
    expect(logged.length).toBeGreaterThan(150);
  });

  it('comes out otherwise where the trail does not say what was decided', async () => {
    const [entry] = (await entries()).filter(({ interaction, decisions }) => interaction === 'everything' && decisions.some(({ effect }) => effect === 'permit')).slice(-1);
    await gateway.database.query('alter table audit_entry disable trigger user');
    await gateway.database.query(`update audit_entry set entry = replace(entry, '"effect":"permit"', '"effect":"deny"') where id = $1`, [entry?.id]);
    expect(isSame(await reconstructed(entry?.id ?? ''))).toBe(false);
    await gateway.database.query(`update audit_entry set entry = replace(entry, '"effect":"deny"', '"effect":"permit"') where id = $1`, [entry?.id]);
  });

  it('says in which agreements it rested, and what was not permitted if something was sent that should not have been', async () => {
    const [entry] = (await entries()).filter(({ interaction, decisions }) => interaction === 'everything' && decisions.some(({ rule }) => rule === '4'));
    expect((await reconstructed(entry?.id ?? '')).parameter?.filter(({ name }) => name === 'agreement').map(({ part }) => part?.[0]?.valueString)).toContain('bicp-early-intervention');
    const hidden = rows.find(({ citizen, type }) => citizen === citizens[1] && type !== 'Patient');
    const [last] = (await entries()).filter(({ interaction }) => interaction === 'everything').slice(-1);
    await gateway.database.query(`update audit_entry set entry = jsonb_set(jsonb_set(entry::jsonb, '{disclosed}', $2::jsonb), '{citizen}', $3::jsonb)::text where id = $1`,
      [last?.id, JSON.stringify([`${hidden?.type}/${hidden?.id}/_history/1`]), JSON.stringify(hidden?.citizen)]);
    const made = await reconstructed(last?.id ?? '');
    expect([isSame(made), made.parameter?.find(({ name }) => name === 'not-permitted')?.valueUri]).toEqual([false, `${hidden?.type}/${hidden?.id}/_history/1`]);
  });

  it('is for those who may read the entry; what decided nothing and what is not there say so', async () => {
    const [entry] = await entries();
    const answer = async (id: string, reader: string): Promise<[number, string | undefined]> => {
      const response = await gateway.get(`/fhir/AuditEvent/${id}/$reconstruct`, reader);
      return [response.status, ((await response.json()) as OperationOutcome).issue?.[0]?.details?.coding?.[0]?.code];
    };
    expect(await answer(entry?.id ?? '', 'ward-doctor')).toEqual([403, 'audit-readers-only']);
    for (const id of ['00000000-0000-4000-8000-000000000000', 'x']) expect(await answer(id, 'governance-lead')).toEqual([404, 'not-found']);
    const [other] = await gateway.database.query<{ id: string }>(`select id from audit_entry where organisation like '%RYW' and not custodians @> array['https://fhir.nhs.uk/Id/ods-organization-code|RRK'] limit 1`);
    expect(await answer(other?.id ?? '', 'privacy-officer')).toEqual([404, 'not-found']);
    const [intake] = await gateway.database.query<{ id: string }>(`select id from audit_entry where entry like '%"interaction":"intake"%' limit 1`);
    expect(await answer(intake?.id ?? '', 'governance-lead')).toEqual([422, 'nothing-decided']);
  });
});

import type { Bundle, Contract } from '@medplum/fhirtypes';
import { openPostgres, type Database } from '../../../src/store/database.ts';
import { loadedPostgres, openLoadedPglite } from '../../databases.ts';
import { citizenOf, people, wholeRecord } from '../../flow/whole-record.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { ask, codeOf, type Answer } from './asking.ts';

/** An agreement in force of which one party has not signed: its clauses wait, the others share; the signature makes them live. */

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const [trust, community, council] = [`${ods}|RXT`, `${ods}|RYW`, 'https://fhir.bicp.example/Id/ons-code|E08000025'];
const text = `id: in-two-parts
version: "1.0"
title: In two parts
period: { from: 2024-04-01, to: 2029-03-31 }
reviewDate: 2028-12-01
lawfulBases: [ "UK GDPR Article 6(1)(e)" ]
parties:
  - { id: bsmhft, name: Mental Health Trust, identifier: { system: ${ods}, value: RXT }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: bchc, name: Community Trust, identifier: { system: ${ods}, value: RYW }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: bcc, name: City Council, identifier: { system: https://fhir.bicp.example/Id/ons-code, value: E08000025 }, capacity: controller, signatoryRole: Director }
clauses:
${[['1.1', 'bchc', 'therapist'], ['2.1', 'bcc', 'social-worker']].map(([number, to, role]) => `  - number: "${number}"
    text: The trust shares its episodes.
    from: [bsmhft]
    to: [${to}]
    purposes: [TREAT]
    roles: [${role}]
    categories: [mental-health]
    labels: [R, MH, PSY]
    consentBasis: implied
`).join('')}`;

const houses: { kind: string; open: () => Promise<Database[]> }[] = [
  { kind: 'pglite', open: async () => [await openLoadedPglite(3)] },
  { kind: 'two processes of postgresql', open: async () => {
    const url = await loadedPostgres(3);
    return [await openPostgres(url), await openPostgres(url)];
  } },
];

interface Entry { state: string; sha256: string; missingSignatures: string[]; waitingClauses: { number: string; missing: string[] }[]; next: string }

// the cases of a house follow one another
describe.each(houses)('an agreement of two clauses, on $kind', ({ open }) => {
  const gateways: Gateway[] = [];
  let first: Gateway;
  let last: Gateway;
  let alice: string;
  let episode: string;
  let sha256: string;

  beforeAll(async () => {
    for (const database of await open()) gateways.push(await startGateway(database));
    first = gateways[0]!;
    last = gateways.at(-1)!;
    alice = await citizenOf(first, 'social-worker', people.alice);
    const own = await wholeRecord(first, 'mental-health-nurse', alice);
    episode = own.find(({ resourceType, meta }) => resourceType === 'EpisodeOfCare' && meta?.tag?.some(({ code }) => code === 'RXT'))?.id ?? '';
    sha256 = entryOf(await ask(first, { method: 'POST', path: '/governance/agreements', who: 'governance-lead', headers: { 'Content-Type': 'application/yaml' }, body: text })).sha256;
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
  });

  const entryOf = ({ text: body }: Answer): Entry => JSON.parse(body) as Entry;
  const post = (gateway: Gateway, change: string, who: string, body: object = {}): Promise<Answer> =>
    ask(gateway, { method: 'POST', path: `/governance/agreements/in-two-parts/1.0/${change}`, who, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const sign = (gateway: Gateway, who: string, party: string): Promise<Answer> => post(gateway, 'sign', who, { party, signatory: 'A Signatory', sha256 });

  /** What of the mental health trust the social worker is shown by each process, at once. */
  async function ofTrust(): Promise<boolean[]> {
    const shown: boolean[] = [];
    for (const gateway of gateways) shown.push((await wholeRecord(gateway, 'social-worker', alice)).some(({ id }) => id === episode));
    return shown;
  }
  const everywhere = <T>(value: T): T[] => gateways.map(() => value);

  async function explained(): Promise<string> {
    const query = new URLSearchParams({ organisation: council, role: 'social-worker', purpose: 'TREAT' }).toString();
    return (await first.get(`/fhir/EpisodeOfCare/${episode}/$explain-access?${query}`, 'governance-lead')).text();
  }
  async function statusOfClause(number: string): Promise<unknown> {
    const contracts = (await (await last.get('/fhir/Contract?_count=50', 'governance-lead')).json()) as Bundle<Contract>;
    const contract = contracts.entry?.map(({ resource }) => resource).find((each) => each?.identifier?.[0]?.value === 'in-two-parts');
    return contract?.term?.find(({ identifier }) => identifier?.value === number)?.action?.[0]?.status;
  }

  it('is not put in force while no clause has everybody it names', async () => {
    expect((await sign(first, 'privacy-officer-bsmhft', trust)).status).toBe(200);
    const refused = await post(first, 'activate', 'governance-lead');
    expect([refused.status, codeOf(refused)]).toEqual([409, 'agreement-not-signed']);
    for (const name of ['Community Trust', 'City Council']) expect(refused.text).toContain(name);
    expect(refused.text).not.toContain('Mental Health Trust');
  });

  it('is put in force as soon as one has, and says which clause shares nothing and who is missing', async () => {
    expect(entryOf(await sign(first, 'privacy-officer-bchc', community)).next).toMatch(/^1 of its 2 clauses/);
    const entry = entryOf(await post(last, 'activate', 'governance-lead'));
    expect(entry).toMatchObject({ state: 'in-force', missingSignatures: [council], waitingClauses: [{ number: '2.1', missing: [council] }] });
    expect(entry.next).toMatch(/^It is in force until the end of 2029-03-31; .* Clause 2\.1 shares nothing until signed by City Council\.$/);
    expect(await statusOfClause('1.1')).toMatchObject({ coding: [{ code: 'complete' }] });
    expect(await statusOfClause('2.1')).toMatchObject({ coding: [{ code: 'unsigned' }], text: 'Not signed by City Council' });
  });

  it('gives nothing by the clause that waits, and says why', async () => {
    expect(await ofTrust()).toEqual(everywhere(false));
    expect(await explained()).toContain('Clause 2.1 of \\"In two parts\\" (version 1.0) would share this, but not every party it names has signed.');
  });

  it('gives by it on the very next request on every process once the party signs, without another activation', async () => {
    expect(await ofTrust()).toEqual(everywhere(false));
    expect(entryOf(await sign(last, 'privacy-officer-bcc', council))).toMatchObject({ state: 'in-force', missingSignatures: [], waitingClauses: [] });
    expect(await ofTrust()).toEqual(everywhere(true));
    expect(await explained()).toContain('Clause 2.1 of \\"In two parts\\" (version 1.0) shares this with this role for this purpose.');
    expect(await statusOfClause('2.1')).toMatchObject({ coding: [{ code: 'complete' }] });
  });
});

import { randomUUID } from 'node:crypto';
import type { Grant } from '../../src/consent/types.ts';
import { takeApart } from '../../src/fhir/fragments.ts';
import { indexResource } from '../../src/fhir/index-resource.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { assemble } from '../../src/flow/assemble.ts';
import type { Database } from '../../src/store/database.ts';
import { stale, type VisibleRow } from '../../src/store/door/door.ts';
import { readGeneration, saveGrant } from '../../src/store/door/grants.ts';
import { lookAtEverything, lookAtRow, type LookedUp } from '../../src/store/door/look-up.ts';
import { readHistory, readVersion } from '../../src/store/door/read-rows.ts';
import { reclassRows, saveRows, type RowChange } from '../../src/store/record/record-writer.ts';
import { searchCitizens } from '../../src/store/door/search-rows.ts';
import { loadVersions, replaceFragments } from '../../src/store/record/stored-versions.ts';
import { searchToken } from '../../src/fhir/search-token.ts';
import { databases } from '../databases.ts';

const [plain, strict, unclassified, location] = [1, 2, 3, 4];
const noId = '00000000-0000-0000-0000-000000000000';

describe.each(databases)('what is kept apart from a body, on $kind', ({ open }) => {
  let database: Database;
  const citizen = randomUUID();
  beforeAll(async () => {
    database = await open();
    const generation = await readGeneration(database);
    const grant: Grant = {
      key: '', organisation: 'org', role: 'nurse', purpose: 'TREAT', person: null, citizen: null, client: 'demo', generation, validUntil: null,
      exempt: [], open: [], related: [], explicit: [], explicitRelated: [], directory: true, governance: false, rules: new Map(),
    };
    await saveGrant(database, { ...grant, key: 'narrow', open: [plain] });
    await saveGrant(database, { ...grant, key: 'wide', open: [plain, strict, location] });
  });
  afterAll(() => database.close());

  /** Saves one version; fragments that name a row have the class given for it, contact details that of the row. */
  async function save(resource: JsonObject & { id: string; resourceType: string }, { version = 1, classId = plain, target = unclassified }: { version?: number; classId?: number; target?: number } = {}): Promise<void> {
    const type = resource.resourceType;
    const { body, fragments } = takeApart(resource, (named) => named !== 'Patient');
    const index = indexResource(resource);
    const change: RowChange = {
      citizen, id: resource.id, type, version, classId, contentHash: Buffer.alloc(0), body: JSON.stringify(body), updatedAt: new Date(), recordId: 1, row: 1, index, directoryIds: [],
      fragments: fragments.map(({ path, value, targets }) => ({
        path, body: JSON.stringify(value), classId: targets.length === 0 ? classId : target, target: targets[0] ?? null, tokens: index.fragmentTokens.get(path) ?? [],
      })),
    };
    await database.transaction((connection) => saveRows(connection, [change]));
  }

  const encounter = (id: string, referral: string): JsonObject & { id: string; resourceType: string } => ({
    resourceType: 'Encounter', id, status: 'finished', basedOn: [{ reference: `ServiceRequest/${referral}` }], subject: { reference: `Patient/${citizen}` },
  });
  const referral = (id: string): JsonObject & { id: string; resourceType: string } => ({ resourceType: 'ServiceRequest', id, status: 'active' });

  /** The resource as each way of reading gives it. */
  async function readEveryWay(key: string, type: string, id: string): Promise<unknown[]> {
    const rowsOf = (looked: LookedUp | typeof stale): VisibleRow[] | typeof stale => (looked === stale ? stale : looked.rows);
    const answers = [rowsOf(await lookAtRow(database, key, type, id)), await readVersion(database, key, type, id, 1), await readHistory(database, key, type, id, null, 99, 99),
      rowsOf(await lookAtEverything(database, key, citizen, { type: '', id: noId }, 99))];
    return answers.flatMap((rows): unknown[] => {
      if (typeof rows === 'symbol') throw new Error('stale');
      const mine = rows.filter((row) => row.id === id && row.version === 1);
      return mine.length === 0 ? ['nothing'] : mine.map(assemble);
    });
  }
  const everyWay = <T>(value: T): T[] => [value, value, value, value];

  it('is a reference that follows its target when that grows stricter, and comes back for who may see it', async () => {
    const [visit, request] = [randomUUID(), randomUUID()];
    await save(referral(request));
    await save(encounter(visit, request), { target: plain });
    const whole = encounter(visit, request);
    const { basedOn: _, ...without } = whole;
    expect(await readEveryWay('narrow', 'Encounter', visit)).toEqual(everyWay(whole));

    await save({ ...referral(request), status: 'completed' }, { version: 2, classId: strict });
    expect(await readEveryWay('narrow', 'Encounter', visit)).toEqual(everyWay(without));
    expect(await readEveryWay('wide', 'Encounter', visit)).toEqual(everyWay(whole));
    expect(await readEveryWay('narrow', 'ServiceRequest', request)).toEqual(['nothing', 'nothing', 'nothing', 'nothing']);

    await database.transaction((connection) => reclassRows(connection, [{ citizen, id: request, classId: plain }]));
    expect(await readEveryWay('narrow', 'Encounter', visit)).toEqual(everyWay(whole));
  });

  it('is a reference to a row that has not arrived, shown to nobody until it has', async () => {
    const [visit, request] = [randomUUID(), randomUUID()];
    await save(encounter(visit, request));
    expect(JSON.stringify(await readEveryWay('wide', 'Encounter', visit))).not.toContain(request);
    await save(referral(request));
    expect(await readEveryWay('narrow', 'Encounter', visit)).toEqual(everyWay(encounter(visit, request)));
  });

  it('is contact details, hidden in every version and from search as soon as the person\'s location is', async () => {
    const id = randomUUID();
    const { telecom, ...person } = {
      resourceType: 'Patient', id, birthDate: '1988-03-14', address: [{ postalCode: 'B9 5XX' }], telecom: [{ system: 'phone', value: '0121 496 0001' }],
      contact: [{ telecom: [{ system: 'phone', value: '07700 900619' }] }], generalPractitioner: [{ reference: `Organization/${randomUUID()}` }],
    };
    await save({ ...person, telecom });
    await save(person, { version: 2 });
    const found = async (key: string): Promise<number> => {
      const clauses = [{ anyOf: [searchToken('Patient', 'address-postalcode', 'prefix', 'b95xx'), searchToken('Patient', 'address-postalcode', 'prefix', 'b9 5xx')], onFragment: '/address' }];
      const answer = await searchCitizens(database, key, { type: 'Patient', clauses, sort: [], count: 10, normal: '' }, null);
      return answer === stale ? -1 : answer.citizens.length;
    };
    expect([await found('narrow'), await found('wide')]).toEqual([1, 1]);
    await database.transaction(async (connection) => {
      const stored = await loadVersions(connection, [{ citizen, id }]);
      expect(stored.map(({ version, fragments }) => [version, fragments.length])).toEqual([[1, 4], [2, 3]]);
      const { fragmentTokens } = indexResource(person);
      await replaceFragments(connection, stored.map((each) => ({ ...each, fragments: each.fragments.map((part) => ({ ...part, classId: location, tokens: fragmentTokens.get(part.path) ?? [] })) })));
    });
    const versions = [...(await readEveryWay('narrow', 'Patient', id)).slice(1, 3)];
    expect(versions).toEqual([{ resourceType: 'Patient', id, birthDate: '1988-03-14' }, { resourceType: 'Patient', id, birthDate: '1988-03-14' }]);
    expect((await readEveryWay('wide', 'Patient', id))[1]).toEqual({ ...person, telecom });
    expect([await found('narrow'), await found('wide')]).toEqual([0, 1]);
  });
});

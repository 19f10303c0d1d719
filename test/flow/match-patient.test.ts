import type { Bundle, Patient } from '@medplum/fhirtypes';
import { auditSince, citizenOf, lastSeq } from '../edge/http/asking.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { castMember, population } from './emergency-asks.ts';
import { codeOf, matchAs, matchesIn, post } from './matching.ts';

/** Somebody is found by what is known of them, as far as whoever asks may know them. */

const alice = castMember('alice');
const hidden = castMember('hiddenLocation');
const nurse = 'community-nurse';
const misspelt = (text: string): string => `${text.slice(0, 2)}${text.slice(1)}`;

describe.each(databases)('$match, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open(), population);
  });
  afterAll(() => gateway.close());

  it('finds Alice by a misspelt name and her birth date, with the reasons', async () => {
    const before = await lastSeq(gateway);
    const response = await matchAs(gateway, nurse, { name: [{ family: misspelt(alice.name.family), given: [misspelt(alice.name.given)] }], birthDate: alice.birthDate, gender: alice.sex });
    expect(response.status).toBe(200);
    const [first] = await matchesIn(response);
    expect(first?.citizen).toBe(await citizenOf(gateway, nurse, alice.nhsNumber ?? ''));
    expect(first?.levels).toEqual(expect.arrayContaining(['birthDate same', 'gender same']));
    const [entry] = (await auditSince(gateway, before)).map((each) => each.entry);
    expect(entry).toMatchObject({ interaction: 'match', query: expect.stringMatching(/^Patient\/\$match\?family=\*&given=\*/) as string });
    expect(entry?.disclosed.length).toBeGreaterThan(0);
    expect(JSON.stringify(entry)).not.toMatch(new RegExp(`${alice.name.family}|${alice.birthDate}`, 'i'));
  });

  it('is certain of a number with name and birth date, and answers only that when asked to', async () => {
    const asked = { identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: alice.nhsNumber ?? '' }], name: [{ family: alice.name.family, given: [alice.name.given] }], birthDate: alice.birthDate };
    const only = [{ name: 'onlyCertainMatches', valueBoolean: true }];
    expect(await matchesIn(await matchAs(gateway, nurse, asked, only))).toMatchObject([{ grade: 'certain', score: 1 }]);
    const { identifier: _, ...unnumbered } = asked;
    expect(await matchesIn(await matchAs(gateway, nurse, { ...unnumbered, birthDate: '1938-02-28' }, only))).toEqual([]);
  });

  it('answers nobody with an empty searchset', async () => {
    const response = await matchAs(gateway, nurse, { name: [{ family: 'Nobodyatall', given: ['Xanthippe'] }], birthDate: '1911-11-11' });
    expect((await response.json()) as Bundle).toEqual({ resourceType: 'Bundle', type: 'searchset', total: 0 });
  });

  it.each<[string, string, number, string]>([
    ['a name alone', '{"resourceType":"Patient","name":[{"family":"Okafor","given":["Alice"]}]}', 422, 'match-too-little'],
    ['a number that is not one', '{"resourceType":"Patient","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000744"}]}', 400, 'operation-input-invalid'],
    ['a Patient that is no Patient', '{"resourceType":"Patient","name":"Alice","birthDate":"1938-02-11"}', 400, 'element-type'],
    ['no Patient', '{"resourceType":"Parameters","parameter":[{"name":"count","valueInteger":2}]}', 400, 'operation-input-invalid'],
    ['a count of none', '{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient"}},{"name":"count","valueInteger":0}]}', 400, 'operation-input-invalid'],
    ['another resource', '{"resourceType":"Person"}', 400, 'resource-type-differs'],
  ])('refuses %s', async (_, body, status, code) => {
    const response = await post(gateway, '/fhir/Patient/$match', nurse, body, 'application/fhir+json');
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });

  it('neither finds nor weighs by an address the caller may not see', async () => {
    const [name, address] = [[{ family: hidden.name.family, given: [hidden.name.given] }], [{ use: 'home' as const, line: [hidden.address.line], postalCode: hidden.address.postcode }]];
    const asked = async (who: string, resource: Partial<Patient>): Promise<string[]> => (await matchesIn(await matchAs(gateway, who, resource))).flatMap(({ levels }) => levels);
    const dated = { name, address, birthDate: hidden.birthDate };
    expect(await asked('ward-doctor', dated)).toEqual(expect.arrayContaining(['birthDate same', 'address same']));
    expect((await asked('mental-health-nurse', dated)).filter((level) => /^(?:birthDate|address)/.test(level))).toEqual(['birthDate same']);
    expect(await asked('ward-doctor', { name, address })).toContain('address same');
    expect(await asked('mental-health-nurse', { name, address })).toEqual([]);
  });
});

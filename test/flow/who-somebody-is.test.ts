import type { Bundle, Patient } from '@medplum/fhirtypes';
import type { Person } from '../../src/demo/person.ts';
import { adtMessages } from '../../src/demo/write-adt.ts';
import type { LinksExplained } from '../../src/flow/linkage/explain-links.ts';
import type { LinkReviewDetails, LinkReviewEntry } from '../../src/flow/linkage/list-link-reviews.ts';
import { auditSince, citizenOf, lastSeq } from '../edge/http/asking.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { shippedRule } from '../linkage/shipped-rule.ts';
import { castMember, population } from './emergency-asks.ts';
import { codeOf, matchAs, matchesIn, post } from './matching.ts';

/**
 * Somebody is found by what is known of them, as far as whoever asks may know them; and pairs that a rule cannot settle are
 * settled by people, and what they settled is taken back by people.
 */

const alice = castMember('alice');
const hidden = castMember('hiddenLocation');
const nurse = 'community-nurse';
/** one letter twice */
const misspelt = (text: string): string => `${text.slice(0, 2)}${text.slice(1)}`;

const officer = 'privacy-officer';
const lead = 'governance-lead';
const told404 = async (answer: Promise<Response>): Promise<[number, string]> => [(await answer).status, await (await answer).text()];
const path = '/governance/link-reviews';
const sendAs = (gateway: Gateway, ref: string, what: string, who: string, body: object = {}): Promise<Response> => post(gateway, `${path}/${ref}/${what}`, who, JSON.stringify(body));
const told = async (response: Response): Promise<[number, string | undefined]> => [response.status, await codeOf(response)];
const entry = async (response: Response): Promise<LinkReviewEntry> => (await response.json()) as LinkReviewEntry;
const show = async (gateway: Gateway, ref: string, who: string): Promise<LinkReviewDetails> => (await (await gateway.get(`${path}/${ref}`, who)).json()) as LinkReviewDetails;
async function list(gateway: Gateway, who: string, state = 'open'): Promise<LinkReviewEntry[]> {
  return ((await (await gateway.get(`${path}?state=${state}`, who)).json()) as { linkReviews: LinkReviewEntry[] }).linkReviews;
}

/** Somebody the hospital registers a second time, without a number and with another first name. */
function again(person: Person, index: number, given: string, key = index): string {
  const { nhsNumber: _, ...unnumbered } = person;
  return adtMessages(population.seed, { ...unnumbered, index, traced: false, name: { ...person.name, given }, known: { uhb: `T${key}` }, locationHidden: false }).map(({ text }) => text).join('');
}

describe.each(databases)('who somebody is, on $kind', ({ open }) => {
  let gateway: Gateway;
  /** sends them, and gives the reference of the pair that makes */
  async function park(text: string): Promise<string> {
    const before = new Set((await list(gateway, lead)).map(({ reference }) => reference));
    await gateway.send('uhb-adt', '', text);
    const found = (await list(gateway, lead)).find(({ reference }) => !before.has(reference));
    if (!found) throw new Error('no pair was parked');
    return found.reference;
  }
  async function citizensOf(ref: string): Promise<string[]> {
    return (await show(gateway, ref, lead)).records.map(({ citizen }) => citizen);
  }
  async function decide(ref: string, who: string, outcome: string): Promise<Response> {
    await sendAs(gateway, ref, 'claim', who);
    return sendAs(gateway, ref, 'decide', who, { outcome, reason: 'Looked at both records', seen: (await show(gateway, ref, who)).seen });
  }
  beforeAll(async () => {
    gateway = await startGateway(await open(12));
  });
  afterAll(() => gateway.close());

  // before anybody is registered twice
  describe('$match', () => {
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

    it('a key that a thousand share tells nobody apart: whom nothing else finds is not found', async () => {
      const asked = { name: [{ family: alice.name.family, given: [alice.name.given] }], birthDate: alice.birthDate, gender: alice.sex };
      const found = async (): Promise<number> => (await matchesIn(await matchAs(gateway, nurse, asked))).length;
      const share = (more: number): Promise<unknown> => gateway.database.query(
        `insert into person_key (citizen_id, id, hash) select gen_random_uuid(), gen_random_uuid(), h.hash from generate_series(1, $2::int - (select count(*)::int from source_person)), (select distinct hash from person_key k join source_person p using (citizen_id, id) where p.facts ->> 'nhsNumber' = $1) h`, [alice.nhsNumber, more]);
      await share(990); // whom a key finds and who is not there costs nothing
      const before = await found();
      await share(1_000);
      expect([before > 0, await found()]).toEqual([true, 0]);
      await gateway.database.query('delete from person_key where citizen_id not in (select citizen_id from citizen)');
      expect(await found()).toBe(before);
    });

    it('answers nobody with an empty searchset', async () => {
      const response = await matchAs(gateway, nurse, { name: [{ family: 'Nobodyatall', given: ['Xanthippe'] }], birthDate: '1911-11-11' });
      expect((await response.json()) as Bundle).toEqual({ resourceType: 'Bundle', type: 'searchset', total: 0 });
    });

    it.each<[string, string, number, string]>([
      ['a name alone', '{"resourceType":"Patient","name":[{"family":"Okafor","given":["Alice"]}]}', 422, 'match-too-little'],
      ['rules nobody here knows', '{"resourceType":"Patient","implicitRules":"urn:x","name":[{"family":"Okafor","given":["Alice"]}],"birthDate":"1941-06-11"}', 400, 'operation-input-invalid'],
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

  describe('why records are one', () => {
    const links = (id: string, who = lead): Promise<Response> => gateway.get(`/governance/links/${id}`, who);
    const why = async (id: string, who = lead): Promise<LinksExplained> => (await (await links(id, who)).json()) as LinksExplained;

    it('every link a rule made keeps what agreed and what the weights said; who was new, or parked, rests on nothing', async () => {
      expect(await gateway.database.query(
        `select distinct rule, evidence is not null and jsonb_array_length(evidence -> 'agreed') > 0 and jsonb_array_length(evidence -> 'evidence') > 0 and evidence ->> 'rule' = $1 as known from source_person order by 1, 2`, [shippedRule().version])).toEqual([
        { rule: 'link-local-01', known: true }, { rule: 'link-new-01', known: false }, { rule: 'link-nhs-01', known: true }, { rule: 'link-nhs-02', known: true }]);
    });

    it('is told to those who oversee sharing, by fields and bits and without a name, and is in the log', async () => {
      const citizen = await citizenOf(gateway, nurse, alice.nhsNumber ?? '');
      const before = await lastSeq(gateway);
      const told = await why(citizen);
      expect(told).toMatchObject({ citizen, hidden: false, decisions: [] });
      const byNumber = told.links.find(({ rule }) => rule === 'link-nhs-01');
      expect(byNumber).toMatchObject({ agreed: expect.arrayContaining(['nhs-number', 'birth-date', 'family']) as string[], ruleVersion: shippedRule().version });
      const sum = byNumber?.fields.reduce((bits, field) => bits + field.bits, 0) ?? 0;
      expect(byNumber?.bits).toBeCloseTo(sum + Math.log2(shippedRule().prior / (1 - shippedRule().prior)), 3);
      expect(JSON.stringify(told)).not.toMatch(new RegExp(`${alice.name.family}|${alice.birthDate}|${alice.nhsNumber ?? ''}`, 'i'));
      expect((await auditSince(gateway, before)).map((each) => each.entry)).toMatchObject([{ interaction: 'link-why', citizen, query: `governance/links/${citizen}` }]);
      expect(await why(citizen, officer)).toEqual(told);
    });

    it('is kept back where something of the person is hidden, and from those who keep no record of them', async () => {
      const citizen = await citizenOf(gateway, 'ward-doctor', hidden.nhsNumber ?? '');
      const kept = await why(citizen);
      expect(kept.hidden).toBe(true);
      expect(kept.links.flatMap(({ agreed, fields, held, bits, ruleVersion }) => [...agreed, ...fields, ...held, ...(bits === null ? [] : [bits]), ...(ruleVersion === null ? [] : [ruleVersion])])).toEqual([]);
      expect(kept.decisions).toEqual([]);
      const [{ citizen_id: others = '' } = {}] = await gateway.database.query<{ citizen_id: string }>(`select citizen_id from source_person group by 1 having not bool_or(feed like 'bsmhft-%') limit 1`);
      const none = await told404(links('01234567-89ab-4cde-8f01-23456789abcd'));
      expect(await told404(links(others, 'privacy-officer-bsmhft'))).toEqual(none);
      expect(await told404(links('x'))).toEqual(none);
      expect(await told(await links(citizen, nurse))).toEqual([403, 'governance-role-required']);
      expect(await told(await gateway.get(`/governance/links/${citizen}?x=1`, lead))).toEqual([400, 'search-value-invalid']);
    });
  });

  describe('Alice, registered twice', () => {
    let ref: string;
    beforeAll(async () => {
      ref = await park(again(alice, 900, `${alice.name.given}x`));
    });

    it('are listed without a name, and shown side by side with the reasons, in an entry that lists what was seen', async () => {
      const [found] = (await list(gateway, officer)).filter(({ reference }) => reference === ref);
      expect(found).toMatchObject({ state: 'open', outcome: null, claim: null });
      expect(found?.fields.map(({ field, level }) => `${field} ${level}`)).toContain('birthDate same');
      expect(JSON.stringify(await list(gateway, officer))).not.toContain(alice.name.family);
      const before = await lastSeq(gateway);
      const details = await show(gateway, ref, officer);
      expect(details.records.map(({ patient }) => patient.name?.[0]?.family?.toLowerCase())).toEqual(['okafor', 'okafor']);
      expect(details.now?.fields.map(({ field }) => field)).toEqual(expect.arrayContaining(['given', 'birthDate']));
      const [{ entry: logged } = { entry: null }] = await auditSince(gateway, before);
      expect(logged).toMatchObject({ interaction: 'link-show', listed: details.records.map(({ citizen }) => citizen).sort() });
      expect(logged?.disclosed.length).toBeGreaterThanOrEqual(2);
    });

    it('are nothing to those who give care', async () => {
      expect(await told(await gateway.get(path, 'ward-doctor'))).toEqual([403, 'governance-role-required']);
      expect(await told(await gateway.get(`${path}/${ref}`, 'community-nurse'))).toEqual([403, 'governance-role-required']);
    });

    it('are one reviewer\'s at a time, and anybody\'s again when the claim has ended', async () => {
      expect(await told(await sendAs(gateway, ref, 'decide', officer, { outcome: 'same', reason: 'x', seen: '0'.repeat(64) }))).toEqual([409, 'link-review-not-claimed']);
      expect(await entry(await sendAs(gateway, ref, 'claim', officer))).toMatchObject({ state: 'claimed', claim: { name: 'Marcus Facey' } });
      expect(await told(await sendAs(gateway, ref, 'claim', lead))).toEqual([409, 'link-review-claimed']);
      await gateway.database.query('update link_review set claimed_until = statement_timestamp() where reference = $1', [ref]);
      expect(await entry(await sendAs(gateway, ref, 'claim', lead))).toMatchObject({ claim: { name: 'Teresa Wilk' } });
      expect(await told(await sendAs(gateway, ref, 'release', officer))).toEqual([409, 'link-review-not-claimed']);
      expect(await entry(await sendAs(gateway, ref, 'release', lead))).toMatchObject({ state: 'open', claim: null });
    });

    it('are decided on what was seen, and on nothing older', async () => {
      await sendAs(gateway, ref, 'claim', officer);
      const { seen } = await show(gateway, ref, officer);
      await gateway.send('uhb-adt', '', again({ ...alice, phone: '0121 496 0111' }, 901, 'Alicex', 900));
      expect(await told(await sendAs(gateway, ref, 'decide', officer, { outcome: 'same', reason: 'Same', seen }))).toEqual([409, 'link-review-outdated']);
      expect((await show(gateway, ref, officer)).seen).not.toBe(seen);
    });

    it('become one, are taken apart again, and are never joined by a rule', async () => {
      const [one = '', other = ''] = await citizensOf(ref);
      expect(one).not.toBe(other);
      expect(await entry(await decide(ref, officer, 'same'))).toMatchObject({ state: 'settled', outcome: 'same' });
      expect(await citizensOf(ref)).toHaveLength(1);
      expect((await list(gateway, officer, 'settled')).map(({ reference }) => reference)).toContain(ref);
      expect(await told(await sendAs(gateway, ref, 'claim', officer))).toEqual([409, 'link-review-settled']);
      expect(await entry(await sendAs(gateway, ref, 'undo', lead, { reason: 'They were two' }))).toMatchObject({ outcome: null });
      expect((await citizensOf(ref)).sort()).toEqual([one, other].sort());
      expect(await told(await sendAs(gateway, ref, 'undo', lead, { reason: 'Once more' }))).toEqual([409, 'link-review-not-decided']);
      const { decisions } = (await (await gateway.get(`/governance/links/${one}`, lead)).json()) as LinksExplained;
      expect(decisions.map(({ kind, personName, reason, undone }) => [kind, personName, reason, undone])).toEqual([['split', 'Teresa Wilk', 'They were two', false], ['merge', 'Marcus Facey', 'Looked at both records', true]]);
    });
  });

  it('twins decided to be two never come back', async () => {
    const twin = { ...castMember('movedHouse'), name: { ...castMember('movedHouse').name, family: 'Quillfeather' }, birthDate: '1949-05-17' as const };
    await gateway.send('uhb-adt', '', again(twin, 910, 'Amina'));
    const ref = await park(again(twin, 911, 'Amira'));
    // an organisation that keeps neither is told what whoever made the reference up is told
    expect((await list(gateway, 'privacy-officer-bsmhft')).map(({ reference }) => reference)).not.toContain(ref);
    const [kept, none] = [await gateway.get(`${path}/${ref}`, 'privacy-officer-bsmhft'), await gateway.get(`${path}/LR-0123456789ABCDEF`, 'privacy-officer-bsmhft')];
    expect([kept.status, await kept.text()]).toEqual([404, await none.text()]);
    expect(await entry(await decide(ref, officer, 'unsure'))).toMatchObject({ state: 'open', outcome: null });
    expect(await entry(await decide(ref, lead, 'different'))).toMatchObject({ state: 'settled', outcome: 'different' });
    await gateway.send('uhb-adt', '', again({ ...twin, phone: '0121 496 0222' }, 912, 'Amira', 911));
    expect((await list(gateway, lead)).map(({ reference }) => reference)).not.toContain(ref);
    const people = await gateway.database.query<{ citizen: string }>(`select distinct citizen_id as citizen from source_person where facts ->> 'family' = 'quillfeather'`);
    expect(people).toHaveLength(2);
    const reviews = await gateway.database.query<{ n: number }>(`select count(*)::int as n from link_review v join source_person p on p.id = v.id where p.facts ->> 'family' = 'quillfeather'`);
    expect(reviews).toEqual([{ n: 1 }]);
  });

  it('somebody whose location is hidden takes two people, and addresses tell them nothing', async () => {
    const ref = await park(again(castMember('hiddenLocation'), 920, `${castMember('hiddenLocation').name.given}x`));
    const details = await show(gateway, ref, officer);
    expect([details.bits, details.fields, details.secondOpinion]).toEqual([null, [], true]);
    expect(details.now?.fields.map(({ field }) => field)).not.toContain('address');
    expect(await entry(await decide(ref, officer, 'same'))).toMatchObject({ state: 'open', outcome: null });
    expect(await told(await decide(ref, officer, 'same'))).toEqual([403, 'link-review-second-person']);
    await sendAs(gateway, ref, 'release', officer);
    expect(await entry(await decide(ref, lead, 'same'))).toMatchObject({ state: 'settled', outcome: 'same' });
    expect((await show(gateway, ref, lead)).opinions.map(({ outcome }) => outcome)).toEqual(['same', 'same']);
  });
});

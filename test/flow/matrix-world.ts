import { randomUUID } from 'node:crypto';
import type { Parameters } from '@medplum/fhirtypes';
import { nhsNumberAt } from '../../src/demo/nhs-number.ts';
import { indexResource } from '../../src/fhir/index-resource.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { keysOf } from '../../src/flow/intake/link-people.ts';
import { savePeople } from '../../src/store/record/citizens.ts';
import { relationshipNumber } from '../../src/store/door/grants.ts';
import { saveRows, type RowChange } from '../../src/store/record/record-writer.ts';
import { keyedHash, loadSecrets } from '../../src/store/secrets.ts';
import { classKey, openSharingClasses, type ClassFacts } from '../../src/store/record/sharing-classes.ts';
import { bchc } from '../consent/sharing-cases.ts';
import type { Gateway } from '../gateway.ts';
import { outcomes, type Outcome } from './matrix-outcomes.ts';
import { objectionOf } from './whole-record.ts';
import { breakGlassFor } from './twin-writes.ts';

/** Somebody on whom one outcome comes out: a visible source Patient and row, and beside them what is asked for. */
export interface MatrixCitizen {
  outcome: Outcome;
  citizen: string;
  /** the EpisodeOfCare that is asked for; two versions */
  target: string;
  /** its identifier's and its type's value */
  code: string;
  /** of the source Patient in the same class */
  family: string;
  /** the source Patient that alone says that name and birth date */
  named: string;
  born: string;
  /** of the address that is kept apart in the same class */
  postcode: string;
  details: Record<string, string>;
}

const hour = 3_600_000;

export async function layOutMatrix(gateway: Gateway): Promise<MatrixCitizen[]> {
  const { database } = gateway;
  const citizens = outcomes.map((outcome, i): MatrixCitizen => ({
    outcome, citizen: randomUUID(), target: randomUUID(), code: `matrix-${outcome.key}`, family: `Target${i}`, named: randomUUID(), born: `19${60 + (i % 30)}-0${1 + (i % 9)}-1${i % 10}`, postcode: `B${i + 1} 9XX`,
    details: { 'nhs-number': nhsNumberAt(7_000 + i) ?? '', 'birth-date': '1950-05-05', family: 'Visible', reason: 'serious-harm-person' },
  }));
  const secrets = await loadSecrets(database);
  const classes = await openSharingClasses(database);
  const seen = (outcome: Outcome, category: ClassFacts['category']): ClassFacts => ({ custodian: bchc, category: outcome.who === 'governance-lead' && category === 'episode' ? 'administration' : category, labels: [] });
  await database.transaction(async (connection) => {
    const ids = await classes.intern(connection, outcomes.flatMap((outcome) => [outcome.row, seen(outcome, 'identity'), seen(outcome, 'episode')]));
    const idOf = (facts: ClassFacts): number => ids.get(classKey(facts)) ?? 0;
    await savePeople(connection, citizens.map(({ citizen }) => ({ citizen, traced: true })), citizens.map(({ citizen, details }) => ({
      citizen, id: randomUUID(), feed: 'matrix', personKey: details['nhs-number'] ?? '', rule: 'link-new-01', hashes: [keyedHash(secrets.person, `nhs:${details['nhs-number']}`)], evidence: null, possible: [],
      facts: { nhsNumber: details['nhs-number'] ?? '', nhsNumberStatus: '01', local: [], family: 'Visible', given: [], otherFamily: [], otherGiven: [], birthDate: details['birth-date'] ?? '' },
    })), new Date());
    for (const each of citizens) await saveRows(connection, rowsOf(each, idOf(seen(each.outcome, 'identity')), idOf(seen(each.outcome, 'episode')), idOf(each.outcome.row)));
    for (const { citizen, named, family, born } of citizens) {
      const hashes = keysOf({ local: [], family: family.toLowerCase(), given: [], otherFamily: [], otherGiven: [], birthDate: born }).map((key) => keyedHash(secrets.person, key));
      await connection.query('insert into person_key (citizen_id, id, hash) select $1, $2, unnest($3::bytea[])', [citizen, named, hashes]);
    }
    // everybody is in the trust's care in some way that no clause asks for: exports and notifications are of those alone
    await connection.query(`insert into relationship (citizen_id, id, organisation, kind, until) select c, gen_random_uuid(), $2, $3, $4 from unnest($1::uuid[]) c`,
      [citizens.map(({ citizen }) => citizen), bchc, relationshipNumber('care-team'), new Date(Date.now() + 24 * hour)]);
    for (const { citizen, outcome: { relationship } } of citizens) {
      if (relationship) await connection.query('insert into relationship (citizen_id, id, organisation, kind, until) values ($1, gen_random_uuid(), $2, $3, $4)',
        [citizen, bchc, relationshipNumber('episode'), new Date(Date.now() + (relationship === 'live' ? hour : -hour))]);
    }
  });
  await classes.refreshIfInterned();
  await database.query(`delete from agreement_signature s using agreement_register r where r.sha256 = s.sha256 and r.agreement = 'matrix-unsigned' and s.organisation like '%|RRK'`);
  await database.query('update policy_generation set generation = generation + 1');
  for (const each of citizens) await happens(gateway, each);
  return citizens;
}

function rowsOf({ citizen, target, code, family, named, born, postcode, details }: MatrixCitizen, identity: number, seen: number, asked: number): RowChange[] {
  const change = (body: JsonObject & { id: string; resourceType: string }, classId: number, version = 1): RowChange => ({
    citizen, id: body.id, type: body.resourceType, version, classId, contentHash: Buffer.alloc(0), body: JSON.stringify(body), updatedAt: new Date(Date.now() - hour + version * 1_000), recordId: 1, row: 1,
    index: indexResource(body), directoryIds: [], fragments: [],
  });
  const episode = (id: string, value: string): JsonObject & { id: string; resourceType: string } => ({
    resourceType: 'EpisodeOfCare', id, status: 'active', patient: { reference: `Patient/${citizen}` }, identifier: [{ system: 'urn:matrix', value }], type: [{ coding: [{ system: 'urn:matrix', code: value }] }], period: { start: '2026-05-01' },
  });
  const person = { resourceType: 'Patient', id: randomUUID() as string, name: [{ family: 'Visible' }], birthDate: details['birth-date'] ?? '', identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: details['nhs-number'] ?? '' }] };
  const address = [{ postalCode: postcode }];
  const apart = indexResource({ ...person, address }).fragmentTokens.get('/address') ?? [];
  return [
    { ...change(person, identity), fragments: [{ path: '/address', body: JSON.stringify(address), classId: asked, target: null, tokens: apart }] },
    change(episode(randomUUID(), 'seen'), seen),
    change({ resourceType: 'Patient', id: named, name: [{ family }], birthDate: born, identifier: [{ system: 'https://fhir.bicp.example/Id/uhb/person', value: code }] }, asked),
    change(episode(target, code), asked), change(episode(target, code), asked, 2),
  ];
}

/** What the person chose, and the emergency, come about as they do in life. */
async function happens(gateway: Gateway, { citizen, details, outcome: { choice, emergency, who } }: MatrixCitizen): Promise<void> {
  const nurses = [{ role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] }, reference: { type: 'Organization', identifier: { system: bchc.split('|')[0], value: bchc.split('|')[1] } } }];
  const rule = (code: string): object => ({ policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code }] } });
  const said = {
    objects: {}, denies: { ...rule('OPTOUTE'), provision: { type: 'deny', actor: nurses } }, permits: { ...rule('IMPLIED'), provision: { provision: [{ type: 'permit', actor: nurses }] } },
  };
  if (choice) await expectStatus(201, gateway, 'privacy-officer', 'POST', '/fhir/Consent', { ...objectionOf(citizen), ...said[choice] });
  if (emergency) await openEmergency(gateway, who, details);
}

/** How often somebody may ask within an hour is not the matter here. */
export async function openEmergency(gateway: Gateway, who: string, details: Record<string, string>): Promise<number> {
  const { path, body = '' } = breakGlassFor(details);
  const { status } = await send(gateway, who, 'POST', path, body);
  await gateway.database.query(`update emergency_access set from_at = from_at - interval '2 hours'`);
  return status;
}

async function expectStatus(status: number, gateway: Gateway, who: string, method: string, path: string, body: unknown): Promise<void> {
  const response = await send(gateway, who, method, path, JSON.stringify(body));
  if (response.status !== status) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

export async function send(gateway: Gateway, who: string, method: string, path: string, body?: string, type = 'application/fhir+json'): Promise<Response> {
  return fetch(`${gateway.url}${path}`, { method, headers: { Authorization: `Bearer ${await gateway.token(who)}`, ...(body !== undefined && { 'Content-Type': type }) }, ...(body !== undefined && { body }) });
}

/** The rule that decides about the row that is asked for, as governance is told: asked of the reference, not of the door. */
export async function decidingRule(gateway: Gateway, { target, outcome: { who } }: MatrixCitizen): Promise<{ rule: number; effect: string; sentence: string }> {
  const [organisation, role, purpose] = who === 'community-nurse' ? [bchc, 'nurse', 'TREAT'] : ['https://fhir.nhs.uk/Id/ods-organization-code|QHL', 'governance', 'HOPERAT'];
  const response = await gateway.get(`/fhir/EpisodeOfCare/${target}/$explain-access?${new URLSearchParams({ organisation, role, purpose, person: who }).toString()}`, 'governance-lead');
  const { parameter = [] } = (await response.json()) as Parameters;
  const part = parameter.filter(({ name }) => name === 'rule').map(({ part: parts = [] }) => parts).find((parts) => parts.some(({ name, valueCode }) => name === 'effect' && valueCode !== 'not-decided')) ?? [];
  return { rule: part.find(({ name }) => name === 'number')?.valueInteger ?? 0, effect: part.find(({ name }) => name === 'effect')?.valueCode ?? '', sentence: part.find(({ name }) => name === 'sentence')?.valueString ?? '' };
}

import type { Organization, ServiceRequest, Task } from '@medplum/fhirtypes';
import { loadDefinitions } from '../../../src/fhir/definitions.ts';
import { loadProfiles } from '../../../src/fhir/profiles.ts';
import { validateResource } from '../../../src/fhir/validate-resource.ts';
import { choiceFromConsent } from '../../../src/consent/choice-from-consent.ts';
import { choiceSource } from '../../../src/consent/choice-source.ts';
import { adviceFrom, componentExtension, destinationsOf, ownOrganisation } from '../../../src/viewer/referral/destinations.ts';
import { adviceCall, answerTo, conditionOf, isForUs, latestAnswer, referralFor, requestName, together, withAnswer, yesTo, type Referring, type Writer } from '../../../src/viewer/referral/referral-resources.ts';

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const takes = (...codes: string[]) => codes.map((code) => ({ url: componentExtension, valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/ei-component', code, display: code } }));
const hospital: Organization = { resourceType: 'Organization', id: 'hospital', name: 'University Hospitals Birmingham', active: true, identifier: [{ system: ods, value: 'RRK' }], extension: takes('front-door') };
const community: Organization = { resourceType: 'Organization', id: 'community', name: 'Birmingham Community Healthcare', active: true, identifier: [{ system: ods, value: 'RYW' }], extension: takes('community-team', 'ucr') };
const scheme: Organization = { resourceType: 'Organization', id: 'scheme', name: 'Neighbourhood Network Scheme', identifier: [{ system: 'x', value: 'nns' }], extension: takes('nns') };
const closed: Organization = { ...community, id: 'closed', active: false };
const organisations: Organization[] = [hospital, community, scheme, closed, { resourceType: 'Organization', id: 'other', name: 'Takes nothing' }];
const writer: Writer = { session: { person: { id: 'd', name: 'Dr Leila Haddad' }, role: 'doctor' }, own: hospital, now: new Date('2026-11-22T10:00:00Z') };
const destination = (code: string) => {
  const found = destinationsOf(organisations).find(({ component }) => component.code === code);
  if (!found) throw new Error(`nobody takes ${code}`);
  return found;
};
const referring: Referring = { citizen: 'alice', number: 'n-1', to: destination('community-team'), priority: 'urgent', reason: 'Unsure on the stairs', reach: '0121 496 0100', pathway: '1', along: ['CarePlan/key', 'Encounter/ward', 'CareTeam/workers'] };

beforeAll(() => {
  loadDefinitions();
  loadProfiles('profiles');
});
const errorsIn = (resource: object): unknown[] => validateResource({ id: 'x', ...resource }).filter(({ severity = 'error' }) => severity === 'error');

describe('where a referral can go', () => {
  it('is what the directory says, by service, without who takes none any more', () => {
    expect(destinationsOf(organisations).map(({ key, needsYes }) => [key, needsYes])).toEqual([['community-team@community', false], ['nns@scheme', true], ['front-door@hospital', false], ['ucr@community', false]]);
  });

  it('advice by phone is given at the front door alone', () => {
    expect([hospital, community].map((own) => adviceFrom(own)?.component.code)).toEqual(['front-door', undefined]);
    expect(ownOrganisation(organisations, `${ods}|RYW`)?.id).toBe('community');
  });
});

describe('a referral', () => {
  const request = referralFor(writer, referring);
  it('is as FHIR and our profile say', () => { expect(errorsIn(request)).toEqual([]); });

  it('says from whom to whom, in which stay, and points to what goes along', () => {
    expect(request).toMatchObject({
      status: 'active', priority: 'urgent', requester: { reference: 'Organization/hospital' }, performer: [{ reference: 'Organization/community' }], encounter: { reference: 'Encounter/ward' },
      supportingInfo: [{ reference: 'CarePlan/key' }, { reference: 'CareTeam/workers' }], note: [{ authorString: 'Dr Leila Haddad', text: 'Sent by Dr Leila Haddad, Doctor. To reach them: 0121 496 0100' }],
    });
    expect(request.extension?.map(({ valueCoding }) => valueCoding?.code)).toEqual(['community-team', '1']);
  });

  it('is found again by the number of its form', () => {
    expect(conditionOf(request)).toBe(`identifier=${encodeURIComponent('https://fhir.bicp.example/Id/viewer-referral|n-1')}`);
  });

  it.each<[string, Partial<ServiceRequest>, Organization, boolean]>([
    ['sent to us by somebody else is ours to answer', {}, community, true],
    ['sent to somebody else is not', {}, hospital, false],
    ['that we keep ourselves is not', { meta: { tag: [{ system: ods, code: 'RYW' }] } }, community, false],
    ['that is over is not', { status: 'completed' }, community, false],
    ['named by an identifier is', { performer: [{ identifier: { system: ods, value: 'RYW' } }] }, community, true],
  ])('%s', (_, change, own, ours) => { expect(isForUs({ ...request, ...change }, own)).toBe(ours); });
});

describe('an answer', () => {
  const accepted = answerTo({ ...writer, own: community }, 'alice', 'ServiceRequest/1', { status: 'accepted', outcome: 'accepted', note: '', number: 'n-3' });
  it('is a Task of the receiver as FHIR says', () => {
    expect(errorsIn(accepted)).toEqual([]);
    expect(accepted).toMatchObject({ status: 'accepted', focus: { reference: 'ServiceRequest/1' }, owner: { reference: 'Organization/community' }, output: [{ valueCodeableConcept: { coding: [{ code: 'accepted' }] } }] });
  });

  it('another one keeps what was noted before, and a refusal says why', () => {
    const noted = withAnswer(accepted, writer, { status: 'completed', outcome: 'managed-at-home', note: 'Visited twice' });
    const refused = withAnswer(noted, writer, { status: 'rejected', outcome: 'rejected', note: 'Not in our area' });
    expect(refused).toMatchObject({ status: 'rejected', statusReason: { text: 'Not in our area' }, note: [{ text: 'Visited twice' }, { text: 'Not in our area' }], output: [{ valueCodeableConcept: { coding: [{ code: 'rejected' }] } }] });
    expect(refused.output).toHaveLength(1);
  });

  it.each<[string, Task, object]>([
    ['a new one, by the number of its form', accepted, { method: 'POST', url: 'Task', ifNoneExist: `identifier=${encodeURIComponent('https://fhir.bicp.example/Id/viewer-answer|n-3')}` }],
    ['one that stands, from the version that was read', { ...accepted, id: 't', meta: { versionId: '3' } }, { method: 'PUT', url: 'Task/t', ifMatch: 'W/"3"' }],
  ])('goes with a referral in one transaction: %s', (_, task, how) => {
    expect(together(referralFor(writer, referring), task)).toMatchObject({ type: 'transaction', entry: [{ fullUrl: requestName, request: { ifNoneExist: expect.stringContaining('identifier=') } }, { request: how }] });
  });
});

it('what nobody says any more is no answer to hold on to', () => {
  const at = (status: Task['status'], lastModified: string): Task => ({ resourceType: 'Task', id: lastModified, status, intent: 'order', lastModified });
  expect(latestAnswer([at('accepted', '2026-11-20'), at('entered-in-error', '2026-11-22'), at('completed', '2026-11-21')])?.id).toBe('2026-11-21');
  expect(latestAnswer([at('requested', '2026-11-22')])).toBeUndefined();
});

it('a call for advice is what was asked of us and what came of it, the one pointing to the other', () => {
  const [request, task] = adviceCall(writer, { citizen: 'alice', number: 'n-2', to: destination('front-door'), caller: { organisation: 'ambulance', name: 'Ambulance service' }, callerName: 'Sam Reed', asked: 'May she stay?', advised: 'Yes, with a visit', outcome: 'managed-in-place' });
  expect([errorsIn(request), errorsIn(task)]).toEqual([[], []]);
  expect(request).toMatchObject({ status: 'completed', requester: { reference: 'Organization/ambulance' }, performer: [{ reference: 'Organization/hospital' }], reasonCode: [{ text: 'May she stay?' }], note: [{ text: 'The call came from Sam Reed, Ambulance service.' }] });
  expect(task).toMatchObject({ status: 'completed', focus: { reference: requestName }, note: [{ text: 'Yes, with a visit' }], output: [{ valueCodeableConcept: { coding: [{ code: 'managed-in-place' }] } }] });
});

it('a yes to one organisation is a choice that permits that one alone', () => {
  const consent = yesTo('alice', destination('nns'), '2026-11-22');
  expect(errorsIn(consent)).toEqual([]);
  const read = choiceFromConsent(consent, `${ods}|RRK`);
  expect(read).toMatchObject({ choice: { rules: [{ effect: 'permit', limits: { organisations: [`${destination('nns').identifier.system ?? ''}|${destination('nns').identifier.value ?? ''}`] } }] } });
  expect('choice' in read && choiceSource(read.choice)).toMatch(/^yes:/);
});

import type { Bundle, EpisodeOfCare, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { dischargeBeside } from '../../../src/viewer/discharge/discharge-view.ts';
import { referralBeside, referralForm, referralRows } from '../../../src/viewer/referral/referral-list-view.ts';
import { loadDefinitions } from '../../../src/fhir/definitions.ts';
import { parseSearch } from '../../../src/fhir/parse-search.ts';
import { alice, communityTrust, now } from '../person/people.ts';

beforeAll(() => { loadDefinitions(); });

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const us = `${ods}|RYW`;
const sent: ServiceRequest = {
  resourceType: 'ServiceRequest', id: 'sent', meta: { tag: [{ system: ods, code: 'RRK' }] }, status: 'active', intent: 'order', priority: 'urgent', subject: { reference: 'Patient/alice' }, authoredOn: '2026-11-20T09:00:00Z', code: { text: 'EICT' },
  requester: { display: 'University Hospitals Birmingham' }, performer: [{ reference: 'Organization/community', display: 'Birmingham Community Healthcare' }], reasonCode: [{ text: 'Unsure on the stairs' }],
};
const bundle = (matches: readonly Resource[], included: readonly Resource[]): Bundle => ({
  resourceType: 'Bundle', type: 'searchset', entry: [...matches.map((resource) => ({ resource, search: { mode: 'match' as const } })), ...included.map((resource) => ({ resource, search: { mode: 'include' as const } }))],
});
const answer = (status: Task['status'], more: Partial<Task> = {}): Task => ({ resourceType: 'Task', status, intent: 'order', focus: { reference: 'ServiceRequest/sent' }, authoredOn: '2026-11-21', ...more });
const episode: EpisodeOfCare = { resourceType: 'EpisodeOfCare', status: 'active', patient: { reference: 'Patient/alice' }, referralRequest: [{ reference: 'ServiceRequest/sent' }], period: { start: '2026-11-21' } };
const own = (authoredOn: string, more: Partial<ServiceRequest> = {}): ServiceRequest => ({ ...sent, id: 'own', meta: { tag: [{ system: ods, code: 'RYW' }] }, authoredOn, ...more });

it.each([['to-us', 'performer'], ['from-us', 'requester']] as const)('%s: asks for a list that is kept in order, and brings nothing along that grows with a person\'s record', (way, by) => {
  const form = referralForm(way, communityTrust.id ?? '', 'active');
  const parsed = parseSearch('ServiceRequest', form.map(([name, value]) => [name, value]), { handling: 'strict' });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.query.clauses.map((clause) => 'anyOf' in clause && clause.inList)).toEqual(['state', 'by']);
  expect(parsed.query).toMatchObject({ total: 'none', sort: [{ by: 'updated', descending: true }] });
  expect([new URLSearchParams(form).get(by), form.filter(([name]) => name.includes('iterate'))]).toEqual(['Organization/community', []]);
});

it('asks for itself what our own system says of those on the page, and of nobody where nobody may be shown', () => {
  expect(referralBeside(bundle([sent], [alice]), us)).toEqual([['ServiceRequest', expect.arrayContaining([['patient', 'Patient/alice'], ['_tag', us]])]]);
  expect(referralBeside(bundle([sent], []), us)).toEqual([]);
});

it('asks of a whole page of people in values that are no longer than the gateway takes', () => {
  const people = Array.from({ length: 25 }, () => ({ ...alice, id: crypto.randomUUID() }));
  const stays = people.map(({ id }): Resource => ({ resourceType: 'Encounter', id, status: 'in-progress', class: { code: 'IMP' } }));
  const forms = [...referralBeside(bundle([sent], people), us), ...dischargeBeside(bundle(stays, people))];
  expect(forms.flatMap(([type, form]) => { const parsed = parseSearch(type, form.map(([name, value]) => [name, value]), { handling: 'strict' }); return 'problems' in parsed ? parsed.problems : []; })).toEqual([]);
  expect(forms.flatMap(([, form]) => form.filter(([name]) => ['patient', 'encounter'].includes(name)).flatMap(([, value]) => value.split(','))).length).toBe(75);
});

it('what our own system keeps was not sent to us', () => {
  expect([referralRows(bundle([own('2026-11-20')], [alice]), 'to-us', [us], now).length, referralRows(bundle([own('2026-11-20')], [alice]), 'from-us', [us], now).length]).toEqual([0, 1]);
});

it('a row says who, from whom, what for and since when it waits', () => {
  expect(referralRows(bundle([sent], [alice]), 'to-us', [us], now)).toMatchObject([{
    citizen: 'alice', name: 'OKAFOR, Alice (Mrs)', nhsNumber: '999 000 0743', what: 'EICT', from: 'University Hospitals Birmingham', to: 'Birmingham Community Healthcare', reason: 'Unsure on the stairs', priority: 'Urgent', pressing: true, state: 'No answer yet, 2 days', waits: true,
  }]);
});

it.each<[string, Partial<ServiceRequest>, string]>([
  ['the words of its code', { code: { coding: [{ code: '1', display: 'Falls clinic' }] } }, 'Falls clinic'],
  ['nothing of a code that says only that it is a referral', { code: { coding: [{ system: 'http://snomed.info/sct', code: '3457005', display: 'Patient referral' }] } }, 'Referral to Birmingham Community Healthcare'],
  ['the part of the programme it is for', { code: { coding: [{ code: '1' }] }, extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/component', valueCoding: { code: 'reablement' } }] }, 'Reablement'],
  ['to whom it goes', { code: { coding: [{ code: '1' }] } }, 'Referral to Birmingham Community Healthcare'],
  ['nothing but that it is one', { code: { coding: [{ code: '1' }] }, performer: [] }, 'Referral'],
])('where the sender wrote no words, a row is headed by %s', (_, more, what) => {
  expect(referralRows(bundle([{ ...sent, ...more }], [alice]), 'from-us', [us], now)).toMatchObject([{ what, to: what === 'Referral' ? 'Not recorded' : 'Birmingham Community Healthcare' }]);
});

it('somebody who cannot be shown leads nowhere', () => {
  expect(referralRows(bundle([sent], []), 'to-us', [us], now)).toMatchObject([{ citizen: undefined, name: 'Somebody you may not see', born: '' }]);
});

it.each<[string, Resource[], string, boolean]>([
  ['an answer', [answer('accepted', { lastModified: '2026-11-21T10:00:00Z' })], 'Accepted 21-Nov-2026', false],
  ['an answer with its outcome', [answer('completed', { output: [{ type: { text: 'x' }, valueCodeableConcept: { coding: [{ code: 'signposted', display: 'Signposted elsewhere' }] } }] })], 'Signposted elsewhere 21-Nov-2026', false],
  ['a question is no answer', [answer('requested')], 'No answer yet, 2 days', true],
  ['what the gateway asked about it is none, even when done', [answer('completed', { code: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/gateway-action', code: 'no-reply' }] } })], 'No answer yet, 2 days', true],
  ['nor is a correction that was asked for', [answer('rejected', { code: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/story-item', code: 'correction' }] } })], 'No answer yet, 2 days', true],
  ['the last of several answers, in any order', [answer('rejected', { lastModified: '2026-11-22T09:00:00Z' }), answer('accepted', { lastModified: '2026-11-21T10:00:00Z' })], 'Rejected 22-Nov-2026', false],
  ['an answer to another referral is none', [answer('accepted', { focus: { reference: 'ServiceRequest/other' } })], 'No answer yet, 2 days', true],
  ['care that followed', [episode], 'In care since 21-Nov-2026', false],
  ['our own system has it too', [own('2026-11-20T12:00:00Z')], 'In your own system since 20-Nov-2026', false],
  ['our own record of another time says nothing', [own('2026-08-01')], 'No answer yet, 2 days', true],
  ['our own record of somebody else says nothing', [own('2026-11-20', { subject: { reference: 'Patient/abdul' } })], 'No answer yet, 2 days', true],
])('how it stands: %s', (_, included, state, waits) => {
  expect(referralRows(bundle([sent], [alice, ...included]), 'to-us', [us], now)).toMatchObject([{ state, waits }]);
});

import type { Bundle, EpisodeOfCare, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { referralForm, referralRows } from '../../../src/viewer/referral/referral-list-view.ts';
import { alice, communityTrust, now } from '../person/people.ts';

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

it('asks for what is open, with who it is about and what was answered, once a page', () => {
  const form = new URLSearchParams(referralForm('to-us', communityTrust, us, '2026-10-23'));
  expect([form.get('performer'), form.get('status'), form.get('authored'), form.get('_tag:not')]).toEqual(['Organization/community', 'active,on-hold', 'ge2026-10-23', us]);
  expect(new URLSearchParams(referralForm('from-us', communityTrust, us, undefined)).get('requester')).toBe('Organization/community');
});

it('a row says who, from whom, what for and since when it waits', () => {
  expect(referralRows(bundle([sent], [alice]), [us], now)).toMatchObject([{
    citizen: 'alice', name: 'OKAFOR, Alice (Mrs)', nhsNumber: '999 000 0743', what: 'EICT', from: 'University Hospitals Birmingham', reason: 'Unsure on the stairs', priority: 'Urgent', state: 'No answer yet, 2 days', waits: true,
  }]);
});

it('somebody who cannot be shown leads nowhere', () => {
  expect(referralRows(bundle([sent], []), [us], now)).toMatchObject([{ citizen: undefined, name: 'Somebody you may not see', born: '' }]);
});

it.each<[string, Resource[], string, boolean]>([
  ['an answer', [answer('accepted', { lastModified: '2026-11-21T10:00:00Z' })], 'Accepted 21-Nov-2026', false],
  ['an answer with its outcome', [answer('completed', { output: [{ type: { text: 'x' }, valueCodeableConcept: { coding: [{ code: 'signposted', display: 'Signposted elsewhere' }] } }] })], 'Signposted elsewhere 21-Nov-2026', false],
  ['a question is no answer', [answer('requested')], 'No answer yet, 2 days', true],
  ['an answer to another referral is none', [answer('accepted', { focus: { reference: 'ServiceRequest/other' } })], 'No answer yet, 2 days', true],
  ['care that followed', [episode], 'In care since 21-Nov-2026', false],
  ['our own system has it too', [own('2026-11-20T12:00:00Z')], 'In your own system since 20-Nov-2026', false],
  ['our own record of another time says nothing', [own('2026-08-01')], 'No answer yet, 2 days', true],
  ['our own record of somebody else says nothing', [own('2026-11-20', { subject: { reference: 'Patient/abdul' } })], 'No answer yet, 2 days', true],
])('how it stands: %s', (_, included, state, waits) => {
  expect(referralRows(bundle([sent], [alice, ...included]), [us], now)).toMatchObject([{ state, waits }]);
});

import type { Resource } from '@medplum/fhirtypes';
import { happeningsOf } from '../../src/story/happenings.ts';

const stay = (status: string, more: object = {}): Resource => ({ resourceType: 'Encounter', status, class: { code: 'IMP' }, ...more }) as unknown as Resource;
const ready = { extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/discharge-ready-date', valueDateTime: '2026-01-01' }] };
const referral = (status: string, ...performers: string[]): Resource => ({ resourceType: 'ServiceRequest', status, intent: 'order', subject: {}, performer: performers.map((id) => ({ reference: `Organization/${id}` })) }) as unknown as Resource;
const person = (more: object): Resource => ({ resourceType: 'Patient', ...more });
const plan = (status: string): Resource => ({ resourceType: 'CarePlan', status, intent: 'plan', subject: {} }) as unknown as Resource;

it.each<[string, Resource, Resource | null, string[]]>([
  ['a stay that begins', stay('in-progress'), null, ['admitted']], ['a stay that was planned', stay('in-progress'), stay('planned'), ['admitted']], ['a stay that goes on', stay('in-progress'), stay('onleave'), []],
  ['a stay told when it is over', stay('finished'), null, ['discharged']], ['a stay that ends', stay('finished'), stay('in-progress'), ['discharged']], ['a stay corrected after its end', stay('finished'), stay('finished'), []],
  ['a stay entered in error', stay('entered-in-error', ready), stay('in-progress'), []], ['a stay with a ready date', stay('in-progress', ready), stay('in-progress'), ['medically-fit']], ['the date again', stay('in-progress', ready), stay('in-progress', ready), []],
  ['a contact', stay('finished', { class: { code: 'AMB' } }), null, []], ['what became a stay', stay('in-progress'), stay('in-progress', { class: { code: 'AMB' } }), ['admitted']],
  ['a referral', referral('active', 'a'), null, ['referral-received to Organization/a']], ['the same again', referral('active', 'a'), referral('active', 'a'), []], ['one handed on', referral('active', 'a', 'b'), referral('active', 'a'), ['referral-received to Organization/b']],
  ['a draft', referral('draft', 'a'), null, []], ['a draft that is sent', referral('active', 'a'), referral('draft', 'a'), ['referral-received to Organization/a']],
  ['a death', person({ deceasedBoolean: true }), person({}), ['died']], ['a death with its date', person({ deceasedDateTime: '2026-01-01' }), null, ['died']], ['its date, later', person({ deceasedDateTime: '2026-01-01' }), person({ deceasedBoolean: true }), []], ['somebody alive', person({ deceasedBoolean: false }), null, []],
  ['a plan', plan('active'), null, ['plan-changed']], ['a plan changed', plan('active'), plan('active'), ['plan-changed']], ['a draft of a plan', plan('draft'), null, []], ['anything else', { resourceType: 'Basic', code: {} }, null, []],
])('%s', (_, now, before, told) => {
  expect(happeningsOf(now, before).map(({ topic, for: concerned }) => (concerned ? `${topic} to ${concerned.join(', ')}` : topic))).toEqual(told);
});

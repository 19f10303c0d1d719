import { choiceEffect } from '../../src/consent/choice-effect.ts';
import type { ChoiceEffect, ChoiceLimits, ChoiceRule, RecordFacts } from '../../src/consent/types.ts';
import { bchc, bsmhft, communityNurse, consentOf, council, mentalHealthNurse, objection, optOutOf, rowOf, socialWorker, uhb, wardDoctor } from './sharing-cases.ts';

const episode = rowOf(uhb, 'episode');
const psychiatric = rowOf(uhb, 'mental-health', 'HIV', 'PSY');
const deny = (limits: ChoiceLimits, consent = 'a'): ChoiceRule[] => consentOf(consent, ['deny', limits]);
const permit = (limits: ChoiceLimits, consent = 'a'): ChoiceRule[] => consentOf(consent, ['permit', limits]);

describe('what live choices say of one requester and one class', () => {
  it.each<[string, readonly ChoiceRule[], ChoiceEffect | undefined]>([
    ['nothing, where there are none', [], undefined],
    ['nothing, where none applies', [...deny({ organisations: [council] }), ...permit({ purposes: ['COC'] }, 'b')], undefined],
    ['what the only one says', permit({}), 'permits'],
    ['that the person objects, where everything is denied to everybody', deny({}), 'objects'],
    ['what the exception says that is met', consentOf('a', ['deny', {}], ['permit', { organisations: [bchc] }]), 'permits'],
    ['whatever their order', consentOf('a', ['permit', { organisations: [bchc] }], ['deny', {}]), 'permits'],
    ['what the exception to the exception says', consentOf('a', ['deny', {}], ['permit', { organisations: [bchc] }], ['deny', { organisations: [bchc], roles: ['nurse'] }]), 'denies'],
    ['and the exception to that', consentOf('a', ['deny', {}], ['permit', { organisations: [bchc] }], ['deny', { organisations: [bchc], roles: ['nurse'] }],
      ['permit', { organisations: [bchc], roles: ['nurse'], categories: ['episode'] }]), 'permits'],
    ['what denies within a permission', consentOf('a', ['permit', {}], ['deny', { organisations: [bchc] }]), 'denies'],
    ['the denial where a permission names who, and it names what: neither lies within the other', consentOf('a', ['permit', { organisations: [bchc], roles: ['nurse'] }], ['deny', { categories: ['episode'] }]), 'denies'],
    ['the denial where both are as wide', consentOf('a', ['permit', { organisations: [bchc] }], ['deny', { organisations: [bchc] }]), 'denies'],
    ['the denial where the permission is narrower in one thing and wider in another',
      consentOf('a', ['deny', { organisations: [bchc, council], categories: ['episode'] }], ['permit', { organisations: [bchc] }]), 'denies'],
    ['the permission where it lies within a denial beside it', consentOf('a', ['deny', { organisations: [bchc, council] }], ['permit', { organisations: [bchc] }]), 'permits'],
    ['the denial of another source, whatever lies within it', [...deny({}, 'a'), ...permit({ organisations: [bchc] }, 'b')], 'objects'],
    ['the denial of another source, whatever excepts itself', [...consentOf('a', ['deny', {}], ['permit', { organisations: [bchc] }]), ...deny({ categories: ['episode'] }, 'b')], 'denies'],
    ['not what an exception for somebody else says', consentOf('a', ['deny', {}], ['permit', { organisations: [council], roles: ['nurse'] }]), 'objects'],
    ['a narrower denial beside a general one', [...deny({}, 'a'), ...deny({ organisations: [bchc] }, 'b')], 'denies'],
  ])('%s', (_, rules, effect) => expect(choiceEffect(rules, communityNurse, episode)).toBe(effect));
});

describe('a limit', () => {
  it.each<[string, ChoiceLimits]>([
    ['on the organisation that asks', { organisations: [council, bchc] }], ['on the role', { roles: ['doctor', 'nurse'] }], ['on the purpose', { purposes: ['TREAT'] }],
    ['on the sort of information', { categories: ['mental-health'] }], ['on whose information it is', { custodians: [uhb] }], ['on one label of several', { labels: ['PSY'] }],
    ['on several things at once', { organisations: [bchc], roles: ['nurse'], labels: ['PSY', 'MH'] }],
  ])('%s is met', (_, limits) => expect(choiceEffect(deny(limits), communityNurse, psychiatric)).toBe('denies'));

  it.each<[string, ChoiceLimits]>([
    ['on the organisation that asks', { organisations: [council, uhb] }], ['on the role', { roles: ['doctor'] }], ['on the purpose', { purposes: ['COC'] }],
    ['on the sort of information', { categories: ['episode'] }], ['on whose information it is', { custodians: [bchc] }], ['on a label it does not carry', { labels: ['MH'] }],
    ['on several things of which one is not met', { organisations: [bchc], roles: ['nurse'], labels: ['MH'] }],
  ])('%s is not met', (_, limits) => expect(choiceEffect(deny(limits), communityNurse, psychiatric)).toBeUndefined());

  it('on a label does not reach what carries none', () => expect(choiceEffect(deny({ labels: ['PSY'] }), communityNurse, episode)).toBeUndefined());
});

describe('a limit on single records', () => {
  const day = (date: string): Date => new Date(`2026-${date}T00:00:00Z`);
  const record: RecordFacts = { id: 'one', type: 'ServiceRequest', tokens: [1n, 2n], from: day('03-01'), until: day('03-31') };
  const dates = (from: string | null, until: string | null): ChoiceLimits => ({ dates: { from: from === null ? null : day(from), until: until === null ? null : day(until) } });
  const saysOf = (effect: ChoiceRule['effect'], limits: ChoiceLimits, changes: Partial<RecordFacts> = {}): unknown =>
    choiceEffect(consentOf('a', [effect, limits]), communityNurse, episode, { ...record, ...changes }) ?? 'nothing';

  it.each<[string, ChoiceLimits, Partial<RecordFacts>, denied: boolean, permitted: boolean]>([
    ['its type', { types: ['CarePlan', 'ServiceRequest'] }, {}, true, true],
    ['another type', { types: ['CarePlan'] }, {}, false, false],
    ['its id', { ids: ['one', 'two'] }, {}, true, true],
    ['another id', { ids: ['two'] }, {}, false, false],
    ['one of its codes', { tokens: [2n, 3n] }, {}, true, true],
    ['another code', { tokens: [3n] }, {}, false, false],
    ['a code, where it has none', { tokens: [3n] }, { tokens: [] }, false, false],
    ['a code, where its codes are not known', { tokens: [3n] }, { tokens: null }, true, false],
    ['a time it lies within', dates('02-01', '04-01'), {}, true, true],
    ['a time it just fills', dates('03-01', '03-31'), {}, true, true],
    ['a time it only touches', dates('03-15', null), {}, true, false],
    ['a time before it', dates(null, '03-01'), {}, false, false],
    ['a time after it', dates('03-31', null), {}, false, false],
    ['a time, where it has not ended', dates('02-01', '04-01'), { until: null }, true, false],
    ['a time, where it has no date', dates('02-01', '04-01'), { from: null, until: null }, true, false],
    ['a time, where its end was written before its start', dates('03-10', '03-20'), { from: day('03-31'), until: day('03-01') }, true, false],
    ['two things of which one is not so', { types: ['ServiceRequest'], ids: ['two'] }, {}, false, false],
  ])('%s', (_, limits, changes, denied, permitted) =>
    expect([saysOf('deny', limits, changes), saysOf('permit', limits, changes)]).toEqual([denied ? 'denies' : 'nothing', permitted ? 'permits' : 'nothing']));

  it('denies a class as a whole, and permits none: of a class no record can be told', () => {
    expect(choiceEffect(deny({ ids: ['two'] }), communityNurse, episode)).toBe('denies');
    expect(choiceEffect(permit({ ids: ['one'] }), communityNurse, episode)).toBeUndefined();
  });
});

describe('an opt-out from purposes beyond care', () => {
  const researcher = { ...communityNurse, purpose: 'HRESCH' as const };
  it.each<[string, readonly ChoiceRule[], typeof researcher | typeof communityNurse, ChoiceEffect | undefined]>([
    ['declines research', [optOutOf()], researcher, 'declines'],
    ['says nothing of care', [optOutOf()], communityNurse, undefined],
    ['of one custodian declines its records', [optOutOf(uhb)], researcher, 'declines'],
    ['of one custodian says nothing of another\'s', [optOutOf(bchc)], researcher, undefined],
    ['stands beside a permission of everything', [optOutOf(), ...permit({})], researcher, 'declines'],
    ['stands beside a permission that names only the purpose', [optOutOf(), ...permit({ purposes: ['HRESCH'] })], researcher, 'declines'],
    ['stands beside a permission that names only the organisation', [optOutOf(), ...permit({ organisations: [bchc] })], researcher, 'declines'],
    ['stands beside a permission for another purpose', [optOutOf(), ...permit({ purposes: ['POPHLTH'], organisations: [bchc] })], researcher, 'declines'],
    ['gives way to a permission that names purpose and organisation', [optOutOf(uhb), ...permit({ purposes: ['HRESCH'], organisations: [bchc] })], researcher, 'permits'],
    ['gives way, but a general objection does not', [optOutOf(), objection, ...permit({ purposes: ['HRESCH'], organisations: [bchc] })], researcher, 'objects'],
  ])('%s', (_, rules, requester, effect) => expect(choiceEffect(rules, requester, episode)).toBe(effect));
});

it('is asked for each requester alone', () => {
  const rules = consentOf('a', ['deny', {}], ['permit', { organisations: [bchc, uhb] }], ['deny', { organisations: [bsmhft] }]);
  expect([communityNurse, wardDoctor, socialWorker, mentalHealthNurse].map((requester) => choiceEffect(rules, requester, episode))).toEqual(['permits', 'permits', 'objects', 'denies']);
});

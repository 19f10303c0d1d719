import { choiceEffect } from '../../src/consent/choice-effect.ts';
import type { ChoiceLimits, ChoiceRule } from '../../src/consent/types.ts';
import { bchc, bsmhft, communityNurse, council, mentalHealthNurse, rowOf, socialWorker, uhb } from './sharing-cases.ts';

const rule = (effect: ChoiceRule['effect'], limits: ChoiceLimits, specificity = Object.keys(limits).length): ChoiceRule => ({ effect, limits, specificity });
const denyAll = rule('deny', {});
const permitAll = rule('permit', {});
const episode = rowOf(uhb, 'episode');
const psychiatric = rowOf(uhb, 'mental-health', 'HIV', 'PSY');

describe('what live choices say of one requester and one class', () => {
  it.each<[string, readonly ChoiceRule[], ChoiceRule['effect'] | undefined]>([
    ['nothing, where there are none', [], undefined],
    ['nothing, where none applies', [rule('deny', { organisations: [council] }), rule('permit', { purposes: ['COC'] })], undefined],
    ['what the only one says', [permitAll], 'permit'],
    ['what the most specific says', [denyAll, rule('permit', { organisations: [bchc] })], 'permit'],
    ['whatever their order', [rule('permit', { organisations: [bchc] }), denyAll], 'permit'],
    ['what the most specific says, when that denies', [permitAll, rule('deny', { organisations: [bchc] })], 'deny'],
    ['the denying of two as specific', [rule('permit', { organisations: [bchc] }), rule('deny', { categories: ['episode'] })], 'deny'],
    ['the denying, whatever their order', [rule('deny', { categories: ['episode'] }), rule('permit', { organisations: [bchc] })], 'deny'],
    ['the denying of two Consents that hold at once', [permitAll, denyAll], 'deny'],
    ['not what a more specific one for somebody else says', [denyAll, rule('permit', { organisations: [council], roles: ['nurse'] })], 'deny'],
  ])('%s', (_, rules, effect) => expect(choiceEffect(rules, communityNurse, episode)?.effect).toBe(effect));
});

describe('a limit', () => {
  it.each<[string, ChoiceLimits]>([
    ['on the organisation that asks', { organisations: [council, bchc] }], ['on the role', { roles: ['doctor', 'nurse'] }], ['on the purpose', { purposes: ['TREAT'] }],
    ['on the sort of information', { categories: ['mental-health'] }], ['on whose information it is', { custodians: [uhb] }], ['on one label of several', { labels: ['PSY'] }],
    ['on several things at once', { organisations: [bchc], roles: ['nurse'], labels: ['PSY', 'MH'] }],
  ])('%s is met', (_, limits) => expect(choiceEffect([rule('deny', limits)], communityNurse, psychiatric)?.effect).toBe('deny'));

  it.each<[string, ChoiceLimits]>([
    ['on the organisation that asks', { organisations: [council, uhb] }], ['on the role', { roles: ['doctor'] }], ['on the purpose', { purposes: ['COC'] }],
    ['on the sort of information', { categories: ['episode'] }], ['on whose information it is', { custodians: [bchc] }], ['on a label it does not carry', { labels: ['MH'] }],
    ['on several things of which one is not met', { organisations: [bchc], roles: ['nurse'], labels: ['MH'] }],
  ])('%s is not met', (_, limits) => expect(choiceEffect([rule('deny', limits)], communityNurse, psychiatric)).toBeUndefined());

  it('on a label does not reach what carries none', () => expect(choiceEffect([rule('deny', { labels: ['PSY'] })], communityNurse, episode)).toBeUndefined());
});

it('is asked for each requester alone', () => {
  const rules = [denyAll, rule('permit', { organisations: [bchc] }), rule('deny', { organisations: [bsmhft] })];
  expect([communityNurse, socialWorker, mentalHealthNurse].map((requester) => choiceEffect(rules, requester, episode)?.effect)).toEqual(['permit', 'deny', 'deny']);
});

it('names the provision that decides', () => {
  const deciding = rule('deny', { organisations: [bchc] });
  expect(choiceEffect([denyAll, rule('permit', { categories: ['episode'] }), deciding, permitAll], communityNurse, episode)).toBe(deciding);
});

import { isHighRisk } from '../../src/linkage/high-risk.ts';
import { weighOpinions } from '../../src/linkage/weigh-opinions.ts';
import type { LinkOutcome } from '../../src/fhir/link-outcomes.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';

describe('what opinions come to', () => {
  it.each<[string, LinkOutcome[], boolean, 'same' | 'different' | null]>([
    ['nobody has one', [], false, null],
    ['one of low risk', ['same'], false, 'same'],
    ['one of high risk waits for a second', ['same'], true, null],
    ['two of high risk', ['same', 'same'], true, 'same'],
    ['whoever is unsure decides nothing', ['unsure', 'unsure'], false, null],
    ['one who is sure after one who is not', ['unsure', 'same'], false, 'same'],
    ['telling apart takes one, of high risk as well', ['different'], true, 'different'],
    ['two who disagree wait for a third', ['same', 'different'], true, null],
    ['the third decides for one', ['same', 'different', 'different'], true, 'different'],
    ['or the other', ['different', 'same', 'same'], false, 'same'],
  ])('%s', (_, opinions, highRisk, outcome) => expect(weighOpinions(opinions, highRisk)).toBe(outcome));
});

describe('what takes a second person', () => {
  const rule = { claimMinutes: 30, secondOpinion: { bothVerified: true, moreCustodiansThan: 2, somethingHidden: true } };
  const numbered = (nhsNumberStatus: string): PersonFacts => ({ nhsNumber: '9990000743', nhsNumberStatus, local: [], given: [], otherFamily: [], otherGiven: [] });
  const pair = { ones: [numbered('01')], others: [numbered('02')], custodians: 2, hidden: false };
  it.each<[string, Parameters<typeof isHighRisk>[1], boolean]>([
    ['one verified number is no risk', pair, false],
    ['two are', { ...pair, others: [numbered('01')] }, true],
    ['many organisations are', { ...pair, custodians: 3 }, true],
    ['something hidden is', { ...pair, hidden: true }, true],
  ])('%s', (_, facts, risk) => expect(isHighRisk(rule, facts)).toBe(risk));
  it('nothing, where the rule says so', () => {
    expect(isHighRisk({ ...rule, secondOpinion: { bothVerified: false, moreCustodiansThan: 9, somethingHidden: false } }, { ...pair, others: [numbered('01')], hidden: true })).toBe(false);
  });
});

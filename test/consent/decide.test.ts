import { combiningRules } from '../../src/consent/combining-rules.ts';
import type { Question } from '../../src/consent/combining-rules.ts';
import { decide } from '../../src/consent/decide.ts';
import type { RegisteredAgreement } from '../../src/consent/types.ts';
import {
  bchc, bsmhft, clause, communityNurse, council, end, feedClient, governanceLead, icb, inForce, justBefore, mentalHealthNurse, now, objection, privacyOfficer,
  rowOf, socialWorker, start, uhb, wardDoctor,
} from './sharing-cases.ts';

const episode = rowOf(uhb, 'episode');
const asked = (changes: Partial<Question> = {}): Question => ({
  requester: communityNurse, sharingClass: episode, agreements: [inForce([clause()])], choices: [], relationships: [], emergency: false, now, ...changes,
});
const under = (...registered: RegisteredAgreement[]): Partial<Question> => ({ agreements: registered });
const oversight = inForce([clause({ to: [icb, uhb], purposes: ['HOPERAT'], roles: ['governance', 'privacy-officer'], categories: ['identity', 'administration'], notice: 'none' })]);
const related = inForce([clause({ relationships: ['episode', 'referral'] })]);
const labelled = rowOf(uhb, 'episode', 'PSY', 'R');
const naming = (...labels: string[]): RegisteredAgreement => inForce([clause({ labels })]);

type Case = [string, Partial<Question>, string];

describe('rule 1, its own records:', () => {
  it.each<Case>([
    ['the custodian sees them without any agreement', { requester: wardDoctor, ...under() }, '1 permit own'],
    ['whatever their labels', { requester: wardDoctor, sharingClass: rowOf(uhb, 'mental-health', 'legal-restriction'), ...under() }, '1 permit own'],
    ['whatever the citizen chose', { requester: wardDoctor, choices: [objection] }, '1 permit own'],
    ['unclassified ones too', { requester: wardDoctor, sharingClass: rowOf(uhb, 'unclassified'), ...under() }, '1 permit own'],
    ['an administrator too', { requester: { ...wardDoctor, role: 'administrator' }, ...under() }, '1 permit own'],
    ['not a feed: it has its intake and its Tasks', { requester: feedClient, ...under() }, '6 deny no-agreement'],
    ['a system within the scopes it is registered for', { requester: { ...feedClient, scopes: ['system/*.rs'] }, ...under() }, '1 permit own'],
    ['not a system whose scopes name one type', { requester: { ...feedClient, scopes: ['system/Patient.rs'] }, ...under() }, '6 deny no-agreement'],
    ['not a system that may only write', { requester: { ...feedClient, scopes: ['system/*.cu'] }, ...under() }, '6 deny no-agreement'],
    ['not a privacy officer', { requester: privacyOfficer, ...under() }, '6 deny no-agreement'],
    ['not a privacy officer who says it is for treatment', { requester: { ...privacyOfficer, purpose: 'TREAT' }, ...under() }, '6 deny no-agreement'],
  ])('%s', (_, changes, answer) => expectAnswer(changes, answer));
});

describe('rule 2, labels:', () => {
  it.each<Case>([
    ['a clause that names none of them opens nothing', { sharingClass: labelled }, '2 deny label'],
    ['a clause that names one of two opens nothing', { sharingClass: labelled, ...under(naming('PSY')) }, '2 deny label'],
    ['two clauses that name one each open nothing', { sharingClass: labelled, ...under(inForce([clause({ labels: ['PSY'] }), clause({ number: '1.2', labels: ['R'] })])) }, '2 deny label'],
    ['a clause that names every one opens them', { sharingClass: labelled, ...under(naming('R', 'PSY', 'MH')) }, '4 permit clause'],
    ['a clause that names labels opens unlabelled rows too', under(naming('PSY')), '4 permit clause'],
    ['the partner’s own dissent is closed before the citizen is asked', { sharingClass: rowOf(uhb, 'episode', 'source-dissent'), choices: [objection] }, '2 deny label'],
    ['an objection closes what a naming clause opens', { sharingClass: labelled, ...under(naming('R', 'PSY')), choices: [objection] }, '3 deny choice'],
    ['oversight does not open them unless its clause names them', { requester: governanceLead, sharingClass: rowOf(uhb, 'identity', 'LOCIS'), ...under(oversight) }, '2 deny label'],
  ])('%s', (_, changes, answer) => expectAnswer(changes, answer));
});

describe('rule 3, an objection:', () => {
  it.each<Case>([
    ['closes what a clause opens', { choices: [objection] }, '3 deny choice'],
    ['closes it however close the care', { ...under(related), relationships: [{ organisation: bchc, kind: 'episode', until: null }], choices: [objection] }, '3 deny choice'],
    ['does not reach oversight of who it is about', { requester: governanceLead, sharingClass: rowOf(uhb, 'identity'), ...under(oversight), choices: [objection] }, '4 permit oversight'],
    ['nor oversight of the objection itself', { requester: privacyOfficer, sharingClass: rowOf(uhb, 'administration'), ...under(oversight), choices: [objection] }, '4 permit oversight'],
  ])('%s', (_, changes, answer) => expectAnswer(changes, answer));
});

describe('rule 4, a clause of an agreement in force:', () => {
  it.each<Case>([
    ['opens what it covers', {}, '4 permit clause'],
    ['does not work in the other direction', { requester: wardDoctor, sharingClass: rowOf(bchc, 'episode'), ...under(inForce([clause({ roles: ['doctor', 'nurse'] })])) }, '6 deny no-agreement'],
    ['not for another organisation', { requester: mentalHealthNurse }, '6 deny no-agreement'],
    ['not for records of a third party', { sharingClass: rowOf(council, 'episode') }, '6 deny no-agreement'],
    ['not for another role', { requester: { ...communityNurse, role: 'administrator' } }, '6 deny role'],
    ['not for another purpose', { requester: { ...communityNurse, purpose: 'CAREMGT' } }, '6 deny purpose'],
    ['not for another category', { sharingClass: rowOf(uhb, 'plan') }, '6 deny category'],
    ['not for what nobody has classified', { sharingClass: rowOf(uhb, 'unclassified') }, '6 deny unclassified'],
    ['from the instant its period begins', { now: start }, '4 permit clause'],
    ['to the last millisecond of it', { now: justBefore(end) }, '4 permit clause'],
    ['and not at the instant it ends', { now: end }, '6 deny lapsed'],
    ['not while it is a draft', under(inForce([clause()], { activatedAt: null })), '6 deny no-agreement'],
    ['not once it is terminated', under(inForce([clause()], { terminatedAt: now })), '6 deny lapsed'],
    ['not while the giver has not signed', under(inForce([clause()], { signedBy: [bchc] })), '6 deny unsigned'],
    ['not while the receiver has not signed', under(inForce([clause()], { signedBy: [uhb] })), '6 deny unsigned'],
    ['not while another party it names has not signed', under(inForce([clause({ to: [bchc, bsmhft] })], { signedBy: [uhb, bchc] })), '6 deny unsigned'],
    ['whether or not a party of other clauses has signed', under(inForce([clause(), clause({ number: '2.1', to: [council] })], { signedBy: [uhb, bchc] })), '4 permit clause'],
    ['not without the consent it asks for', under(inForce([clause({ consentBasis: 'explicit' })])), '6 deny consent'],
    ['not for a system beyond its scopes', { requester: { ...feedClient, organisation: bchc }, ...under(inForce([clause({ roles: ['integration'] })])) }, '6 deny role'],
    ['for a system within them', { requester: { ...feedClient, organisation: bchc, scopes: ['system/*.rs'] }, ...under(inForce([clause({ roles: ['integration'] })])) }, '4 permit clause'],
  ])('%s', (_, changes, answer) => expectAnswer(changes, answer));
});

describe('rule 4, a relationship where the clause asks for one:', () => {
  it.each<Case>([
    ['none', under(related), '6 deny relationship'],
    ['one without an end', { ...under(related), relationships: [{ organisation: bchc, kind: 'episode', until: null }] }, '4 permit clause'],
    ['another that counts', { ...under(related), relationships: [{ organisation: bchc, kind: 'referral', until: end }] }, '4 permit clause'],
    ['one of a kind that does not count', { ...under(related), relationships: [{ organisation: bchc, kind: 'care-team', until: null }] }, '6 deny relationship'],
    ['that of another organisation', { ...under(related), relationships: [{ organisation: uhb, kind: 'episode', until: null }] }, '6 deny relationship'],
    ['one that ends at this instant', { ...under(related), relationships: [{ organisation: bchc, kind: 'episode', until: now }] }, '6 deny relationship'],
    ['one that ends in a millisecond', { ...under(related), relationships: [{ organisation: bchc, kind: 'episode', until: new Date(now.getTime() + 1) }] }, '4 permit clause'],
    ['none is needed when another clause asks for none', under(related, inForce([clause()])), '4 permit clause'],
  ])('%s', (_, changes, answer) => expectAnswer(changes, answer));
});

describe('oversight:', () => {
  it.each<Case>([
    ['governance sees who a record is about', { requester: governanceLead, sharingClass: rowOf(uhb, 'identity'), ...under(oversight) }, '4 permit oversight'],
    ['a privacy officer sees it of their own organisation', { requester: privacyOfficer, sharingClass: rowOf(uhb, 'identity'), ...under(oversight) }, '4 permit oversight'],
    ['nobody oversees care data', { requester: governanceLead, ...under(oversight) }, '6 deny category'],
    ['not even if a clause said so', { requester: governanceLead, ...under(inForce([clause({ to: [icb], purposes: ['HOPERAT'], roles: ['governance'] })])) }, '6 deny role'],
    ['a nurse does not oversee', { requester: { ...communityNurse, purpose: 'HOPERAT' }, sharingClass: rowOf(uhb, 'identity'),
      ...under(inForce([clause({ purposes: ['HOPERAT'], categories: ['identity'] })])) }, '6 deny role'],
    ['nothing once the agreement on it has lapsed', { requester: governanceLead, sharingClass: rowOf(uhb, 'identity'), ...under(oversight), now: end }, '6 deny lapsed'],
  ])('%s', (_, changes, answer) => expectAnswer(changes, answer));
});

describe('a decision', () => {
  it('names agreement, version and clause, and says why in one sentence', () => {
    expect(decide(asked())).toEqual({
      effect: 'permit', rule: 4, reason: 'clause', agreement: 'test-agreement', version: '1.0', clause: '1.1',
      sentence: 'Clause 1.1 of "Test agreement" (version 1.0) shares this with this role for this purpose.',
    });
  });

  it('cites the least demanding clause, and of equals the first', () => {
    const agreements = [inForce([
      clause({ number: '1.1', consentBasis: 'explicit' }), clause({ number: '1.2', relationships: ['episode'] }), clause({ number: '1.10' }), clause({ number: '1.3' }),
    ])];
    expect(decide(asked({ agreements, relationships: [{ organisation: bchc, kind: 'episode', until: null }] })).clause).toBe('1.3');
  });

  it('cites the clause whose relationship exists', () => {
    const agreements = [inForce([clause({ number: '1.1', relationships: ['episode'] }), clause({ number: '1.2', relationships: ['referral'] })])];
    expect(decide(asked({ agreements, relationships: [{ organisation: bchc, kind: 'referral', until: null }] })).clause).toBe('1.2');
  });

  it('that denies cites the nearest clause, whether or not another agreement has lapsed', () => {
    const past = inForce([clause({ roles: ['social-worker'], to: [council] })], { terminatedAt: start });
    const present = inForce([clause({ number: '3.2', to: [council] })]);
    expect(decide(asked({ requester: socialWorker, agreements: [past, present] }))).toMatchObject({ reason: 'role', clause: '3.2' });
  });
});

describe('the combining rules', () => {
  it('are asked in the order of their numbers and end with one that always denies', () => {
    expect(combiningRules.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(combiningRules.at(-1)?.decide(asked())).toMatchObject({ effect: 'deny' });
  });
});

function expectAnswer(changes: Partial<Question>, answer: string): void {
  const { effect, rule, reason } = decide(asked(changes));
  expect(`${rule} ${effect} ${reason}`).toBe(answer);
}

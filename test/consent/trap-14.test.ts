import { decide } from '../../src/consent/decide.ts';
import type { Question } from '../../src/consent/combining-rules.ts';
import { bchc, clause, communityNurse, consentOf, council, end, inForce, justBefore, now, objection, optOutOf, rowOf, socialWorker, uhb, wardDoctor } from './sharing-cases.ts';

/**
 * What goes wrong with consent in the field. Which of several Consents counts is settled as they are written, so dissent
 * withdrawn later, an objection registered by an attorney and one by one partner are in test/flow/choices-in-full.test.ts.
 */
const volunteer = { ...socialWorker, role: 'voluntary-worker' as const };
const voluntarySector = inForce([clause({ to: [council], roles: ['voluntary-worker'], consentBasis: 'explicit' })]);
const asked = (changes: Partial<Question> = {}): string => {
  const { effect, reason } = decide({ requester: communityNurse, sharingClass: rowOf(uhb, 'episode'), agreements: [inForce([clause()])], choices: [], relationships: [], emergency: false, now, ...changes });
  return `${effect} ${reason}`;
};
const research = { requester: { ...communityNurse, purpose: 'HRESCH' as const }, agreements: [inForce([clause({ purposes: ['HRESCH'], consentBasis: 'explicit' })])] };
const agrees = consentOf('sharing', ['permit', {}]);

it.each<[string, Partial<Question>, string]>([
  ['Type 1 with a direct-care read: allowed', { choices: [optOutOf(uhb)] }, 'permit clause'],
  ['Type 1 with a read for research: removed', { ...research, choices: [...agrees, optOutOf(uhb)] }, 'deny choice'],
  ['Type 1 of another practice: allowed', { ...research, choices: [...agrees, optOutOf(council)] }, 'permit clause'],
  ['national data opt-out with a read beyond care, as an export would ask: removed', { ...research, choices: [...agrees, optOutOf()] }, 'deny choice'],
  ['national data opt-out with a direct-care read: allowed', { choices: [optOutOf()] }, 'permit clause'],
  ['national data opt-out, and a consent to this study', { ...research, choices: [...consentOf('study', ['permit', { purposes: ['HRESCH'], organisations: [bchc] }]), optOutOf()] }, 'permit clause'],
  ['objection by one partner only: it holds for all', { choices: [...agrees, objection] }, 'deny choice'],
  ['objection by one partner only: its own records stay its own', { requester: wardDoctor, choices: [objection] }, 'permit own'],
  ['agreement in its last instant', { now: justBefore(end) }, 'permit clause'],
  ['expired agreement mid-session', { now: end }, 'deny lapsed'],
  ['agreement one-directional: not the other way', { requester: { ...wardDoctor, role: 'nurse' }, sharingClass: rowOf(bchc, 'episode') }, 'deny no-agreement'],
  ['agreement one-directional: not to a third', { requester: { ...socialWorker, role: 'nurse' } }, 'deny no-agreement'],
  ['voluntary sector without consent', { requester: volunteer, agreements: [voluntarySector] }, 'deny consent'],
  ['voluntary sector with consent', { requester: volunteer, choices: agrees, agreements: [voluntarySector] }, 'permit clause'],
])('%s', (_, changes, answer) => expect(asked(changes)).toBe(answer));

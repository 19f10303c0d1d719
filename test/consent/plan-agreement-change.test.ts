import { nextStep } from '../../src/consent/next-step.ts';
import { planActivation, planSigning, planTermination, type AgreementPlan } from '../../src/consent/plan-agreement-change.ts';
import type { RegisteredAgreement } from '../../src/consent/types.ts';
import { agreement, bchc, clause, council, end, icb, inForce, justBefore, now, start, uhb } from './sharing-cases.ts';

const draft = (version: string, changes: Partial<RegisteredAgreement> = {}, period = { start, end }): RegisteredAgreement =>
  ({ agreement: agreement([clause()], { version, period }), activatedAt: null, terminatedAt: null, signedBy: [uhb, bchc], ...changes });
const standing = inForce([clause()], { agreement: agreement([clause()], { version: '1.9' }) });
const codeOf = (plan: AgreementPlan): string => ('problem' in plan ? plan.problem.code : 'done');
const activation = (version: string, versions: RegisteredAgreement[], at = now): AgreementPlan => planActivation({ versions, version, now: at });

it('an activation ends the version before it at the same moment', () => {
  expect(activation('1.10', [standing, draft('1.10')])).toEqual({ change: { activate: { version: '1.10' }, ends: [{ version: '1.9', at: now }] } });
});

it('a version whose period is to come leaves the one before in force until then: no gap and no day with both', () => {
  const later = { start: new Date('2026-10-01T00:00:00Z'), end: new Date('2028-01-01T00:00:00Z') };
  expect(activation('2.0', [standing, draft('2.0', {}, later)])).toEqual({ change: { activate: { version: '2.0' }, ends: [{ version: '1.9', at: later.start }] } });
});

it.each<[string, string, RegisteredAgreement[], Date?]>([
  ['agreement-not-signed', '2.0', [draft('2.0', { signedBy: [uhb] })]],
  ['agreement-not-signed', '2.0', [draft('2.0', { signedBy: [uhb, icb, council] })]],
  ['done', '2.0', [draft('2.0', { signedBy: [uhb, bchc] })]],
  ['agreement-already-active', '1.9', [standing]],
  ['agreement-over', '1.9', [{ ...standing, terminatedAt: now }]],
  ['agreement-over', '2.0', [draft('2.0')], end],
  ['done', '2.0', [draft('2.0')], justBefore(end)],
  ['agreement-version-older', '1.8', [standing, draft('1.8')]],
  ['done', '1.8', [{ ...standing, terminatedAt: now }, draft('1.8')]],
  ['agreement-unknown', '3.0', [standing]],
])('an activation is answered with %s (%#)', (code, version, versions, at = now) => expect(codeOf(activation(version, versions, at))).toBe(code));

it.each<[string, Partial<Parameters<typeof planSigning>[1]>, Partial<RegisteredAgreement>, Date?]>([
  ['done', {}, {}],
  ['done', { organisation: icb }, { activatedAt: start }],
  ['agreement-edited', { sha256: '1'.repeat(64) }, {}],
  ['agreement-not-a-party', { organisation: 'https://example.org/id|X' }, {}],
  ['agreement-already-signed', { organisation: uhb }, {}],
  ['agreement-over', {}, { activatedAt: start, terminatedAt: now }],
  ['agreement-over', {}, {}, end],
])('a signature is answered with %s (%#)', (code, signing, changes, at = now) => {
  expect(codeOf(planSigning({ versions: [draft('2.0', changes)], version: '2.0', now: at }, { organisation: council, signatory: 'Somebody', sha256: '0'.repeat(64), ...signing }))).toBe(code);
});

it.each<[string, RegisteredAgreement]>([
  ['done', standing],
  ['done', { ...standing, terminatedAt: end }],
  ['agreement-not-active', draft('1.9')],
  ['agreement-over', { ...standing, terminatedAt: now }],
])('an end is answered with %s (%#)', (code, registered) => expect(codeOf(planTermination({ versions: [registered], version: '1.9', now }))).toBe(code));

it.each<[RegExp, RegisteredAgreement]>([
  [/signed by Name of RYW, and then activated/, draft('1.0', { signedBy: [uhb] })],
  [/until it is activated/, draft('1.0')],
  [/in force until the end of 2026-12-31/, standing],
  [/until it is replaced at 2026-10-01/, { ...standing, terminatedAt: new Date('2026-10-01T00:00:00Z') }],
  [/is over/, { ...standing, terminatedAt: now }],
  [/begins to share on 2026-10-01/, draft('1.0', { activatedAt: start }, { start: new Date('2026-10-01T00:00:00Z'), end: new Date('2028-01-01T00:00:00Z') })],
])('what comes next: %s', (sentence, registered) => expect(nextStep(registered, now)).toMatch(sentence));

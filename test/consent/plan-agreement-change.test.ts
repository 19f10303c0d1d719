import { nextStep } from '../../src/consent/next-step.ts';
import { planActivation, planSigning, planTermination, type AgreementPlan } from '../../src/consent/plan-agreement-change.ts';
import type { RegisteredAgreement } from '../../src/consent/types.ts';
import { missingSignatures, waitingClauses } from '../../src/consent/waiting-clauses.ts';
import { agreement, bchc, bsmhft, clause, council, end, icb, inForce, justBefore, now, start, uhb } from './sharing-cases.ts';

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
  [/shares nothing, and cannot be activated before [^.]*\. Not signed by Name of RYW\.$/, draft('1.0', { signedBy: [uhb] })],
  [/until it is activated/, draft('1.0')],
  [/in force until the end of 2026-12-31/, standing],
  [/until it is replaced at 2026-10-01/, { ...standing, terminatedAt: new Date('2026-10-01T00:00:00Z') }],
  [/is over/, { ...standing, terminatedAt: now }],
  [/begins to share on 2026-10-01/, draft('1.0', { activatedAt: start }, { start: new Date('2026-10-01T00:00:00Z'), end: new Date('2028-01-01T00:00:00Z') })],
])('what comes next: %s', (sentence, registered) => expect(nextStep(registered, now)).toMatch(sentence));

describe('an agreement of which only some clauses are signed', () => {
  const three = agreement([clause(), clause({ number: '2.1', to: [bsmhft, council] }), clause({ number: '3.1', from: [council], to: [uhb] })]);
  const signed = (...signedBy: string[]): RegisteredAgreement => ({ agreement: three, activatedAt: null, terminatedAt: null, signedBy });
  const active = (...signedBy: string[]): RegisteredAgreement => ({ ...signed(...signedBy), activatedAt: start });

  it.each<[string, string[]]>([
    ['done', [uhb, bchc]],
    ['done', [uhb, council]],
    ['agreement-not-signed', [uhb]],
    ['agreement-not-signed', [bchc, council]],
    ['agreement-not-signed', [icb]],
  ])('is answered with %s when activated, as soon as one clause has everybody it names (%#)', (code, signedBy) => {
    expect(codeOf(activation('1.0', [signed(...signedBy)]))).toBe(code);
  });

  it('that has no whole clause is refused with the names of those who are missing, and of nobody else', () => {
    const plan = activation('1.0', [signed(bchc, council)]);
    const text = 'problem' in plan ? plan.problem.text : '';
    expect(text).toContain(`Name of RRK (${uhb}), Name of RXT (${bsmhft})`);
    expect(text).not.toMatch(/Name of (RYW|QHL|E08000025)/);
  });

  it('says which clauses wait, and for whom', () => {
    expect(waitingClauses(signed(uhb, bchc))).toEqual([{ number: '2.1', missing: [bsmhft, council] }, { number: '3.1', missing: [council] }]);
    expect(missingSignatures(signed(uhb, bchc)).map(({ organisation }) => organisation)).toEqual([bsmhft, council]);
    expect(waitingClauses(signed(uhb, bchc, bsmhft, council))).toEqual([]);
  });

  it.each<[RegExp, RegisteredAgreement]>([
    [/^1 of its 3 clauses can share: every party named there has signed\. It shares nothing until it is activated\. Clauses 2\.1, 3\.1 share nothing until signed by Name of RXT, Name of E08000025\.$/, signed(uhb, bchc)],
    [/^It is in force until [^.]*\. Clause 2\.1 shares nothing until signed by Name of RXT\.$/, active(uhb, bchc, council)],
    [/^It is in force until [^.]*\.$/, active(uhb, bchc, council, bsmhft)],
  ])('what comes next: %s', (sentence, registered) => expect(nextStep(registered, now)).toMatch(sentence));

  it('names the first of many who are missing, and how many more there are', () => {
    expect(nextStep({ ...signed(), agreement: agreement([clause({ from: [uhb, bchc, bsmhft], to: [council, icb] })]) }, now)).toMatch(/Not signed by Name of RRK, Name of RYW, Name of RXT, Name of E08000025 and 1 more\.$/);
  });

  it('a signature that comes later needs no second activation', () => {
    expect(codeOf(planSigning({ versions: [active(uhb, bchc)], version: '1.0', now }, { organisation: council, signatory: 'Somebody', sha256: three.sha256 }))).toBe('done');
  });
});

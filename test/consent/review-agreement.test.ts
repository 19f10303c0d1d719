import { reviewAgreement } from '../../src/consent/review-agreement.ts';
import { bchc, icb, uhb } from './sharing-cases.ts';

/** What is asked of a text before it enters the register, beyond what any registered text must be. */

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const clauses = (second: string): string => `id: two-clauses
version: "1.0"
title: Two clauses
period: { from: 2024-04-01, to: 2029-03-31 }
reviewDate: 2026-03-31
lawfulBases: [ "UK GDPR Article 6(1)(e)" ]
parties:
  - { id: uhb, name: UHB, identifier: { system: ${ods}, value: RRK }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: bchc, name: BCHC, identifier: { system: ${ods}, value: RYW }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: icb, name: ICB, identifier: { system: ${ods}, value: QHL }, capacity: controller, signatoryRole: SIRO }
clauses:
  - number: "1.1"
    text: The hospital shares episodes and plans.
    from: [uhb]
    to: [bchc, icb]
    purposes: [TREAT, COC]
    roles: [nurse, doctor]
    categories: [episode, plan]
    consentBasis: implied
    notice: generic
  - number: "1.2"
    text: The hospital shares plans.
${second}`;
const also = (changes: Record<string, string> = {}): string => Object.entries({
  from: '[uhb, bchc]', to: '[bchc]', purposes: '[COC, ETREAT]', roles: '[nurse]', categories: '[plan, referral]', consentBasis: 'implied', notice: 'generic', ...changes,
}).map(([key, value]) => `    ${key}: ${value}\n`).join('');

const known = new Set([uhb, bchc, icb]);
function problemsOf(text: string) {
  const read = reviewAgreement(text, known);
  return 'problems' in read ? read.problems : [];
}

it.each<[string, Record<string, string>, number]>([
  ['another consent basis', { consentBasis: 'explicit' }, 28],
  ['another notice', { notice: 'organisation' }, 29],
  ['no notice at all', { notice: 'none' }, 29],
])('clauses that contradict each other are refused at the later one: %s', (_, changes, line) => {
  expect(problemsOf(clauses(also(changes)))).toEqual([expect.objectContaining({ code: 'agreement-clauses-contradict', at: expect.objectContaining({ line, column: expect.any(Number) }) })]);
});

it.each<[string, string, Record<string, string>, number]>([
  ['by the clause that excludes it', 'notice: generic', { labels: '[MH, PSY]', excludedLabels: '[PSY]' }, 30],
  ['by a later clause', 'notice: generic\n    excludedLabels: [PSY]', { labels: '[MH, PSY]' }, 31],
])('a label that is excluded is not opened for the same sharing %s', (_, first, changes, line) => {
  expect(problemsOf(clauses(also(changes)).replace('notice: generic', first))).toEqual([expect.objectContaining({ code: 'agreement-clauses-contradict', at: expect.objectContaining({ line }), text: expect.stringContaining('PSY') })]);
});

it.each<[string, Record<string, string>]>([
  ['they say the same', {}],
  ['one excludes what none opens', { excludedLabels: '[PSY]' }],
  ['one opens for others what one excludes', { excludedLabels: '[PSY]', to: '[icb]', from: '[bchc]' }],
  ['no role is common', { consentBasis: 'explicit', roles: '[social-worker]' }],
  ['no purpose is common', { consentBasis: 'explicit', purposes: '[ETREAT]' }],
  ['no category is common', { consentBasis: 'explicit', categories: '[referral]' }],
  ['no giver is common', { consentBasis: 'explicit', from: '[icb]' }],
  ['the common giver is the common receiver', { consentBasis: 'explicit', to: '[uhb, icb]', from: '[bchc]' }],
  ['the other opens labelled records', { consentBasis: 'explicit', labels: '[PSY]' }],
  ['the other is on other evidence', { consentBasis: 'explicit', relationships: '[episode]' }],
])('clauses do not contradict each other when %s', (_, changes) => {
  expect(problemsOf(clauses(also(changes)))).toEqual([]);
});

describe('a primary care network', () => {
  const network = (practices: string, to = '[north]', id = 'north'): string => clauses(also({ to, from: '[uhb]' })).replace('clauses:\n', `networks:\n  - { id: ${id}, name: Example Network North, practices: ${practices} }\nclauses:\n`);

  it('is a word for its practices: a clause that names it names each of them once', () => {
    const read = reviewAgreement(network('[bchc, icb]', '[north, icb]'), known);
    expect('agreement' in read && read.agreement.clauses.map(({ to }) => to)).toEqual([[bchc, icb], [bchc, icb]]);
  });

  it('contradicts a clause that names one of its practices otherwise', () => {
    expect(problemsOf(network('[bchc, icb]').replace('consentBasis: implied\n    notice: generic\n  - number', 'consentBasis: explicit\n    notice: generic\n  - number'))).toEqual([expect.objectContaining({ code: 'agreement-clauses-contradict' })]);
  });

  it.each([
    ['names nobody who is no party', network('[bchc, council]'), 'agreement-unknown-party'],
    ['has no party\'s id', network('[icb]', '[bchc]', 'bchc'), 'agreement-party-repeated'],
    ['names a practice once', network('[bchc, icb]').replace('clauses:\n', '  - { id: south, name: South, practices: [icb] }\nclauses:\n'), 'agreement-party-repeated'],
    ['does not share with itself alone', network('[uhb]', '[north]'), 'agreement-shares-with-nobody'],
  ])('%s', (_, text, code) => {
    expect(problemsOf(text)).toEqual([expect.objectContaining({ code, at: expect.objectContaining({ line: expect.any(Number) }) })]);
  });
});

it('an organisation that is neither partner nor in the directory is refused, at its identifier', () => {
  expect(reviewAgreement(clauses(also()), new Set([uhb, bchc]))).toEqual({ problems: [expect.objectContaining({
    category: 'invalid', code: 'agreement-organisation-unknown', text: expect.stringContaining('"icb"'), at: expect.objectContaining({ line: 10, pointer: '/parties/2/identifier' }),
    fix: expect.stringContaining('mappings/partners.yaml'),
  })] });
});

it('where nobody can say who is known, nobody is unknown', () => {
  expect(reviewAgreement(clauses(also()), null)).toMatchObject({ agreement: { id: 'two-clauses' } });
});

describe('bad files, each with a place', () => {
  const good = clauses(also());
  it.each<[string, string, object]>([
    ['a period reversed', good.replace('to: 2029-03-31', 'to: 2020-03-31'), { code: 'agreement-period-reversed', at: { line: 4, column: 33 } }],
    ['a review after the end', good.replace('reviewDate: 2026-03-31', 'reviewDate: 2030-01-01'), { code: 'agreement-review-outside-period', at: { line: 5, column: 13 } }],
    ['a clause that shares with nobody but the party itself', good.replace('to: [bchc, icb]', 'to: [uhb]'), { code: 'agreement-shares-with-nobody', at: { line: 15, column: 9 } }],
    ['a clause that names no receiver', good.replace('to: [bchc, icb]', 'to: []'), { code: 'agreement-invalid-value', at: { line: 15, column: 9 } }],
    ['a clause without a receiver', good.replace('    to: [bchc, icb]\n', ''), { code: 'agreement-missing-key', text: 'The key "to" is missing in clauses[0].', at: { line: 12 } }],
    ['a clause that names no giver', good.replace('from: [uhb]\n    to: [bchc, icb]', 'from: []\n    to: [bchc, icb]'), { code: 'agreement-invalid-value', at: { line: 14, column: 11 } }],
    ['an unknown key in a clause', good.replace('    from: [uhb]\n    to: [bchc, icb]', '    from: [uhb]\n    to: [bchc, icb]\n    excludes: [PSY]'), { code: 'agreement-unknown-key', text: 'The key "excludes" is not known in clauses[0].', at: { line: 16, column: 15 } }],
    ['an unknown key in a party', good.replace('capacity: controller, signatoryRole: Caldicott Guardian }\n  - { id: bchc', 'capacity: controller, signatoryRole: Caldicott Guardian, email: a }\n  - { id: bchc'), { code: 'agreement-unknown-key', at: { line: 8 } }],
    ['an empty word on how long things are kept', good.replace('notice: generic', 'notice: generic\n    retention: ""'), { code: 'agreement-invalid-value', at: { line: 21 } }],
    ['an unknown key', good.replace('title:', 'subject:'), { code: 'agreement-unknown-key', at: { line: 3, column: 10 } }],
    ['a clause naming no party', good.replace('to: [bchc, icb]', 'to: [bchc, council]'), { code: 'agreement-unknown-party', at: { line: 15, column: 16 } }],
    ['an anchor used again', good.replace('title: Two clauses', 'title: &a Two clauses\nretention: *a'), { code: 'agreement-not-yaml', at: { line: 4, column: 12 }, fix: 'Write the value out in full.' }],
  ])('%s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual(expect.arrayContaining([expect.objectContaining({ ...problem, at: expect.objectContaining((problem as { at: object }).at) })]));
  });

  it('a billion laughs is refused, not read out', () => {
    const bomb = `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 9 }, () => `*a${i}`).join(', ')}]`).join('\n')}\n`;
    expect(problemsOf(bomb)).toEqual([expect.objectContaining({ code: 'agreement-not-yaml', at: expect.objectContaining({ line: 2 }) })]);
  });

  it('a file of 5 MB is refused unread', () => {
    expect(problemsOf('[ '.repeat(2_500_000))).toEqual([expect.objectContaining({ code: 'agreement-too-large', expected: 'at most 256 KiB' })]);
  });

  it('five hundred clauses are compared', () => {
    const many = Array.from({ length: 500 }, (_, i) => `  - number: "2.${i}"\n    text: T\n${also({ consentBasis: i % 2 ? 'implied' : 'explicit', categories: i % 2 ? '[plan]' : '[referral]' })}`).join('');
    expect(problemsOf(clauses(also()) + many).length).toBeGreaterThan(0);
  });
});

import { diffAgreements } from '../../src/consent/diff-agreements.ts';
import { sayDifference, saySharing } from '../../src/consent/say-sharing.ts';
import type { Agreement, Clause } from '../../src/consent/types.ts';
import { agreement, bchc, bsmhft, clause, council, uhb } from './sharing-cases.ts';

const one = (changes: Partial<Clause> = {}): Agreement => agreement([clause(changes)], { sha256: '1'.repeat(64) });
const two = (clauses: Clause[], changes: Partial<Agreement> = {}): Agreement => agreement(clauses, { version: '1.1', sha256: '2'.repeat(64), ...changes });

function diff(old: Agreement, next: Agreement) {
  const difference = diffAgreements(old, next);
  if (!difference) throw new Error('too wide');
  return difference;
}

it('what is opened is named with everything it takes', () => {
  const { changes } = diff(one(), two([clause({ to: [bchc, council], roles: ['nurse'], categories: ['episode', 'plan'] })]));
  expect(changes).toEqual([
    { kind: 'opened', from: [uhb], to: [bchc], roles: ['nurse'], purposes: ['TREAT'], categories: ['plan'], before: [], after: [{ consentBasis: 'implied', relationships: null, labels: [], notice: 'generic' }] },
    { kind: 'opened', from: [uhb], to: [council], roles: ['nurse'], purposes: ['TREAT'], categories: ['episode', 'plan'], before: [], after: [expect.anything()] },
  ]);
});

it.each<[string, Partial<Clause>, RegExp]>([
  ['consent', { consentBasis: 'explicit' }, /^CHANGED: .* episode; now: only with explicit consent, a general notice .*; before: implied consent/],
  ['relationship', { relationships: ['referral', 'episode'] }, /now: implied consent, only with a live episode or referral/],
  ['labels', { labels: ['PSY'] }, /labels PSY included/],
  ['notice', { notice: 'organisation' }, /now: .*a notice that names the organisation/],
])('a change of %s is told as one', (_, changes, sentence) => {
  const difference = diff(one(), two([clause(changes)]));
  expect(difference.changes).toEqual([expect.objectContaining({ kind: 'changed' })]);
  expect(sayDifference(difference)[0]).toMatch(sentence);
});

it('what is closed comes last', () => {
  const difference = diff(one({ purposes: ['TREAT', 'COC'] }), two([clause({ from: [bsmhft], purposes: ['COC'] })]));
  expect(sayDifference(difference).map((sentence) => sentence.slice(0, 8))).toEqual(['OPENED: ', 'CLOSED: ']);
});

it('numbers, order and cutting of clauses change nothing that is shared', () => {
  const apart = two([clause({ number: '7', categories: ['plan'] }), clause({ number: '3', categories: ['episode'] })]);
  const difference = diff(one({ categories: ['episode', 'plan'] }), apart);
  expect(difference.changes).toEqual([]);
  expect(sayDifference(difference)).toEqual(['Nothing is opened, closed or opened on other terms.', expect.stringContaining('Words for people differ')]);
});

it('a second clause that opens the same on other terms is a change', () => {
  const { changes } = diff(one(), two([clause(), clause({ number: '2', relationships: ['episode'], labels: ['PSY'] })]));
  expect(changes).toEqual([expect.objectContaining({ kind: 'changed', before: [expect.anything()], after: [expect.anything(), expect.anything()] })]);
});

it('tells of parties, dates and another agreement', () => {
  const next = two([clause()], { id: 'other', parties: one().parties.slice(1), reviewDate: '2026-11-01', period: { start: new Date('2026-01-01T00:00:00Z'), end: new Date('2028-01-01T00:00:00Z') } });
  expect(diff(one(), next).others.map(({ what }) => what)).toEqual(['agreement', 'party-removed', 'period', 'review', 'words']);
  expect(sayDifference(diff(one(), next))).toContain('The period is 2026-01-01 to 2027-12-31; it was 2026-01-01 to 2026-12-31.');
});

it('tells what clauses say of how long things are kept, though it opens and closes nothing', () => {
  const next = two([clause({ retention: 'Twelve months.' }), clause({ number: '2', categories: ['plan'], retention: 'As the record.' })]);
  const difference = diff(two([clause({ retention: 'Nothing is kept.' }), clause({ number: '2', categories: ['plan'] })], { version: '1.0', sha256: '1'.repeat(64) }), next);
  expect(difference.changes).toEqual([]);
  expect(sayDifference(difference)).toEqual([
    'Nothing is opened, closed or opened on other terms.',
    'Of how long things are kept, clause 1.1 says "Twelve months."; it said "Nothing is kept.".',
    'Of how long things are kept, clause 2 says "As the record."; it said nothing of its own.',
  ]);
  expect(diff(next, two([clause()], { sha256: '3'.repeat(64) })).others.filter(({ what }) => what === 'retention')).toHaveLength(2);
});

it('the words of an agreement say how long what a clause shares is kept', () => {
  expect(saySharing(one({ retention: 'Twelve months.' })).at(-1)).toMatch(/^Clause 1\.1: .*kept back\. Kept: Twelve months\.$/);
  expect(saySharing(one()).at(-1)).not.toContain('Kept');
});

it('the same text is the same', () => expect(sayDifference(diff(one(), one()))).toEqual(['The two texts say the same.']));

it('a text that opens a billion flows is not compared', () => {
  const everybody = Array.from({ length: 1000 }, (_, i) => `https://example.org/id|${i}`);
  expect(diffAgreements(one(), two([clause({ from: everybody, to: everybody })]))).toBeNull();
});

it('joining adds nothing: every single flow is in exactly one sentence', () => {
  const next = two([clause({ from: [uhb, bsmhft], to: [bchc, council, uhb], roles: ['nurse', 'doctor'], categories: ['plan', 'episode'] }), clause({ number: '2', from: [council], to: [uhb], roles: ['doctor'] })]);
  const singles = diff(agreement([clause({ from: [bchc], to: [uhb], categories: ['voluntary'] })]), next).changes.filter(({ kind }) => kind === 'opened')
    .flatMap(({ from, to, roles, purposes, categories }) => from.flatMap((giver) => to.flatMap((receiver) => roles.flatMap((role) => purposes.flatMap((purpose) => categories.map((category) => [giver, receiver, role, purpose, category].join(' ')))))));
  expect(new Set(singles).size).toBe(singles.length);
  expect(singles.filter((single) => single.startsWith(`${uhb} ${uhb}`))).toEqual([]);
  expect(singles).toHaveLength((2 + 3) * 2 * 2 + 1);
});

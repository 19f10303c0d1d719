import { agreementsOf } from '../../../src/viewer/governance/agreement-view.ts';
import { compareAgreements } from '../../../src/viewer/governance/compare-agreements.ts';
import { shippedContracts } from './shipped-contracts.ts';

const now = new Date('2026-11-22T10:00:00Z');
const [before] = agreementsOf(shippedContracts(now), now);
if (!before) throw new Error('no agreement ships');
const [first, ...others] = before.clauses;
if (!first) throw new Error('the first agreement has no clause');

test('the same text is no change', () => expect(compareAgreements(before, structuredClone(before))).toEqual([]));

test('a clause that came, one that went and one that is otherwise are told apart, with how it was and how it is', () => {
  const after = { ...before, clauses: [{ ...first, roles: [...first.roles, 'astronaut'] }, ...others.slice(1), { ...first, number: '99.1' }] };
  const changes = compareAgreements(before, after);
  expect(changes.map(({ of, kind }) => [of, kind])).toEqual([[`Clause ${first.number}`, 'changed'], [`Clause ${others[0]?.number ?? ''}`, 'removed'], ['Clause 99.1', 'added']]);
  expect(changes[0]?.parts).toEqual([{ label: 'Who there', before: first.roles.join(', '), after: [...first.roles, 'astronaut'].join(', ') }]);
});

test('what the whole agreement says otherwise stands first; what is missing is said', () => {
  expect(compareAgreements(before, { ...before, period: 'Since 2030', exclusions: [] })).toMatchObject([{ of: 'Facts', kind: 'changed', parts: [{ label: 'Period', after: 'Since 2030' }, { label: 'What is not shared under it', after: 'Nothing' }] }]);
});

import { aboutPeople, foldRuns } from '../../../src/viewer/governance/log-runs.ts';
import { aRow } from './log-rows.ts';

describe('systems sending files', () => {
  const sent = (id: string) => aRow({ id, kind: 'sent', bySystem: true, outcome: 'accepted' });
  const ids = (items: ReturnType<typeof foldRuns>) => items.map((item) => (item.kind === 'row' ? item.row.id : item.rows.map(({ id }) => id)));

  test('are told as one from three in a row on', () => {
    expect(ids(foldRuns([sent('1'), sent('2'), aRow({ id: 'look' }), sent('3'), sent('4'), sent('5')]))).toEqual(['1', '2', 'look', ['3', '4', '5']]);
  });

  test('never hide a refusal, a person or another kind of entry', () => {
    const others = [aRow({ id: 'a', kind: 'sent', bySystem: true, outcome: 'refused' }), aRow({ id: 'b', kind: 'sent', bySystem: false, outcome: 'accepted' }), aRow({ id: 'c', kind: 'list', bySystem: true })];
    expect(ids(foldRuns([...others, sent('1'), ...others]))).toEqual(['a', 'b', 'c', '1', 'a', 'b', 'c']);
  });
});

describe('looks at people only', () => {
  test('leave out the log, registers and what was sent in, and nothing that is about somebody', () => {
    const rows = (['opened', 'identity', 'people', 'list', 'choice', 'other', 'log', 'register', 'sent'] as const).map((kind) => aRow({ kind, citizens: [] }));
    expect(aboutPeople(rows).map(({ kind }) => kind)).toEqual(['opened', 'identity', 'people', 'list', 'choice', 'other']);
    expect(aboutPeople([aRow({ kind: 'sent', citizens: ['c1'] })])).toHaveLength(1);
  });
});

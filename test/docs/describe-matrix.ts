import { outcomes } from '../flow/matrix-outcomes.ts';
import { paths, type Cell } from '../flow/matrix-paths.ts';
import { columnsOf, withoutColumn } from '../flow/matrix-routes.ts';
import { systemPaths } from '../flow/matrix-systems.ts';

export interface MatrixRow {
  key: string;
  rule: number;
  cells: Cell[];
  /** as a system asks; none where only a person can */
  systemCells: Cell[];
}

const signs: Record<Cell, string> = { shown: '**shown**', hidden: 'hidden', refused: 'refused' };

/** docs/sharing-matrix.md: what really came out on every way to a record, for every way a decision can come out. */
export function describeMatrix(rows: readonly MatrixRow[]): string {
  const lines = [
    '# Who is shown what, on every way there is', '',
    'Made by a test that asks a real gateway every question in this table; `UPDATE_DOCS=1 npm test -- test/docs/sharing-matrix`',
    'writes it anew. Each row has a citizen of its own, about whom a decision comes out in this one way. Each column is a way to',
    'get at the same information. A row says the same in all its columns, or it has a reason that stands below.', '',
    'The caller is a nurse of the community trust who treats, and in the rows on oversight the governance lead. The person is known',
    'to the caller in every row: only what is asked for is in question. `rule` is the number of the combining rule that decides.', '',
    '- **shown**: the information is in the answer.',
    '- hidden: the information is not in the answer. That nothing else in the answer tells of it is what the twin worlds prove',
    '  (`npm run check:twin`): the answer is the one that would have come if the information did not exist.',
    '- refused: the caller, or anybody, is refused on this way, in the same words whatever the record holds.', '',
    `| how it comes out | rule | ${paths.map(({ name }) => name).join(' | ')} |`,
    `| --- | --- | ${paths.map(() => '---').join(' | ')} |`,
    ...rows.map(({ key, rule, cells }) => `| ${outcomes.find((each) => each.key === key)?.name ?? key} | ${rule} | ${cells.map((cell) => signs[cell]).join(' | ')} |`),
    '', '## A system asks', '',
    'The caller is the community trust\'s system, registered with the purpose TREAT and `system/*.cruds`: the clauses name the role integration',
    'as well. Emergency access is for people. A notification and `$events` tell of a stay that is as the row says; exports and',
    'notifications are of people whom the trust cares for, as it does for everybody here.', '',
    `| how it comes out | rule | ${systemPaths.map(({ name }) => name).join(' | ')} |`,
    `| --- | --- | ${systemPaths.map(() => '---').join(' | ')} |`,
    ...rows.filter(({ systemCells }) => systemCells.length > 0).map(({ key, rule, systemCells }) => `| ${outcomes.find((each) => each.key === key)?.name ?? key} | ${rule} | ${systemCells.map((cell) => signs[cell]).join(' | ')} |`),
    '', '## The ways', '', '| column | what is asked |', '| --- | --- |', ...[...paths, ...systemPaths.filter(({ name }) => !paths.some((path) => path.name === name))].map(({ name, asks }) => `| ${name} | ${asks} |`),
    '', '## Where a row is not all the same', '',
    '- *log*, *who looked* and *explained* are for those who watch over sharing. They show governance that a row exists and why somebody may see',
    '  it, and nothing that stands in it. Everybody else is refused.',
    '- *after emergency* is the same read once the caller has asked for emergency access. It is refused to those who give no care. It',
    '  opens what only lacks a relationship or is closed by a general objection, and nothing else.',
    '', '## Every route', '',
    'A route that is added without a column or a reason fails the test that makes this page.', '',
    '| route | columns |', '| --- | --- |', ...Object.entries(columnsOf).map(([route, columns]) => `| \`${route}\` | ${columns.join('; ')} |`),
    '', 'Without a column:', '',
    ...withoutColumn.map(({ why, routes }) => `- ${why}: ${routes.map((route) => `\`${route}\``).join(', ')}`),
  ];
  return `${lines.join('\n')}\n`;
}

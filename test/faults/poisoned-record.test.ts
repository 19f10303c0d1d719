import { randomBytes } from 'node:crypto';
import { databases } from '../databases.ts';
import { message } from '../intake/adt.ts';
import { csvHeader } from '../../src/demo/csv.ts';
import { cldColumns } from '../../src/demo/cld-columns.ts';
import { until } from '../patience.ts';
import { openWorks, type Works } from './open-works.ts';

/** Longer than a key in an index may be, and not compressible. */
const endless = randomBytes(6_000).toString('hex');

const poisons: Record<string, [feed: string, content: string]> = {
  'a person id without end': ['uhb-adt', message({ id: 'P1', pid: { 3: `${endless}^^^RRK` } })],
  'a control id without end': ['uhb-adt', message({ id: endless })],
  'NUL inside a message': ['uhb-adt', message({ id: 'P3', pid: { 5: 'OKA\u0000FOR^ALICE' } })],
  'NUL inside a CSV': ['bcc-cld', `${csvHeader(cldColumns)}a\u0000b\n`],
  'a person key without end in a CSV': ['bcc-cld', `${csvHeader(cldColumns)}${endless}\n`],
};

describe.each(databases)('a record nobody foresaw, on $kind', ({ open }) => {
  let works: Works;
  beforeAll(async () => { works = await openWorks(await open()); });
  afterAll(() => works.close());

  const finished = async (taskId: string): Promise<boolean> =>
    (await works.database.query(`select 1 from source_record where task_id = $1 and state in ('done', 'rejected')`, [taskId])).length > 0;

  it.each(Object.entries(poisons))('%s does not hold up the next record', async (name, [feed, content]) => {
    const poisoned = await works.post(feed, '', content);
    const next = await works.post('uhb-adt', '', message({ id: `next-${name.length}`, event: 'A28', pid: { 3: `H${name.length}^^^RRK` }, pv1: null }));
    works.services.worker.wake();
    await until(() => finished(next), 'the end of the next');
    await until(() => finished(poisoned), 'the end of the poisoned one');
  });

  it('that the database refuses to lay out in rows is rejected with the reason, and the next of the same batch goes on', async () => {
    await works.database.query(`create function refuse_one_row() returns trigger language plpgsql as $$ begin
      if new.content like '%POISON%' then raise exception 'a fault nobody foresaw'; end if; return new; end $$`);
    await works.database.query('create trigger refuse_one_row before insert on intake_row for each row execute function refuse_one_row()');
    const [before, poisoned, after] = await Promise.all(['BEFORE', 'POISON', 'AFTER'].map((family) =>
      works.post('uhb-adt', '', message({ id: `layout-${family}`, event: 'A28', pid: { 3: `H${family}^^^RRK`, 5: `${family}^GIVEN` }, pv1: null }))));
    works.services.worker.wake();
    for (const each of [before, poisoned, after]) await until(() => finished(each ?? ''), 'the end of each');
    const states = await works.database.query<{ task_id: string; state: string; problems: { code: string }[] }>('select task_id, state, problems from source_record where task_id = any($1::uuid[])', [[before, poisoned, after]]);
    expect(Object.fromEntries(states.map(({ task_id: id, state, problems }) => [id, [state, ...problems.map(({ code }) => code)]])))
      .toEqual({ [before ?? '']: ['done'], [poisoned ?? '']: ['rejected', 'intake-failed'], [after ?? '']: ['done'] });
  });
});

import { databases } from '../databases.ts';
import { message } from '../intake/adt.ts';
import type { Problem } from '../../src/fhir/problem.ts';
import { until } from '../patience.ts';
import { openWorks, type Works } from './open-works.ts';
import { untilIdle } from './run-with-kills.ts';

const sick = 'H6660001';
const healthy = ['H6660002', 'H6660003', 'H6660004'];
const triesBeforeQuarantine = 5;

/** The database itself refuses one person's Patient: no code of ours expects that. */
const breakOnePerson = `
  create function refuse_one_person() returns trigger language plpgsql as $$ begin
    if new.body like '%${sick}%' then raise exception 'a fault nobody foresaw'; end if;
    return new; end $$;
  create trigger refuse_one_person before insert on citizen_version for each row execute function refuse_one_person()`;

/** How long each try makes the person wait, in seconds, as it was written: what passes until a test looks plays no part. */
const keepWaits = `
  create table waited (attempts int, seconds float8);
  create function keep_wait() returns trigger language plpgsql as $$ begin
    insert into waited values (new.attempts, extract(epoch from new.not_before - statement_timestamp())); return null; end $$;
  create trigger keep_wait after update on intake_person for each row when (new.attempts > old.attempts) execute function keep_wait()`;

function about(person: string, n: number): string {
  return message({ event: 'A28', id: `${person}-${n}`, at: `2024030108${10 + n}00`, pid: { 3: `${person}^^^RRK`, 5: `FAMILY${person.slice(-1)}^GIVEN^^^^^L`, 7: '19500101' }, pv1: null });
}

describe.each(databases)('a row the worker fails on, on $kind', ({ open }) => {
  let works: Works;
  beforeAll(async () => {
    works = await openWorks(await open());
    for (const statement of `${breakOnePerson};${keepWaits}`.split(/;\n {2}(?=create)/)) await works.database.query(statement);
  });
  afterAll(() => works.close());

  const queued = async (): Promise<{ attempts: number; pending: number } | undefined> =>
    (await works.database.query<{ attempts: number; pending: number }>(
      `select attempts, pending from intake_person where person_key = $1`, [sick]))[0];
  const states = async (): Promise<Record<string, string>> => Object.fromEntries((await works.database.query<{ person_key: string; states: string }>(
    `select person_key, string_agg(state, ' ' order by record_id, row_no) as states from intake_row group by person_key`)).map(({ person_key: person, states: all }) => [person, all]));

  let taskId: string;
  it('waits while everybody else in the same file goes on', async () => {
    taskId = await works.post('uhb-adt', '', [about(sick, 1), ...healthy.map((person) => about(person, 1))].join(''));
    works.services.worker.wake();
    await until(async () => (await queued())?.attempts === 1 && Object.values(await states()).filter((state) => state === 'stored').length === healthy.length);
    expect(await states()).toEqual({ [sick]: 'pending', ...Object.fromEntries(healthy.map((person) => [person, 'stored'])) });
  });

  it('is tried again after waits that grow, and quarantined with the reason after five tries', async () => {
    for (let tries = 1; tries < triesBeforeQuarantine; tries += 1) {
      await until(async () => ((await queued())?.attempts ?? 0) >= tries);
      await works.database.query('update intake_person set not_before = now() where person_key = $1', [sick]);
      works.services.worker.wake();
    }
    await untilIdle(works.database);
    const waits = (await works.database.query<{ seconds: number }>('select max(seconds) as seconds from waited group by attempts order by attempts')).map(({ seconds }) => seconds);
    for (const [n, wait] of waits.entries()) {
      expect(wait).toBeLessThanOrEqual(2 ** (n + 1));
      expect(wait).toBeGreaterThan(waits[n - 1] ?? 0);
    }
    expect(waits.length).toBeGreaterThan(2);
    const [row] = await works.database.query<{ state: string; problems: Problem[]; content: string | null }>('select state, problems, content from intake_row where person_key = $1', [sick]);
    expect(row).toMatchObject({ state: 'quarantined', problems: [{ code: 'intake-failed' }] });
    expect(row?.content).toContain(sick);
    expect(await works.database.query(`select 1 from citizen_version where body like '%${sick}%'`)).toEqual([]);
  });

  it('is told in the Task of its file, whose counts reconcile', async () => {
    const [task] = await works.database.query<{ body: string }>('select body from shared_version where id = $1 order by version desc limit 1', [taskId]);
    const told = JSON.parse(task?.body ?? '{}') as { status?: string; output?: { type: { coding: { code: string }[] }; valueInteger?: number }[] };
    expect(told.status).toBe('completed');
    expect(Object.fromEntries((told.output ?? []).flatMap(({ type, valueInteger }) => (valueInteger === undefined ? [] : [[type.coding[0]?.code, valueInteger]]))))
      .toEqual({ received: 4, stored: 3, unchanged: 0, pending: 0, quarantined: 1, rejected: 0 });
    expect(task?.body).toContain('intake-failed');
  });

  it('does not hold up what the person sends later, once the fault is mended', async () => {
    await works.database.query('drop trigger refuse_one_person on citizen_version');
    await works.post('uhb-adt', '', about(sick, 2));
    works.services.worker.wake();
    await untilIdle(works.database);
    expect(await states()).toMatchObject({ [sick]: 'quarantined stored' });
  });
});

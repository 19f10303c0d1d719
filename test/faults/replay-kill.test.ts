import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { freshPostgres } from '../databases.ts';
import { editableMappings, withoutGender } from '../flow/replay-works.ts';
import { message } from '../intake/adt.ts';
import { until } from '../patience.ts';
import { openWorks } from './open-works.ts';

const people = 40;

it('kill -9 in the middle of a replay and of its swap: the next process goes on, and every person has the new version once', async () => {
  const maps = editableMappings();
  const url = await freshPostgres();
  const database = await openPostgres(url, 2);
  const works = await openWorks(await openPostgres(url), { mappings: maps.folder });
  for (let n = 0; n < people; n += 1) {
    await works.post('uhb-adt', '', message({ id: `K${n}`, event: 'A28', pid: { 3: `H${n}^^^RRK`, 5: `OKAFOR${n}^ALICE`, 7: `19${n + 10}0211` }, pv1: null }));
  }
  await works.services.worker.idle();
  await works.close();
  maps.edit('hl7v2-adt/person.map', withoutGender);
  await database.query(holdUp);

  await killedAt(url, maps.folder, 'start', database, 'shadow');
  await killedAt(url, maps.folder, 'approve', database, 'swapping');
  const last = run(url, maps.folder, '');
  await until(async () => (await replayOf(database)).state === 'done');
  last.kill('SIGKILL');

  const versions = await database.query<{ n: number; patients: number }>(
    `select count(*)::int as n, count(distinct r.id)::int as patients from citizen_row r join citizen_version v using (citizen_id, id)
     where r.type = 'Patient' and v.body::jsonb->>'language' = 'en' and v.version = 2 and r.version = 2`);
  expect(versions).toEqual([{ n: people, patients: people }]);
  const [rest] = await database.query("select (select count(*) from replay_row)::int as staged, (select count(*) from intake_row where state <> 'stored')::int as unsettled");
  expect(rest).toEqual({ staged: 0, unsettled: 0 });
  await database.close();
});

function run(url: string, folder: string, command: string): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join('test', 'faults', 'run-replay.ts'), url, folder, command], { cwd: join(import.meta.dirname, '..', '..'), stdio: 'inherit' });
}

/** After a few people it waits for a lock that the test holds. */
const holdUp = `create function hold_up() returns trigger language plpgsql as $$ begin
  if (select state from replay order by replay_id desc limit 1) = tg_argv[0] and (select count(*) from replay_person where step = 1) > 4 then perform pg_advisory_xact_lock(1938); end if; return null; end $$`;

/** Lets a process go through some of the people in this state, and kills it before it has gone through all. */
async function killedAt(url: string, folder: string, command: string, database: Database, state: string): Promise<void> {
  await database.query(`create trigger hold_up after update on replay_person for each statement execute function hold_up('${state}')`);
  await database.transaction(async (holder) => {
    await holder.query('select pg_advisory_xact_lock(1938)');
    const child = run(url, folder, command);
    const ended = new Promise((resolve) => child.once('close', resolve));
    await until(async () => (await replayOf(database)).state === state && (await database.query(isHeldUp)).length > 0, `a process held up in state ${state}`);
    const cut = await replayOf(database);
    child.kill('SIGKILL');
    await ended;
    expect(cut).toMatchObject({ state });
    expect(cut.done).toBeGreaterThan(2);
    expect(cut.done).toBeLessThan(people);
    await database.query(`select pg_terminate_backend(pid) from (${isHeldUp}) held`);
    await until(async () => (await database.query(isHeldUp)).length === 0, 'the end of what was held up');
  });
  await database.query('drop trigger hold_up on replay_person');
}
const isHeldUp = `select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`;

async function replayOf(database: Database): Promise<{ state: string; done: number }> {
  const [row] = await database.query<{ state: string; done: number }>(
    'select state, (select count(*) from replay_person p where p.replay_id = r.replay_id and step = 1)::int as done from replay r order by replay_id desc limit 1');
  return row ?? { state: 'none', done: 0 };
}

import fc from 'fast-check';
import { freshPostgres } from '../databases.ts';
import { message } from '../intake/adt.ts';
import { until, untilBlocked } from '../patience.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { sendersFor, type FeedPost } from './feed-posts.ts';
import { compareRecords, readFinalRecord } from './final-record.ts';
import { openWorks, type Works } from './open-works.ts';
import { copySecrets, untilIdle } from './run-with-kills.ts';

const citizens = 8;
const runs = 3;

/** Few people's posts, each with the one of two gateways that receives it. */
interface Arrival {
  post: FeedPost;
  gateway: 0 | 1;
}

/** Every sender keeps its own order; how the senders take turns, and who receives, is arbitrary. */
function arrivals(): fc.Arbitrary<Arrival[]> {
  const senders = sendersFor(citizens).filter(({ posts }) => posts.length > 0);
  const turns = senders.flatMap(({ posts }, sender) => posts.map(() => sender));
  return fc.tuple(
    fc.shuffledSubarray(turns.map((_, n) => n), { minLength: turns.length }),
    fc.array(fc.constantFrom<0 | 1>(0, 1), { minLength: turns.length, maxLength: turns.length }),
  ).map(([order, gateways]) => {
    const queues = senders.map(({ posts }) => [...posts]);
    return order.flatMap((n, i) => {
      const post = queues[turns[n] ?? 0]?.shift();
      return post ? [{ post, gateway: gateways[i] ?? 0 }] : [];
    });
  });
}

async function work(works: readonly Works[], list: readonly Arrival[]): Promise<void> {
  for (const { post, gateway } of list) {
    await works[gateway % works.length]?.post(post.feed, post.part, post.content);
    for (const each of works) each.services.worker.wake();
  }
  const [first] = works;
  if (first) await untilIdle(first.database);
}

/** Versions of a resource whose source records are not in the order they were received. */
const outOfOrder = `
  select id, version from (select id, version, record_id, row_no, lag(record_id) over w as before_record, lag(row_no) over w as before_row
    from citizen_version window w as (partition by citizen_id, id order by version)) v
  where (record_id, row_no) <= (before_record, before_row)`;
const openTasks = 'select s.record_id from source_record s left join shared_row r on r.id = s.task_id where r.version is distinct from 2';

async function openOn(url: string, from?: Database): Promise<Works> {
  const database = await openPostgres(url, 4);
  if (from) await copySecrets(from, database);
  return openWorks(database);
}

describe('two gateways on one database', () => {
  it('work off interleaved messages of few people as one gateway does: each person in order, each row once, every Task finished', async () => {
    await fc.assert(fc.asyncProperty(arrivals(), async (list) => {
      const url = await freshPostgres();
      const both = [await openOn(url), await openOn(url)] as const;
      const alone = await openOn(await freshPostgres(), both[0].database);
      try {
        await work(both, list);
        await work([alone], list);
        expect(await both[0].database.query(outOfOrder)).toEqual([]);
        expect(await both[0].database.query(openTasks)).toEqual([]);
        expect(compareRecords(await readFinalRecord(both[0].database), await readFinalRecord(alone.database))).toEqual([]);
      } finally {
        await Promise.all([...both, alone].map((each) => each.close()));
      }
    }), { numRuns: runs, seed: 7, endOnFailure: true });
  });

  it('join somebody whom the one is making known while the other reads the merge', async () => {
    const url = await freshPostgres();
    const both = [await openOn(url), await openOn(url)] as const;
    const aside = await openPostgres(url, 2);
    const [{ database, post }] = both;
    const pid = (key: string): Record<number, string> => ({ 3: `${key}^^^RRK`, 5: 'MERGER^ALMA^^^^L' });
    const settled = (): Promise<unknown[]> => database.query("select state from intake_row where message_id = 'MERGE' and state <> 'pending'");
    const blocked = (): Promise<unknown[]> => database.query("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
    try {
      await post('uhb-adt', '', message({ event: 'A28', id: 'KEPT', pid: pid('KEPT'), pv1: null }));
      await untilIdle(database);
      await aside.transaction(async (connection) => {
        await connection.query('lock table fold_state in share row exclusive mode'); // the one stops short of its end
        await post('uhb-adt', '', message({ event: 'A28', id: 'LOST', pid: pid('LOST'), pv1: null }));
        await untilBlocked(database);
        await post('uhb-adt', '', message({ event: 'A40', id: 'MERGE', pid: pid('KEPT'), pv1: null, more: ['MRG|LOST^^^RRK'] }));
        await until(async () => (await settled()).length > 0 || (await blocked()).length > 1, 'the other worker at the merge');
      });
      await untilIdle(database);
      expect(await settled()).toEqual([{ state: 'stored' }]);
      expect(await database.query('select count(distinct citizen_id)::int as citizens, count(*)::int as people from source_person')).toEqual([{ citizens: 1, people: 2 }]);
    } finally {
      await Promise.all([...both.map((each) => each.close()), aside.close()]);
    }
  });
});

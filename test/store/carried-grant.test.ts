import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { countWithheld } from '../../src/store/door/count-withheld.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { stale, throughDoor } from '../../src/store/door/door.ts';
import { readGeneration, saveGrant } from '../../src/store/door/grants.ts';
import { lookAtEverything, lookAtRow } from '../../src/store/door/look-up.ts';
import { readDirectory, readHistory, readIncomplete, readSourcePatients, readVersion } from '../../src/store/door/read-rows.ts';
import { countMatches, searchCitizens, searchRows } from '../../src/store/door/search-rows.ts';
import type { Grant } from '../../src/consent/types.ts';
import { databases, freshPostgres } from '../databases.ts';

const organisations = 40;
const requesters = 1_000;
const views = ['readable_row', 'readable_resource', 'readable_version', 'readable_fragment', 'readable_incomplete'];

/** Sees the one class of its number and nothing else. */
function grantOf(number: number, generation: number, changes: Partial<Grant> = {}): Grant {
  return {
    key: `grant-${number}-${generation}`, organisation: `org-${number}`, role: 'nurse', purpose: 'TREAT', person: null, citizen: null, client: 'demo', generation, validUntil: null,
    exempt: [], open: [number], related: [], explicit: [], explicitRelated: [], directory: false, governance: false, rules: new Map(), ...changes,
  };
}

describe.each(databases)('the grant a read carries, on $kind', ({ kind, open }) => {
  let database: Database;
  let generation: number;
  const citizen = randomUUID();
  const rowOf = new Map<number, string>();
  beforeAll(async () => {
    database = await open();
    generation = await readGeneration(database);
    for (let number = 1; number <= organisations; number += 1) {
      const id = randomUUID();
      rowOf.set(number, id);
      await database.query(
        `with r as (insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, tokens, directory_ids, content_hash)
           values ($1, $2, 'Patient', 1, $3, false, now(), '{1}', '{}', '')),
         f as (insert into citizen_fragment (citizen_id, id, version, path, body, class_id, target, tokens) values ($1, $2, 1, '/address', '[]', $3, null, '{}'))
         insert into citizen_version (citizen_id, id, version, body, deleted, updated_at, record_id, row_no) values ($1, $2, 1, '{}', false, now(), 1, 1)`, [citizen, id, number]);
      await saveGrant(database, grantOf(number, generation));
    }
  });
  afterAll(() => database.close());

  const idsUnder = async (key: string, view = 'readable_row'): Promise<string[]> =>
    (await database.serve<{ id: string }>('reader', key, { name: `ids-${view}`, text: `select id from ${view}`, values: [] })).map(({ id }) => id);
  const lookedAtUnder = async (key: string): Promise<string[]> => {
    const looked = await lookAtEverything(database, key, citizen, { type: '', id: citizen }, 99);
    return typeof looked === 'symbol' ? ['stale'] : looked.rows.map(({ id }) => id);
  };
  const nothing: [what: string, key: () => Promise<string> | string][] = [
    ['no grant is set', () => ''],
    ['the grant is unknown', () => 'grant-of-nobody'],
    ['the grant is of a past generation', () => kept(grantOf(1, generation - 1))],
    ['the grant is of a generation to come', () => kept(grantOf(1, generation + 1))],
    ['the grant was valid until a moment ago', () => kept(grantOf(1, generation, { key: 'over', validUntil: new Date(Date.now() - 1_000) }))],
  ];
  const kept = async (grant: Grant): Promise<string> => {
    await saveGrant(database, grant);
    return grant.key;
  };

  it.each(nothing)('shows nothing in any view when %s', async (_, key) => {
    await idsUnder('grant-1-1'); // leaves its grant on a pooled connection
    for (const view of views) expect(await idsUnder(await key(), view)).toEqual([]);
    expect(await countWithheld(database, await key(), { citizens: [citizen] })).toBe(stale);
  });

  it.each(nothing)('is called stale by every read when %s', async (_, make) => {
    const key = await make();
    const id = rowOf.get(1) ?? '';
    const query = { type: 'Patient', clauses: [], sort: [], count: 10, normal: '' };
    const answers = await Promise.all([
      lookAtRow(database, key, 'Patient', id), readVersion(database, key, 'Patient', id, 1), readHistory(database, key, 'Patient', id, null, 9, 9),
      readSourcePatients(database, key, [citizen]), lookAtEverything(database, key, citizen, { type: '', id }, 9), readDirectory(database, key, []),
      readIncomplete(database, key, [citizen]), searchRows(database, key, query, null), searchCitizens(database, key, query, null), countMatches(database, key, query),
    ]);
    expect(answers).toEqual(answers.map(() => stale));
  });

  it('is not called stale when it holds and finds nothing', async () => {
    expect(await lookAtRow(database, 'grant-1-1', 'Patient', rowOf.get(2) ?? '')).toMatchObject({ rows: [] });
    expect(await readVersion(database, 'grant-1-1', 'Patient', rowOf.get(2) ?? '', 1)).toEqual([]);
    expect(await throughDoor(database, 'grant-1-1', '', 'select r.id from readable_row r', [])).toEqual([{ fresh: true, id: rowOf.get(1) }]);
  });

  it('is never another read\'s: 1,000 reads of 40 grants at once, some of which fail or break their connection, show each its own rows', async () => {
    const reads = Array.from({ length: 1_000 }, (_, i) => i);
    const crossed: unknown[] = [];
    let broken = 0;
    await Promise.all(reads.map(async (i) => {
      const number = (i * 7) % organisations + 1;
      const key = `grant-${number}-1`;
      try {
        if (i % 97 === 0) await database.serve('reader', key, { name: '', text: 'select 1 / 0', values: [] });
        else if (i % 101 === 0 && kind === 'postgresql') await database.serve('reader', key, { name: '', text: 'select pg_terminate_backend(pg_backend_pid())', values: [] });
        else {
          const seen = i % 5 === 0 ? await lookedAtUnder(key) : await idsUnder(key, views[i % 4]);
          if (seen.length !== 1 || seen[0] !== rowOf.get(number)) crossed.push({ number, seen });
        }
      } catch {
        broken += 1;
      }
    }));
    expect(crossed).toEqual([]);
    expect(broken).toBeGreaterThanOrEqual(10);
  });
});

describe('a pooled connection of PostgreSQL', () => {
  it('forgets the grant before: the next one, and none, see only their own', async () => {
    const database = await openPostgres(await freshPostgres(), 1);
    try {
      const generation = await readGeneration(database);
      for (const number of [1, 2]) {
        await saveGrant(database, grantOf(number, generation));
        await database.query(`insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, tokens, directory_ids, content_hash)
          values (gen_random_uuid(), gen_random_uuid(), 'Patient', 1, $1, false, now(), '{}', '{}', '')`, [number]);
      }
      const classes = async (key: string): Promise<number[]> =>
        (await database.serve<{ class_id: number }>('reader', key, { name: 'classes', text: 'select class_id from readable_row', values: [] })).map((row) => row.class_id);
      const backend = async (): Promise<unknown> => database.serve('reader', 'grant-1-1', { name: '', text: 'select pg_backend_pid()', values: [] });
      const before = await backend();
      expect(await classes('grant-1-1')).toEqual([1]);
      expect(await classes('grant-2-1')).toEqual([2]);
      expect(await classes('')).toEqual([]);
      await expect(database.serve('reader', 'grant-2-1', { name: '', text: 'select nonsense', values: [] })).rejects.toThrow();
      expect(await classes('grant-1-1')).toEqual([1]);
      await database.query('update policy_generation set generation = generation + 1');
      expect(await classes('grant-1-1')).toEqual([]);
      expect(await backend()).toEqual(before);
    } finally {
      await database.close();
    }
  });

  it('is never another read\'s on three connections: 1,000 reads of 1,000 requesters, with failed, cancelled, timed-out and killed statements and aborted transactions between them', async () => {
    const url = await freshPostgres();
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    await admin.query(`do $$ begin execute format('alter database %I set statement_timeout = ''1500ms''', current_database()); end $$`);
    await admin.end();
    const database = await openPostgres(url, 3);
    try {
      const generation = await readGeneration(database);
      await Promise.all(Array.from({ length: requesters }, (_, i) => saveGrant(database, grantOf(i + 1, generation))));
      await database.query(`insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, tokens, directory_ids, content_hash)
        select gen_random_uuid(), gen_random_uuid(), 'Patient', 1, n, false, now(), '{}', '{}', '' from generate_series(1, $1) n`, [requesters]);
      const serve = (key: string, text: string, name = ''): Promise<{ class_id: number }[]> => database.serve('reader', key, { name, text, values: [] });
      const disturbances: ((key: string) => Promise<unknown>)[] = [
        (key) => serve(key, 'select 1 / 0'), (key) => serve(key, 'select nonsense'), (key) => serve(key, 'select pg_sleep(4)'), (key) => serve(key, 'select pg_terminate_backend(pg_backend_pid())'),
        async (key) => Promise.all([serve(key, 'select pg_sleep(2), 7'), cancelSleepers(database)]),
        () => database.transaction(async (connection) => {
          await connection.query(`select set_config('onestory.grant', 'grant-1-1', true)`);
          await connection.query('select 1 / 0');
        }),
      ];
      const crossed: unknown[] = [];
      const disturbed = disturbances.map(() => 0);
      await Promise.all(Array.from({ length: requesters }, async (_, i) => {
        const number = (i * 7) % requesters + 1; // each once
        const key = `grant-${number}-1`;
        const which = Math.floor(i / 40) % disturbances.length;
        if (i % 40 === 13) return disturbances[which]?.(key).catch(() => { disturbed[which] = (disturbed[which] ?? 0) + 1; });
        const read = (): Promise<{ class_id: number }[]> => serve(key, 'select class_id from readable_row', i % 2 === 0 ? 'classes' : '').catch((error: { code?: string }) => {
          if (error.code !== '57014') throw error;
          return read(); // on a busy machine the time that ends what sleeps ends others too: they ask again
        });
        const seen = (await read()).map((row) => row.class_id);
        if (seen.length !== 1 || seen[0] !== number) crossed.push({ number, seen });
      }));
      expect(crossed).toEqual([]);
      expect(disturbed.filter((times) => times === 0)).toEqual([]);
    } finally {
      await database.close();
    }
  });
});

/** As an administrator would who sees a statement that takes too long. */
async function cancelSleepers(database: Database): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const cancelled = await database.query(`select pg_cancel_backend(pid) from pg_stat_activity where query like 'select pg_sleep(2), 7%' and state = 'active' and datname = current_database()`);
    if (cancelled.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

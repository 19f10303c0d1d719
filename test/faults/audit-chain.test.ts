import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { freshPostgres } from '../databases.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { checkAuditChain, verifyStoredChain } from './check-audit-chain.ts';

const processes = 2;
const entriesEach = 1_000;
const script = join(import.meta.dirname, 'append-entries.ts');

function append(url: string, name: string): Promise<number | null> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, url, String(entriesEach), name], { stdio: 'ignore' });
  return new Promise((resolve) => child.once('close', resolve));
}

describe(`an audit chain that ${processes} processes append to at once`, () => {
  let database: Database;
  beforeAll(async () => {
    const url = await freshPostgres();
    database = await openPostgres(url, 2);
    const codes = await Promise.all(Array.from({ length: processes }, (_, n) => append(url, `appender${n}`)));
    expect(codes).toEqual(Array.from({ length: processes }, () => 0));
  }, 90_000);
  afterAll(() => database.close());

  it('holds every entry once, without a gap, and verifies', async () => {
    expect(await checkAuditChain(database)).toEqual({ entries: processes * entriesEach, violations: [] });
    expect(await database.query('select max(seq)::int as last, count(distinct id)::int as ids from audit_entry')).toEqual([{ last: processes * entriesEach, ids: processes * entriesEach }]);
  });

  it('really was written by all of them in turns', async () => {
    const turns = await database.query('select 1 from (select agent, lag(agent) over (order by seq) as before from audit_entry) a where agent <> before');
    expect(turns.length).toBeGreaterThan(processes);
  });

  it.each([
    ['changing an entry', `update audit_entry set entry = entry where seq = 5`],
    ['deleting an entry', `delete from audit_entry where seq = 5`],
    ['emptying the log', `truncate audit_entry`],
  ])('refuses %s', async (_, statement) => {
    await expect(database.query(statement)).rejects.toThrow('append only');
    expect(await checkAuditChain(database)).toEqual({ entries: processes * entriesEach, violations: [] });
  });

  /** What somebody with every right on the database can do: the trigger is off, the change is made, and the chain tells. */
  it.each([
    ['an entry says something else', `update audit_entry set entry = replace(entry, 'permitted', 'denied') where seq = 700`, { index: 699, reason: 'entry-changed' }],
    ['an entry and its commitment are another\'s', `update audit_entry a set entry = b.entry, salt = b.salt, commitment = b.commitment from audit_entry b where a.seq = 700 and b.seq = 701`, { index: 699, reason: 'chain' }],
    ['an entry is gone', `delete from audit_entry where seq = 700`, { index: 699, reason: 'sequence' }],
    ['the newest entry is gone', `delete from audit_entry where seq = ${processes * entriesEach}`, { reason: 'truncated' }],
  ])('shows it when %s', async (_, tampering, found) => {
    const caught = await database.transaction(async (connection) => {
      await connection.query('alter table audit_entry disable trigger user');
      await connection.query(tampering);
      const finding = await verifyStoredChain({ ...database, query: async (text, values) => (await connection.query(text, values ?? [])).rows });
      throw new Found(finding); // nothing of this stays
    }).catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(Found);
    expect((caught as Found).finding).toMatchObject({ kind: 'broken', ...found });
    expect(await checkAuditChain(database)).toEqual({ entries: processes * entriesEach, violations: [] });
  });
});

class Found extends Error {
  readonly finding: unknown;
  constructor(finding: unknown) {
    super('found');
    this.finding = finding;
  }
}

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkpointText, readCheckpoint, signedNote } from '../../src/audit/checkpoint.ts';
import type { AuditEntry } from '../../src/audit/types.ts';
import { openLogIdentity, publishingOf } from '../../src/audit-services.ts';
import type { WitnessConfig } from '../../src/config-audit.ts';
import { startCheckpoints } from '../../src/edge/checkpoints/publish-checkpoints.ts';
import { createPostHook } from '../../src/edge/webhooks/post-hook.ts';
import type { LogEvent } from '../../src/edge/log.ts';
import { hashesOf } from '../../src/flow/audit/log-tree.ts';
import { verifyGrowth } from '../../docs/verify-audit.mjs';
import { proveGrowth } from '../../src/flow/audit/prove-log.ts';
import { fitsLog, makeCheckpoint, type LogIdentity } from '../../src/flow/audit/make-checkpoint.ts';
import { sealEntries } from '../../src/flow/audit/seal-entries.ts';
import { newestCheckpoint } from '../../src/store/audit/audit-checkpoints.ts';
import { openAuditTrail } from '../../src/store/audit/audit-trail.ts';
import { readHead } from '../../src/store/audit/audit-tree.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { entryOf, newSigner, origin } from '../audit/log-of.ts';
import { freshPostgres } from '../databases.ts';
import { startWitness } from '../audit/witness.ts';
import { checkAuditLog, verifyStoredLog } from './check-audit-log.ts';

const entriesEach = 1_000;
const killedAfter = 300;
const script = join(import.meta.dirname, 'append-entries.ts');
const identity: LogIdentity = { origin, signers: [newSigner()] };

/** Appends in a process of its own, once `begin` resolves, until it has done so many, or has told of so many and is killed. */
function append(url: string, name: string, count: number, { begin, ready, killAfter = Infinity }: { begin: Promise<void>; ready: () => void; killAfter?: number }): Promise<{ code: number | null; told: string[] }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, url, String(count), name], { stdio: ['pipe', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.once('data', ready); // the first line says that it is there
  void begin.then(() => child.stdin.end('begin'));
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString();
    if (out.split('\n').length > killAfter) child.kill('SIGKILL');
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, told: out.split('\n').slice(1, -1) })));
}

/** A checkpoint of an earlier size, as it would have been made then. */
async function noteOf(database: Database, size: number): Promise<string> {
  const [root] = await hashesOf(database, [{ start: 0, end: size }]) ?? [];
  return signedNote(checkpointText({ origin, size, root: root ?? Buffer.alloc(0) }), identity.signers);
}

describe('a log that three processes append to at once, one of which is killed', () => {
  let database: Database;
  let acknowledged: string[];
  const notes: string[] = [];

  beforeAll(async () => {
    const url = await freshPostgres();
    database = await openPostgres(url, 2);
    let over = false;
    const [begin, ...there] = Array.from({ length: 4 }, () => Promise.withResolvers<void>()) as [PromiseWithResolvers<void>, ...PromiseWithResolvers<void>[]];
    const processes = [['appender0', entriesEach, Infinity], ['appender1', entriesEach, Infinity], ['killed', 1_000_000, killedAfter]] as const;
    const appending = Promise.all(processes.map(([name, count, killAfter], i) => append(url, name, count, { begin: begin.promise, ready: () => there[i]?.resolve(), killAfter }))).finally(() => { over = true; });
    await Promise.all(there.map(({ promise }) => promise));
    begin.resolve();
    while (!over) notes.push((await makeCheckpoint({ database, log: identity })).note);
    const ended = await appending;
    expect(ended.map(({ code }) => code)).toEqual([0, 0, null]);
    acknowledged = ended.flatMap(({ told }) => told);
    notes.push((await makeCheckpoint({ database, log: identity })).note);
  });
  afterAll(() => database.close());

  it('holds every acknowledged entry once, without a gap, and every checkpoint made meanwhile', async () => {
    const { entries, violations } = await checkAuditLog(database);
    expect(violations).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(2 * entriesEach + killedAfter - 1);
    expect((await readHead(database)).size).toBe(entries);
    const requests = new Set((await database.query<{ request: string }>(`select entry::jsonb ->> 'request' as request from audit_entry`)).map(({ request }) => request));
    expect([requests.size, acknowledged.filter((request) => !requests.has(request))]).toEqual([entries, []]);
    expect(new Set(notes).size).toBeGreaterThan(3);
    expect((await verifyStoredLog(database, [...new Set(notes)])).findings).toEqual([]);
  });

  it('really was written by all of them in turns', async () => {
    const turns = await database.query('select 1 from (select agent, lag(agent) over (order by seq) as before from audit_entry) a where agent <> before');
    expect(turns.length).toBeGreaterThan(3);
  });

  it.each([
    ['changing an entry', `update audit_entry set entry = entry where seq = 5`], ['deleting an entry', `delete from audit_entry where seq = 5`], ['emptying the log', `truncate audit_entry`],
    ['erasing content nobody said was erased', `update audit_entry set entry = '{}', salt = null, citizen_ids = '{}', organisation = null, custodians = '{}', agent = 'redacted' where seq = 5`],
    ['changing a checkpoint', `update audit_checkpoint set note = ''`], ['deleting a checkpoint', `delete from audit_checkpoint`], ['emptying the checkpoints', `truncate audit_checkpoint`],
  ])('refuses %s', async (_, statement) => {
    await expect(database.query(statement)).rejects.toThrow('append only');
  });

  /** What somebody with every right on the database can do: the triggers are off, the change is made, and the verifier names it. */
  const forged = `replace(entry, '"read"', '"vread"')`;
  const away = 10_000_000;
  const renumber = (after: number, by: number): string => `update audit_entry set seq = seq + ${away} where seq > ${after}; update audit_entry set seq = seq - ${away} + ${by} where seq > ${away}`;
  it.each<[string, string, string, RegExp]>([
    ['an entry says something else', `update audit_entry set entry = ${forged} where seq = 700`, 'entry-changed', /Entry 700 /],
    ['an entry and its commitment say something else', `update audit_entry set entry = ${forged}, commitment = sha256(salt || convert_to(${forged}, 'UTF8')) where seq = 700`, 'root-differs', /Entries 501 to 1000 /],
    ['an entry is gone', 'delete from audit_entry where seq = 700', 'order', /entry 700 should be is entry 701/],
    ['an entry is gone and the rest renumbered', `delete from audit_entry where seq = 700; ${renumber(700, -1)}`, 'root-differs', /Entries 501 to 1000 /],
    ['an entry is put in and the rest renumbered', `${renumber(699, 1)}; insert into audit_entry select 700, id, at, citizen_ids, organisation, custodians, agent, entry, salt, commitment, tree from audit_entry where seq = 5`, 'root-differs', /Entries 501 to 1000 /],
    ['two entries are exchanged', `update audit_entry set seq = ${away} where seq = 700; update audit_entry set seq = 700 where seq = 800; update audit_entry set seq = 800 where seq = ${away}`, 'root-differs', /Entries 501 to 1000 /],
    ['the end is gone', 'delete from audit_entry where seq > 1200', 'truncated', /ends after 1200 entries; the log had 1500/],
    ...([['citizens', `citizen_ids = '{}'`], ['citizens', 'citizen_ids = array[gen_random_uuid()]'], ['organisation', `organisation = 'elsewhere'`], ['custodians', `custodians = '{elsewhere}'`], ['agent', `agent = 'somebody'`], ['about', `about_person = 'somebody'`], ['id', 'id = gen_random_uuid()']] as const)
      .map(([name, set]): [string, string, string, RegExp] => [`an entry is found by other things than it says: ${set}`, `update audit_entry set ${set} where seq = 700`, 'found-by-other', new RegExp(`^Entry 700 .*: ${name}\\.$`)]),
    ['an entry has other words, and the function that makes them other ones', `alter table audit_entry alter column words drop expression; update audit_entry set words = '{}' where seq = 700; create or replace function audit_words(entry text) returns bigint[] language sql immutable as $$ select '{}'::bigint[] $$`, 'found-by-other', /^Entry 700 .*: words\.$/],
    ['content is erased and nobody wrote it down', `update audit_entry set salt = null where seq = 700`, 'erased-unrecorded', /entry 700 /],
  ])('shows it when %s', async (_, tampering, code, text) => {
    const kept = await Promise.all([500, 1000, 1500].map((size) => noteOf(database, size)));
    const caught = await database.transaction(async (connection) => {
      await connection.query('alter table audit_entry disable trigger user');
      await connection.query(tampering);
      const report = await verifyStoredLog({ ...database, query: async (statement, values) => (await connection.query(statement, values ?? [])).rows }, kept);
      throw new Found(report.findings); // nothing of this stays
    }).catch((error: unknown) => error);
    if (!(caught instanceof Found)) throw caught;
    expect(caught.findings).toEqual([{ code, text: expect.stringMatching(text) as string }]);
  });

  it('signs nothing more once its tree is not what was signed, or its head not that of its entries', async () => {
    const { size } = await readHead(database);
    for (const tampering of [`update audit_entry set tree = substring(tree for octet_length(tree) - 32) || sha256('x') where seq = ${size}`, `update audit_head set peaks = sha256('x') || substring(peaks from 33)`]) {
      const caught = await database.transaction(async (connection) => {
        await connection.query('alter table audit_entry disable trigger user');
        await connection.query(tampering);
        const inside: Database = { ...database, query: async (statement, values) => (await connection.query(statement, values ?? [])).rows };
        throw new Found(await makeCheckpoint({ database: inside, log: identity }).then(() => 'signed', (error: Error) => error.message));
      }).catch((error: unknown) => error);
      expect((caught as Found).findings).toBe('audit-log-broken');
    }
  });
});

describe('a log that was put back from a backup', () => {
  it('is told by what lies in the folder, and by the verifier, and brings no further checkpoint', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onestory-checkpoints-'));
    const url = await freshPostgres();
    const first = await openPostgres(url, 2);
    await appendTo(first, 30);
    await first.close();
    const restored = await openPostgres(await freshPostgres(new URL(url).pathname.slice(1)), 2);
    const database = await openPostgres(url, 2);
    try {
      await appendTo(database, 20);
      expect(await published(database, folder)).toEqual([]);
      expect(readdirSync(folder)).toEqual(['checkpoint-0000000000000050.txt']);
      await appendTo(restored, 5);
      expect(await published(restored, folder)).toContain('audit-log-broken'); // shorter than what was signed
      await appendTo(restored, 15);
      const [whole, other] = [{ database, log: identity }, { database: restored, log: identity }];
      const kept = (await makeCheckpoint(whole)).note;
      const forked = (await makeCheckpoint(other)).note; // as long as the first was, and another log
      expect((await verifyStoredLog(database, [kept, forked])).findings).toMatchObject([{ code: 'fork' }]);
      await appendTo(restored, 25);
      const newest = (await makeCheckpoint(other)).note;
      const codes = async (proof: string, note: string): Promise<string[]> => (await verifyGrowth(proof, note)).findings.map(({ code }) => code);
      expect([await codes(await proveGrowth(other, 50, 75), forked), await codes(await proveGrowth(other, 50, 75), kept), await codes(await proveGrowth(other, 50, 50), newest)]).toEqual([[], ['not-grown'], ['replayed']]);
      expect(await published(restored, folder)).toContain('audit-log-broken'); // longer again, and another log
      expect(readdirSync(folder)).toEqual(['checkpoint-0000000000000050.txt']);
      const note = kept;
      expect(await fitsLog({ database: restored, log: identity }, note)).toBe('broken');
      expect((await verifyStoredLog(restored, [note])).findings).toEqual([{ code: 'root-differs', text: expect.stringContaining('Entries 1 to 50') as string }]);
    } finally {
      await Promise.all([database.close(), restored.close()]);
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('brings every checkpoint once, whole, and the next when it is due by a clock that jumps', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onestory-checkpoints-'));
    const database = await openPostgres(await freshPostgres(), 2);
    try {
      await appendTo(database, 3);
      expect(await published(database, folder)).toEqual([]);
      await appendTo(database, 3);
      expect(await published(database, folder)).toEqual([]); // not due
      const made = async (when: string): Promise<number> => {
        await database.query(`alter table audit_checkpoint disable trigger user; update audit_checkpoint set made_at = clock_timestamp() + interval '${when}'; alter table audit_checkpoint enable trigger user`);
        await appendTo(database, 1);
        await published(database, folder);
        return readdirSync(folder).length;
      };
      expect([await made('-59 minutes'), await made('-61 minutes'), await made('2 days'), await made('-1 minute')]).toEqual([1, 2, 3, 3]);
      expect(await published(database, join(folder, 'gone'))).toEqual(['checkpoint-failed']);
      expect(readdirSync(folder).filter((name) => !/^checkpoint-\d{16}\.txt$/.test(name))).toEqual([]);
    } finally {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a log whose checkpoints are posted to a partner', () => {
  it('gives each of them once, in order, also those made while nobody took them', async () => {
    const database = await openPostgres(await freshPostgres('empty_record'), 2);
    const taken: number[] = [];
    let up = true;
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
        if (up) taken.push(readCheckpoint(Buffer.concat(parts).toString())?.size ?? -1);
        response.writeHead(up ? 204 : 503).end();
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const { port } = server.address() as AddressInfo;
    const hook = `http://127.0.0.1:${port}/secret`;
    const grow = async (): Promise<number> => {
      await appendTo(database, 2);
      return (await makeCheckpoint({ database, log: identity })).size;
    };
    try {
      const first = await grow();
      expect([await published(database, null, [], [hook]), taken]).toEqual([[], [first]]);
      up = false;
      const [second, third] = [await grow(), await grow()];
      expect(await published(database, null, [], [hook])).toEqual(['checkpoint-not-taken']);
      up = true;
      expect([await published(database, null, [], [hook]), await published(database, null, [], [hook]), taken]).toEqual([[], [], [first, second, third]]);
      expect(JSON.stringify(await database.query('select * from audit_hook'))).not.toContain('secret');
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
      await grow();
      expect(await published(database, null, [], [hook])).toEqual(['checkpoint-not-taken']);
      expect(await published(database, null, [], ['http://127.0.0.2:1/'])).toEqual(['checkpoint-not-taken']); // a host nobody named
    } finally {
      server.close();
      await database.close();
    }
  });
});

describe('a log that a partner witnesses', () => {
  it('carries the partner\'s signatures, each for a log that grew from the one before', async () => {
    const database = await openPostgres(await freshPostgres(), 2);
    const witness = await startWitness('partner.example/witness');
    try {
      await appendTo(database, 5);
      expect(await published(database, null, [witness.config])).toEqual([]);
      const first = (await newestCheckpoint(database))?.note ?? '';
      expect(first.split('\n')[5]).toMatch(/^— partner\.example\/witness [A-Za-z0-9+/]+=*$/);
      await appendTo(database, 8);
      const second = (await makeCheckpoint({ database, log: identity })).note;
      expect([await published(database, null, [witness.config]), witness.seen]).toEqual([[], [5, 13]]);
      const kept = (await newestCheckpoint(database))?.note ?? '';
      expect([kept.startsWith(second), kept.split('\n').length]).toEqual([true, second.split('\n').length + 1]);
      expect((await verifyStoredLog(database, [first, kept])).findings).toEqual([]); // other people's signatures disturb nobody
      expect([await published(database, null, [witness.config]), witness.asked]).toEqual([[], 2]); // nothing new: nobody is asked

      await database.query('truncate audit_cosignature'); // what was kept is lost: the witness says what it knows
      await appendTo(database, 3);
      await makeCheckpoint({ database, log: identity });
      expect([await published(database, null, [witness.config]), witness.seen, witness.asked]).toEqual([[], [5, 13, 16], 4]);

      witness.answers('of another key');
      await appendTo(database, 1);
      await makeCheckpoint({ database, log: identity });
      expect(await published(database, null, [witness.config])).toEqual(['witness-refused']);
      witness.answers('with an error');
      expect(await published(database, null, [witness.config])).toEqual(['witness-refused']);
      await witness.close();
      expect(await published(database, null, [witness.config])).toEqual(['checkpoint-failed']);
    } finally {
      await Promise.all([database.close(), witness.close()]);
    }
  });

  it('that was put back from a backup is told by the partner', async () => {
    const [database, restored] = [await openPostgres(await freshPostgres(), 2), await openPostgres(await freshPostgres(), 2)];
    const witness = await startWitness('partner.example/witness');
    try {
      await appendTo(database, 9);
      expect(await published(database, null, [witness.config])).toEqual([]);
      await appendTo(restored, 4);
      expect(await published(restored, null, [witness.config])).toEqual(['audit-log-broken']);
      await appendTo(restored, 40);
      await makeCheckpoint({ database: restored, log: identity });
      expect([await published(restored, null, [witness.config]), witness.seen]).toEqual([['audit-log-broken'], [9]]);

      const under = (name: string): Promise<LogIdentity> => openLogIdentity(restored, { origin: name, restartedFrom: origin, usualOrigin: name, keyFiles: [null], checkpointMinutes: 60, checkpointDir: null, witnesses: [], hooks: [] },
        { audit: openAuditTrail(restored, sealEntries), clock: () => new Date(), newId: randomUUID });
      await expect(openLogIdentity(restored, { origin: `${origin}-2`, restartedFrom: null, usualOrigin: origin, keyFiles: [null], checkpointMinutes: 60, checkpointDir: null, witnesses: [], hooks: [] }, {} as never)).rejects.toThrow('audit-origin-changed');
      const renamed = await under(`${origin}-2`);
      expect([await published(restored, null, [witness.config], [], renamed), witness.seen]).toEqual([[], [9, 45]]); // the entry that says so is the last
      expect((await newestCheckpoint(restored))?.note.split('\n')[0]).toBe(`${origin}-2`);
      expect((await restored.query<{ query: string }>(`select entry::jsonb ->> 'query' as query from audit_entry where seq = 45`))[0]?.query).toBe(`audit/restart?from=${origin}&to=${origin}-2`);
      await expect(under(`${origin}-3`)).rejects.toThrow('audit-origin-changed'); // once
    } finally {
      await Promise.all([database.close(), restored.close(), witness.close()]);
    }
  });
});

/** A round of bringing, and what it told the log. */
async function published(database: Database, folder: string | null, witnesses: readonly WitnessConfig[] = [], hooks: readonly string[] = [], log = identity): Promise<LogEvent[]> {
  const told: LogEvent[] = [];
  const publishing = publishingOf({ database, log }, { checkpointMinutes: 60, witnesses, hooks }, createPostHook(['127.0.0.1']));
  await startCheckpoints({ publishing, folder, log: (event) => { told.push(event); } }).stop();
  return told;
}

async function appendTo(database: Database, count: number): Promise<void> {
  const trail = openAuditTrail(database, sealEntries);
  await Promise.all(Array.from({ length: count }, (_, i) => trail.append({ ...entryOf(i), id: randomUUID(), citizen: randomUUID() } satisfies AuditEntry)));
}

class Found extends Error {
  readonly findings: unknown;
  constructor(findings: unknown) {
    super('found');
    this.findings = findings;
  }
}

import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKeys, verifyLog } from '../../docs/verify-audit.mjs';
import { leafHash } from '../../src/audit/leaf.ts';
import type { LoggedEntry } from '../../src/audit/log-line.ts';
import { completedBy, consistencyPath, inclusionPath, rootOf } from '../../src/audit/tree.ts';
import { openLogIdentity } from '../../src/audit-services.ts';
import type { AuditConfig } from '../../src/config-audit.ts';
import type { Refusal } from '../../src/fhir/problem.ts';
import { hashesOf } from '../../src/flow/audit/log-tree.ts';
import { makeCheckpoint } from '../../src/flow/audit/make-checkpoint.ts';
import { sealEntries } from '../../src/flow/audit/seal-entries.ts';
import { openAuditTrail } from '../../src/store/audit/audit-trail.ts';
import { readHead, readSubtrees } from '../../src/store/audit/audit-tree.ts';
import type { Database } from '../../src/store/database.ts';
import { auditTree } from '../../src/store/schema/019-audit-tree.ts';
import { entryOf, linesOfLog, logged, rootOfLog } from '../audit/log-of.ts';
import { naivePath, naiveProof } from '../audit/naive-tree.ts';
import { databases } from '../databases.ts';
import { storedLines, verifyStoredLog } from '../faults/check-audit-log.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const entries = Array.from({ length: 37 }, (_, i) => entryOf(i, { citizen: uuid(i), at: new Date(Date.UTC(2026, 9, 25, 0, 59, i, 7 * i)).toISOString() }));

/** The tables as they were before the tree. */
const chained = `
  drop trigger audit_only_redacted on audit_entry; drop trigger audit_append_only on audit_entry; drop function audit_may_be_redacted(); drop table audit_checkpoint, audit_cosignature, audit_redaction;
  alter table audit_entry drop column tree, add column chain_hash bytea not null, alter column salt set not null;
  alter table audit_head drop column peaks, add column chain_hash bytea;
  create trigger audit_append_only before update or delete on audit_entry for each row execute function audit_is_append_only()`;

/** The log of before, row by row: its hash covers the one before it and the leaf. */
async function writeChain(database: Database, log: readonly LoggedEntry[]): Promise<void> {
  let chain: Uint8Array = createHash('sha256').digest();
  for (const entry of log) {
    chain = createHash('sha256').update(Buffer.of(2)).update(chain).update(leafHash(entry)).digest();
    await database.query(`insert into audit_entry (seq, id, at, citizen_ids, custodians, agent, entry, salt, commitment, chain_hash) values ($1, ($3::text::jsonb ->> 'id')::uuid, $2, array[($3::text::jsonb ->> 'citizen')::uuid], '{}', $3::text::jsonb #>> '{who,person,id}', $3::text, $4, $5, $6)`,
      [entry.seq, entry.at, entry.text, entry.salt, entry.commitment, chain]);
  }
  await database.query('update audit_head set seq = $1, chain_hash = $2', [log.length, chain]);
}

describe.each(databases)('the tree of the log, on $kind', ({ open }) => {
  let database: Database;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onestory-keys-'));
    database = await open();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.close();
  });

  it('is made of a chain, checked as it is taken over', async () => {
    const log = entries.slice(0, 11).map((entry, i) => logged(i + 1, entry));
    await database.query(chained);
    await writeChain(database, log);
    const without = async (change: string, undo: string): Promise<void> => {
      await database.query(`alter table audit_entry disable trigger user; ${change}; alter table audit_entry enable trigger user`);
      await expect(database.query(auditTree)).rejects.toThrow(/audit chain (?:is broken at entry 5|does not end where its head says)/);
      await database.query(`alter table audit_entry disable trigger user; ${undo}; alter table audit_entry enable trigger user`);
    };
    await without('update audit_entry set commitment = sha256(commitment) where seq = 5', `update audit_entry set commitment = '\\x${hex(log[4]?.commitment ?? Buffer.alloc(0))}' where seq = 5`);
    await without('update audit_head set seq = 12', 'update audit_head set seq = 11');
    await database.query(auditTree);
    const head = await readHead(database);
    expect([head.size, hex(rootOf(head.peaks))]).toEqual([11, hex(rootOfLog(log))]);
    const lines: string[] = [];
    for await (const line of storedLines(database)) lines.push(line);
    expect(lines).toEqual(linesOfLog(log));
  });

  it('goes on as that of the definition, and every hash of it can be read', async () => {
    const trail = openAuditTrail(database, sealEntries);
    await Promise.all(entries.slice(11).map((entry) => trail.append(entry)));
    expect((await verifyStoredLog(database)).findings).toEqual([]);
    const stored = (await database.query<{ leaf: Buffer }>('select substring(tree for 32) as leaf from audit_entry order by seq')).map(({ leaf }) => leaf);
    for (const size of [1, 2, 7, 8, 30, 37]) {
      const part = stored.slice(0, size);
      for (const index of [0, Math.floor(size / 2), size - 1]) expect((await hashesOf(database, inclusionPath(index, size)))?.map(hex)).toEqual(naivePath(index, part).map(hex));
      for (const from of [1, Math.ceil(size / 2), size]) expect((await hashesOf(database, consistencyPath(from, size)))?.map(hex)).toEqual(naiveProof(from, part).map(hex));
    }
  });

  it('says so where the log does not reach', async () => {
    const beyond = { level: 3, index: 4 };
    expect(await readSubtrees(database, [{ ...beyond, completedBy: completedBy(beyond) }])).toBeNull();
    expect(await hashesOf(database, [{ start: 0, end: 38 }])).toBeNull();
    expect(await readSubtrees(database, [])).toEqual([]);
  });

  it('is not forked by a process that remembers a log of the same size from before a backup was put back', async () => {
    const [remembering, other] = [openAuditTrail(database, sealEntries), openAuditTrail(database, sealEntries)];
    const before = await readHead(database);
    await remembering.append({ ...entryOf(50), citizen: uuid(50) });
    await database.query('alter table audit_entry disable trigger user; delete from audit_entry where seq = 38; alter table audit_entry enable trigger user');
    await database.query('update audit_head set seq = $1, peaks = $2', [before.size, Buffer.concat(before.peaks)]);
    await other.append({ ...entryOf(51), citizen: uuid(51) });
    await remembering.append({ ...entryOf(52), citizen: uuid(52) });
    expect((await readHead(database)).size).toBe(39);
    expect((await verifyStoredLog(database)).findings).toEqual([]);
  });

  describe('has a name and keys', () => {
    const config = (changes: Partial<AuditConfig>): AuditConfig => ({ origin: null, restartedFrom: null, usualOrigin: 'usual.example/audit', keyFiles: [null], checkpointMinutes: 60, checkpointDir: null, witnesses: [], hooks: [], ...changes });
    const restart = (of: Database): Parameters<typeof openLogIdentity>[2] => ({ audit: openAuditTrail(of, sealEntries), clock: () => new Date(), newId: () => crypto.randomUUID() });
    const keyFile = (name: string, kind: 'ed25519' | 'x25519' = 'ed25519'): string => {
      const file = join(folder, name);
      const { privateKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
      writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
      return file;
    };
    let fresh: Database;
    beforeAll(async () => {
      fresh = await open();
      await openAuditTrail(fresh, sealEntries).append({ ...entryOf(0), citizen: uuid(0) });
    });
    afterAll(() => fresh.close());

    it('of which one key takes the other\'s place while both sign', async () => {
      const next = keyFile('next.pem');
      const notes: string[] = [];
      const keys: string[][] = [];
      for (const keyFiles of [[null], [null, next], [next]]) {
        const log = await openLogIdentity(fresh, config({ keyFiles }), restart(fresh));
        await openAuditTrail(fresh, sealEntries).append({ ...entryOf(notes.length), citizen: uuid(0) });
        notes.push((await makeCheckpoint({ database: fresh, log })).note);
        keys.push(log.signers.map(({ verifierKey }) => verifierKey));
      }
      const [old = ''] = keys[0] ?? [];
      const [renewed = ''] = keys[2] ?? [];
      expect(keys).toEqual([[old], [old, renewed], [renewed]]);
      const holds = async (given: readonly string[], by: string): Promise<string[]> => (await verifyLog(storedLines(fresh), given, readKeys(by))).findings.map(({ code }) => code);
      expect([await holds(notes.slice(0, 2), old), await holds(notes.slice(1), renewed), await holds(notes, `${old}\n${renewed}`)]).toEqual([[], [], []]);
      expect([await holds(notes.slice(2), old), await holds(notes.slice(0, 1), renewed)]).toEqual([['key-wrong'], ['key-wrong']]);
    });

    it('that stay: the name of the first checkpoint, wherever the gateway answers now', async () => {
      expect((await openLogIdentity(fresh, config({ usualOrigin: 'moved.example/audit' }), restart(fresh))).origin).toBe('usual.example/audit');
      expect((await openLogIdentity(fresh, config({ origin: 'usual.example/audit' }), restart(fresh))).origin).toBe('usual.example/audit');
      await expect(openLogIdentity(fresh, config({ origin: 'other.example/audit' }), restart(fresh))).rejects.toThrow('audit-origin-changed');
      const empty = await openLogIdentity(database, config({ origin: 'chosen.example/audit' }), restart(database));
      expect(empty.origin).toBe('chosen.example/audit');
      expect((await openLogIdentity(database, config({}), restart(database))).signers.map(({ verifierKey }) => verifierKey.split('+').at(-1))).toEqual(empty.signers.map(({ verifierKey }) => verifierKey.split('+').at(-1)));
    });

    it('and refuses a file that holds no key that signs', async () => {
      writeFileSync(join(folder, 'nothing.pem'), 'nothing');
      for (const file of [join(folder, 'nothing.pem'), join(folder, 'gone.pem'), keyFile('agreement.pem', 'x25519')]) {
        const refused = await openLogIdentity(fresh, config({ keyFiles: [file] }), restart(fresh)).catch((error: unknown) => error);
        expect((refused as Refusal).problems).toMatchObject([{ code: 'config-invalid', at: { field: 'ONESTORY_AUDIT_KEY_FILES' } }]);
      }
    });
  });
});

import type { AuditEntry } from '../audit/types.ts';
import type { Database } from './database.ts';
import { arrayText } from './shared-rows.ts';

/** An entry made fast: its canonical text, its commitment with the salt, and the chain up to it. */
export interface SealedEntry {
  text: string;
  salt: Uint8Array;
  commitment: Uint8Array;
  chainHash: Uint8Array;
}

/** Seals the entry that becomes number `seq` after `previous`; pure, see src/audit. */
export type Seal = (entry: AuditEntry, seq: number, previous: Uint8Array) => SealedEntry;

export interface AuditTrail {
  /** Resolves when the entry is durable; rejects when it is not, and then nothing may leave. */
  append(entry: AuditEntry): Promise<void>;
}

const largestGroup = 500;
const gatherMs = 1;
const statementTimeoutMs = 5_000;

interface Waiting {
  entry: AuditEntry;
  done: () => void;
  failed: (error: unknown) => void;
}

/**
 * Groups entries that arrive while a commit is under way into the next one, in one statement. The order is fixed by the
 * head row, so any number of processes append to one chain.
 */
export function openAuditTrail(database: Database, seal: Seal, emptyChain: Uint8Array): AuditTrail {
  let waiting: Waiting[] = [];
  let running = false;
  let head: { seq: number; chainHash: Uint8Array } | null = null;

  async function flush(group: readonly Waiting[]): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      head ??= await readHead(database, emptyChain);
      const next = await appendGroup(database, seal, group.map(({ entry }) => entry), head);
      head = next;
      if (next) return;
    }
    throw new Error('the audit head keeps moving');
  }

  async function run(): Promise<void> {
    running = true;
    for (let first = true; waiting.length > 0; first = false) {
      if (!first && waiting.length < largestGroup) await gather();
      const group = waiting.slice(0, largestGroup);
      waiting = waiting.slice(largestGroup);
      try {
        await flush(group);
        for (const { done } of group) done();
      } catch (error) {
        head = null;
        for (const { failed } of group) failed(error);
      }
    }
    running = false;
  }

  return {
    append: (entry) => new Promise((done, failed) => {
      waiting.push({ entry, done, failed });
      if (!running) void run();
    }),
  };
}

/** Whoever was told of the last commit is about to ask again: a commit for each is dearer than a moment for all. */
function gather(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, gatherMs); });
}

async function readHead(database: Database, emptyChain: Uint8Array): Promise<{ seq: number; chainHash: Uint8Array }> {
  await database.query('insert into audit_head (seq, chain_hash) values (0, $1) on conflict do nothing', [emptyChain]);
  const [row] = await database.query<{ seq: string; chain_hash: Buffer }>('select seq, chain_hash from audit_head');
  if (!row) throw new Error('no audit head');
  return { seq: Number(row.seq), chainHash: row.chain_hash };
}

/** One statement, one commit: the head moves only from where we think it is, and the rows follow only if it moved. */
async function appendGroup(
  database: Database, seal: Seal, entries: readonly AuditEntry[], head: { seq: number; chainHash: Uint8Array },
): Promise<{ seq: number; chainHash: Uint8Array } | null> {
  let chainHash = head.chainHash;
  const sealed = entries.map((entry, i) => {
    const each = seal(entry, head.seq + 1 + i, chainHash);
    chainHash = each.chainHash;
    return { ...each, entry, seq: head.seq + 1 + i };
  });
  const rows = await withTimeout(database.query<{ moved: number }>(
    `with moved as (update audit_head set seq = $1::bigint + $2, chain_hash = $3 where seq = $1 returning true),
     rows as (insert into audit_entry (seq, id, at, citizen_ids, organisation, custodians, agent, entry, salt, commitment, chain_hash)
       select e.seq, e.id, e.at, e.citizen_ids::uuid[], e.organisation, string_to_array(e.custodians, ' '), e.agent, e.entry, e.salt, e.commitment, e.chain_hash
       from unnest($4::bigint[], $5::uuid[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bytea[], $13::bytea[], $14::bytea[])
         as e(seq, id, at, citizen_ids, organisation, custodians, agent, entry, salt, commitment, chain_hash)
       where exists (select 1 from moved) returning 1)
     select count(*)::int as moved from rows`,
    [
      head.seq, entries.length, chainHash, sealed.map((s) => s.seq), sealed.map((s) => s.entry.id), sealed.map((s) => s.entry.at),
      sealed.map((s) => arrayText([...new Set([...(s.entry.citizen ? [s.entry.citizen] : []), ...(s.entry.listed ?? [])])])), sealed.map((s) => s.entry.who.organisation ?? null), sealed.map((s) => custodiansOf(s.entry).join(' ')),
      sealed.map((s) => s.entry.who.person?.id ?? s.entry.who.client), sealed.map((s) => s.text), sealed.map((s) => s.salt),
      sealed.map((s) => s.commitment), sealed.map((s) => s.chainHash),
    ], 'append-audit',
  ), statementTimeoutMs);
  return rows[0]?.moved === entries.length ? { seq: head.seq + entries.length, chainHash } : null;
}

/** Whose data it was about: sent or kept back. Organisation keys hold no spaces. */
function custodiansOf(entry: AuditEntry): string[] {
  return [...new Set([...entry.custodians, ...entry.withheld.map((each) => each.custodian)])];
}

async function withTimeout<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the audit store did not answer in time')), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export interface ChainRow {
  seq: number;
  entry: string;
  salt: Buffer;
  commitment: Buffer;
  chainHash: Buffer;
}

/** The chain after `seq`, oldest first, for verifying. */
export async function readChain(database: Database, after: number, limit: number): Promise<ChainRow[]> {
  const rows = await database.query<ChainRow & { seq: string }>(
    `select seq, entry, salt, commitment, chain_hash as "chainHash" from audit_entry where seq > $1 order by seq limit $2`, [after, limit]);
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

import type { Frontier } from '../../audit/tree.ts';
import type { FoundBy } from '../../audit/found-by.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { lockHead, readHead } from './audit-tree.ts';
import type { Database, Connection } from '../database.ts';
import { arrayText } from '../shared-rows.ts';

/** An entry made fast: its canonical text, its commitment with the salt, and the hashes of the tree that it completes. */
export interface SealedEntry {
  entry: AuditEntry;
  found: FoundBy;
  seq: number;
  text: string;
  salt: Uint8Array;
  commitment: Uint8Array;
  /** 32 bytes for the leaf and for each level above it that the leaf completes */
  tree: Uint8Array;
}

/** Seals the entries that come after `head`, in this order; pure, see src/audit. */
export type Seal = (entries: readonly AuditEntry[], head: Frontier) => { sealed: SealedEntry[]; head: Frontier };

export interface AuditTrail {
  /** Resolves when the entry is durable; rejects when it is not, and then nothing may leave. */
  append(entry: AuditEntry): Promise<void>;
}

/** The trail itself, and how it is. */
export interface WatchedTrail extends AuditTrail {
  /** whether an entry could be made durable now: the last one was, or trying shows it. What is tried leaves nothing. */
  works(): Promise<boolean>;
  /** entries that wait now */
  waiting(): number;
}

const largestGroup = 500;
/** More than this at once is refused at once: each waits in memory with all its request holds. */
const mostWaiting = 20_000;
/** A group that failed after this long failed for want of a store, not by itself. */
const stalledMs = 1_000;
const gatherMs = 1;
const appendTimeoutMs = 5_000;
/** Characters of the entry that is tried: where a long one finds no room, a short one may. */
const triedLength = 1_500;

interface Waiting {
  entry: AuditEntry;
  done: () => void;
  failed: (error: unknown) => void;
}

/**
 * Groups entries that arrive while a commit is under way into the next one, in one statement. The order is fixed by the
 * head row, so any number of processes append to one tree.
 */
export function openAuditTrail(database: Database, seal: Seal): WatchedTrail {
  let waiting: Waiting[] = [];
  let running = false;
  let head: Frontier | null = null;
  let failing = false;

  async function run(): Promise<void> {
    running = true;
    for (let first = true; waiting.length > 0; first = false) {
      if (!first && waiting.length < largestGroup) await gather();
      const group = waiting.slice(0, largestGroup);
      waiting = waiting.slice(largestGroup);
      const started = performance.now();
      try {
        head = await inTime(appendGroup(database, seal, group.map(({ entry }) => entry), head));
        failing = false;
        for (const { done } of group) done();
      } catch (error) {
        head = null; // what becomes of a statement nobody waited for is seen when the head is read again
        failing = true;
        const behind = performance.now() - started > stalledMs ? waiting : []; // they waited as long, and would do so again
        waiting = waiting.slice(behind.length);
        for (const { failed } of [...group, ...behind]) failed(error);
      }
    }
    running = false;
  }

  return {
    waiting: () => waiting.length,
    works: async () => {
      if (failing) failing = !await canAppend(database, seal);
      return !failing;
    },
    append: (entry) => new Promise((done, failed) => {
      if (waiting.length >= mostWaiting) return failed(new Error('too many entries wait for the audit store'));
      waiting.push({ entry, done, failed });
      if (!running) void run();
    }),
  };
}

/** Whoever was told of the last commit is about to ask again: a commit for each is dearer than a moment for all. */
function gather(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, gatherMs); });
}

/** Appends where the head is believed to be; where another process was first, once more while holding the head. */
async function appendGroup(database: Database, seal: Seal, entries: readonly AuditEntry[], believed: Frontier | null): Promise<Frontier> {
  const from = believed ?? await readHead(database);
  const { sealed, head } = seal(entries, from);
  if (await appendRows((text, values) => database.query<Moved>(text, values, 'append-audit'), from, head, sealed)) return head;
  return database.transaction(async (connection: Connection) => {
    const held = await lockHead(connection);
    const again = seal(entries, held);
    if (!await appendRows(async (text, values) => (await connection.query<Moved>(text, values)).rows, held, again.head, again.sealed)) throw new Error('the audit head moved while it was held');
    return again.head;
  });
}

/** Goes all the way but the last step: an entry is sealed and written where the head is, and taken back. */
async function canAppend(database: Database, seal: Seal): Promise<boolean> {
  const entry: AuditEntry = {
    id: '00000000-0000-0000-0000-000000000000', at: new Date().toISOString(), request: 'none', who: { client: 'none' }, interaction: 'audit-checkpoint', query: ' '.repeat(triedLength), outcome: 'permitted', status: 200, disclosed: [], custodians: [], decisions: [], withheld: [],
  };
  return database.transaction(async (connection) => {
    const held = await lockHead(connection);
    await connection.query('savepoint tried');
    const { sealed, head } = seal([entry], held);
    const moved = await appendRows(async (text, values) => (await connection.query<Moved>(text, values)).rows, held, head, sealed);
    await connection.query('rollback to savepoint tried');
    return moved;
  }).catch(() => false);
}

interface Moved {
  moved: number;
}

/** One statement: the head moves only from exactly where we think it is, and the rows follow only if it moved. */
async function appendRows(
  run: (text: string, values: unknown[]) => Promise<Moved[]>, from: Frontier, to: Frontier, sealed: readonly SealedEntry[],
): Promise<boolean> {
  const [row] = await run(
    `with moved as (update audit_head set seq = $1, peaks = $2 where seq = $3 and peaks = $4 returning true),
     rows as (insert into audit_entry (seq, id, at, citizen_ids, organisation, custodians, agent, about_person, entry, salt, commitment, tree)
       select e.seq, e.id, e.at, e.citizen_ids::uuid[], e.organisation, string_to_array(e.custodians, ' '), e.agent, e.about_person, e.entry, e.salt, e.commitment, e.tree
       from unnest($5::bigint[], $6::uuid[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::bytea[], $15::bytea[], $16::text[])
         as e(seq, id, at, citizen_ids, organisation, custodians, agent, entry, salt, commitment, tree, about_person)
       where exists (select 1 from moved) returning 1)
     select count(*)::int as moved from rows`,
    [
      to.size, Buffer.concat(to.peaks), from.size, Buffer.concat(from.peaks), sealed.map((s) => s.seq), sealed.map((s) => s.entry.id), sealed.map((s) => s.entry.at),
      sealed.map((s) => arrayText(s.found.citizens)), sealed.map((s) => s.found.organisation), sealed.map((s) => s.found.custodians.join(' ')), // organisation keys hold no spaces
      sealed.map((s) => s.found.agent), sealed.map((s) => s.text), sealed.map((s) => s.salt),
      sealed.map((s) => s.commitment), sealed.map((s) => s.tree), sealed.map((s) => s.entry.aboutPerson ?? null),
    ],
  );
  return row?.moved === sealed.length;
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    // a busy process sees the time pass before it sees an answer that has come: that is looked at first
    timer = setTimeout(() => setImmediate(() => { reject(new Error('the audit store did not answer in time')); }), appendTimeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

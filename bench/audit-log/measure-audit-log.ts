import { randomUUID } from 'node:crypto';
import { checkpointText } from '../../src/audit/checkpoint.ts';
import { consistencyPath, inclusionPath, nodeHash, rootOf } from '../../src/audit/tree.ts';
import type { AuditEntry } from '../../src/audit/types.ts';
import { hashesOf } from '../../src/flow/audit/log-tree.ts';
import { sealEntries } from '../../src/flow/audit/seal-entries.ts';
import { openAuditTrail } from '../../src/store/audit/audit-trail.ts';
import { readHead } from '../../src/store/audit/audit-tree.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import type { Print } from '../settings.ts';
import type { World } from '../world.ts';
import { fillWithLeaves } from './synthetic-leaves.ts';

/** Requests that wait for their entries at once, in each of the processes that share the log. */
const appendersEach = 64;
const trails = 2;
const proofGoal = { of: 'value', atMost: 50 } as const;

/** Entries made durable and proofs given at the same time, in an empty log and in one of many entries. */
export async function measureAuditLog(world: World, print: Print): Promise<void> {
  const { leaves, seconds } = world.settings;
  const database = await openPostgres(await world.newDatabase());
  try {
    report(print, 'audit-log', await both(database, seconds), 2_000);
    await database.query(`alter table audit_entry disable trigger user; truncate audit_entry; alter table audit_entry enable trigger user`);
    world.say(`a log of ${leaves} entries …`);
    await fillWithLeaves(database, leaves, world.say);
    report(print, 'audit-log.large', await both(database, seconds), 2_000);
    const [size] = await database.query<{ tree: string }>(`select avg(octet_length(tree)) as tree from audit_entry where seq > $1`, [leaves]);
    print('audit-log.large.hashes', Number(size?.tree), 'bytes/entry', undefined, { of: 'value', atMost: 80 });
  } finally {
    await database.close();
  }
}

interface Measured {
  appended: number;
  /** milliseconds, the slowest of a hundred */
  appendMs: number;
  proofMs: number;
  proofs: number;
}

function report(print: Print, name: string, { appended, appendMs, proofMs, proofs }: Measured, atLeast: number): void {
  print(`${name}.append`, appended, 'entries/s', undefined, { of: 'value', atLeast });
  print(`${name}.append.p99`, appendMs, 'ms');
  print(`${name}.proofs`, proofs, 'proofs/s');
  print(`${name}.proof.p99`, proofMs, 'ms', undefined, proofGoal);
}

/** Appends as fast as they are made durable while proofs are given one after the other. */
async function both(database: Database, seconds: number): Promise<Measured> {
  const opened = Array.from({ length: trails }, () => openAuditTrail(database, sealEntries));
  await opened[0]?.append(entryOf());
  const end = performance.now() + seconds * 1_000;
  const [appends, proofs]: [number[], number[]] = [[], []];
  const timed = async (times: number[], work: () => Promise<void>): Promise<void> => {
    do {
      const started = performance.now();
      await work();
      times.push(performance.now() - started);
    } while (performance.now() < end);
  };
  await Promise.all([
    ...opened.flatMap((trail) => Array.from({ length: appendersEach }, () => timed(appends, () => trail.append(entryOf())))),
    timed(proofs, () => prove(database)),
  ]);
  return { appended: appends.length / seconds, appendMs: slowest(appends), proofMs: slowest(proofs), proofs: proofs.length / seconds };
}

/** One entry's path to the head of now, and the growth from a third of it. */
async function prove(database: Database): Promise<void> {
  const { size, peaks } = await readHead(database);
  const index = Math.floor(Math.random() * size);
  const path = inclusionPath(index, size);
  const from = Math.max(1, Math.floor(size / 3));
  const hashes = await hashesOf(database, [{ start: index, end: index + 1 }, ...path, ...consistencyPath(from, size)]);
  const [leaf, ...rest] = hashes ?? [];
  const root = path.reduce((node, { start }, i) => {
    const hash = rest[i] ?? Buffer.alloc(0);
    return start > index ? nodeHash(node, hash) : nodeHash(hash, node);
  }, leaf ?? Buffer.alloc(0));
  const texts = [root, rootOf(peaks)].map((each) => checkpointText({ origin: 'bench', size, root: each }));
  if (texts[0] !== texts[1]) throw new Error('a proof does not lead to the root');
}

function slowest(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
}

/** As long as the entry of a read is. */
function entryOf(): AuditEntry {
  const citizen = randomUUID();
  return {
    id: randomUUID(), at: new Date().toISOString(), request: randomUUID(), interaction: 'read', query: `EpisodeOfCare/${citizen}`, citizen, purpose: 'TREAT', outcome: 'permitted', status: 200,
    who: { client: 'viewer', token: randomUUID(), person: { id: 'community-nurse', name: 'Grace Ward' }, organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RYW', organisationName: 'Birmingham Community Healthcare NHS Foundation Trust', role: 'nurse', address: '127.0.0.1' },
    disclosed: [`EpisodeOfCare/${citizen}/_history/1`], custodians: ['https://fhir.nhs.uk/Id/ods-organization-code|RRK'],
    decisions: [{ effect: 'permit', rule: '4', agreement: 'bicp-early-intervention', version: '1.0', clause: '1.1', sentence: 'Clause 1.1 shares episodes with nurses for treatment.', count: 1 }], withheld: [],
  };
}

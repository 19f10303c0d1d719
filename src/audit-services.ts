import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readWitnessKey, type Witness } from './audit/cosignature.ts';
import { readCheckpoint, signerOf, type Signer } from './audit/checkpoint.ts';
import type { AuditConfig } from './config-audit.ts';
import { Refusal } from './fhir/problem.ts';
import type { Requester } from './fhir/sharing.ts';
import { exportLog } from './flow/audit/export-log.ts';
import { checkpointOfNow, fitsLog, makeCheckpoint, type CheckpointContext, type LogIdentity } from './flow/audit/make-checkpoint.ts';
import { proveEntry, proveGrowth } from './flow/audit/prove-log.ts';
import { redactAuditEntry } from './flow/audit/redact-entry.ts';
import type { ReleaseContext, RequestFacts } from './flow/release-context.ts';
import type { PostHook } from './flow/partners/tell-subscriber.ts';
import { askCheckpoint, findNote } from './flow/audit/tell-checkpoint.ts';
import { keepCosignature, knownTo, shownFrom, type Shown } from './flow/audit/witness-checkpoint.ts';
import { checkpointsAfter, newestCheckpoint } from './store/audit/audit-checkpoints.ts';
import { claimHook, keepDelivered } from './store/audit/checkpoint-hooks.ts';
import type { Database } from './store/database.ts';
import { loadSigningKey } from './store/secrets.ts';

/**
 * The log's name and the keys that sign for it. The name is that of the checkpoints there are: with another one, what
 * partners hold would be of another log. Refuses another name, and a file that is no Ed25519 private key. A log that was put back
 * from a backup goes on under another name, once: an entry says so, and the next checkpoint bears it.
 */
export async function openLogIdentity(database: Database, { origin: asked, restartedFrom, usualOrigin, keyFiles }: AuditConfig, restart: RestartContext): Promise<LogIdentity> {
  const kept = readCheckpoint((await newestCheckpoint(database))?.note ?? '')?.origin;
  const renamed = kept !== undefined && asked !== null && asked !== kept;
  if (renamed && restartedFrom !== kept) {
    throw new Refusal({
      category: 'conflict', code: 'audit-origin-changed', text: 'ONESTORY_AUDIT_ORIGIN is not the name the audit log has in its checkpoints.', at: { field: 'ONESTORY_AUDIT_ORIGIN' },
      expected: 'the name it has, or none', fix: 'Leave it out. A log keeps its name when the gateway moves to another address.',
    });
  }
  const origin = renamed ? asked : kept ?? asked ?? usualOrigin;
  const identity = { origin, signers: await Promise.all(keyFiles.map(async (file) => signer(origin, file === null ? await loadSigningKey(database) : await readKey(file)))) };
  if (renamed) await restartLog({ database, log: identity }, restart, kept);
  return identity;
}

type RestartContext = Pick<ReleaseContext, 'audit' | 'clock' | 'newId'>;

/** Refused where the log does not fit its own last checkpoint: then it was not put back, but changed. */
async function restartLog(context: CheckpointContext, { audit, clock, newId }: RestartContext, from: string): Promise<void> {
  const id = newId();
  await audit.append({
    id, at: clock().toISOString(), request: id, who: { client: 'onestory' }, interaction: 'audit-restart', query: `audit/restart?from=${from}&to=${context.log.origin}`,
    outcome: 'permitted', status: 200, disclosed: [], custodians: [], decisions: [], withheld: [],
  });
  await makeCheckpoint(context);
}

function signer(origin: string, key: KeyObject | null): Signer {
  if (key?.asymmetricKeyType === 'ed25519') return signerOf(origin, key);
  throw new Refusal({ category: 'invalid', code: 'config-invalid', text: 'ONESTORY_AUDIT_KEY_FILES: A file does not hold a key that can sign.', at: { field: 'ONESTORY_AUDIT_KEY_FILES' }, expected: 'an Ed25519 private key in PEM, as onestory audit new-key writes it' });
}

async function readKey(file: string): Promise<KeyObject | null> {
  try {
    return createPrivateKey(await readFile(file));
  } catch {
    return null;
  }
}

/** The log as partners and those who answer for it see it. */
export function auditLogOf(context: ReleaseContext & CheckpointContext, config: AuditConfig, post: PostHook) {
  return {
    keys: () => context.log.signers.map(({ verifierKey }) => verifierKey),
    note: (size: number | null) => findNote(context, size),
    checkpoint: (requester: Requester, request: RequestFacts) => askCheckpoint(context, requester, request),
    proveEntry: (requester: Requester, id: string, size: number | null, request: RequestFacts) => proveEntry(context, requester, id, size, request),
    proveGrowth: (from: number, to: number | null) => proveGrowth(context, from, to),
    export: (requester: Requester, size: number | null, request: RequestFacts) => exportLog(context, requester, size, request),
    redact: (requester: Requester, id: string, rule: string, request: RequestFacts) => redactAuditEntry(context, requester, id, rule, request),
    publishing: publishingOf(context, config, post),
  };
}

/** How checkpoints are made when they are due, and brought to those who keep them. */
export function publishingOf(context: CheckpointContext, { checkpointMinutes, witnesses, hooks }: Pick<AuditConfig, 'checkpointMinutes' | 'witnesses' | 'hooks'>, post: PostHook) {
  return {
    hooks, post,
    claim: (url: string) => claimHook(context.database, url),
    delivered: (url: string, size: number | null, done: boolean) => keepDelivered(context.database, url, size, done),
    witnesses: witnesses.flatMap(({ url, key }) => {
      const witness = readWitnessKey(key);
      return witness ? [{ ...witness, url }] : [];
    }),
    now: () => checkpointOfNow(context, checkpointMinutes),
    after: (size: number, limit: number) => checkpointsAfter(context.database, size, limit),
    fits: (note: string) => fitsLog(context, note),
    known: (witness: Witness) => knownTo(context, witness),
    shown: (known: number, checkpoint: Shown) => shownFrom(context, known, checkpoint),
    keep: (witness: Witness, checkpoint: Shown, answer: string) => keepCosignature(context, witness, checkpoint, answer),
  };
}

import { createHash, generateKeyPairSync } from 'node:crypto';
import { checkpointText, signedNote, signerOf, type Signer } from '../../src/audit/checkpoint.ts';
import { commitmentOf, leafHash } from '../../src/audit/leaf.ts';
import { logLineOf, type LoggedEntry } from '../../src/audit/log-line.ts';
import { consistencyPath, inclusionPath, type Range } from '../../src/audit/tree.ts';
import type { AuditEntry } from '../../src/audit/types.ts';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import { naiveRoot } from './naive-tree.ts';

/** A log in memory, its root by the definition: what a gateway would export, sign and prove, and what somebody might make of it. */

export function entryOf(n: number, changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, at: new Date(Date.UTC(2026, 2, 1, 9, 0, n)).toISOString(), request: `r-${n}`,
    who: { client: 'viewer', person: { id: 'p1', name: 'Grace Ward \u2028 "Ø"' } }, purpose: 'TREAT', interaction: 'read', query: 'Patient/c1', citizen: 'c1',
    outcome: 'permitted', status: 200, disclosed: [`Patient/s1/_history/${n + 1}`], custodians: [], decisions: [], withheld: [], ...changes,
  };
}

/** Makes an entry fast at a place, as the gateway does. */
export function logged(seq: number, entry: AuditEntry): LoggedEntry {
  const salt = createHash('sha256').update(`salt ${entry.id}`).digest();
  return { seq, at: entry.at, commitment: commitmentOf(entry, salt), text: canonicalJson(entry), salt };
}

export function logOf(size: number): LoggedEntry[] {
  return Array.from({ length: size }, (_, i) => logged(i + 1, entryOf(i)));
}

export const linesOfLog = (log: readonly LoggedEntry[]): string[] => log.map(logLineOf);
export const rootOfLog = (log: readonly LoggedEntry[]): Uint8Array => naiveRoot(log.map(leafHash));

export const newSigner = (name = origin): Signer => signerOf(name, generateKeyPairSync('ed25519').privateKey);
export const origin = 'gateway.example/audit';

export function checkpointOf(log: readonly LoggedEntry[], signers: readonly Signer[], name = origin): string {
  return signedNote(checkpointText({ origin: name, size: log.length, root: rootOfLog(log) }), signers);
}

const base64Of = (log: readonly LoggedEntry[], ranges: readonly Range[]): string[] => ranges.map(({ start, end }) => Buffer.from(rootOfLog(log.slice(start, end))).toString('base64'));

export function entryProof(log: readonly LoggedEntry[], index: number, checkpoint: string): string {
  const line = log[index] ? logLineOf(log[index]) : '';
  return `{"checkpoint":${JSON.stringify(checkpoint)},"leaf":${line},"path":${JSON.stringify(base64Of(log, inclusionPath(index, log.length)))}}\n`;
}

export function growthProof(log: readonly LoggedEntry[], from: number, checkpoint: string): string {
  return `{"checkpoint":${JSON.stringify(checkpoint)},"path":${JSON.stringify(base64Of(log, consistencyPath(from, log.length)))}}\n`;
}

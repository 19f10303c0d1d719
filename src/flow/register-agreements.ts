import { contractFromAgreement } from '../consent/contract-from-agreement.ts';
import { readAgreement } from '../consent/read-agreement.ts';
import { reviewAgreement } from '../consent/review-agreement.ts';
import type { Agreement, RegisteredAgreement } from '../consent/types.ts';
import { indexResource } from '../fhir/index-resource.ts';
import type { JsonObject } from '../fhir/json.ts';
import { Refusal, type Problem } from '../fhir/problem.ts';
import { listVersions, lockPublishing, registerAgreement, signAndActivate, type RegisterRow } from '../store/sharing/agreements.ts';
import type { Database } from '../store/database.ts';
import { keyedUuid, type Secrets } from '../store/secrets.ts';
import { loadSharedRows, saveSharedRows, type SharedChange } from '../store/shared-rows.ts';

/** One agreements/*.yaml, as found on disk. */
export interface AgreementFile {
  file: string;
  text: string;
}

/** Reads every file and refuses all of them together when one is not an agreement. That its organisations are known is for `agreement check` and a proposal to demand: a list that grew shorter must not keep the gateway from starting. */
export function readAgreementFiles(files: readonly AgreementFile[]): { agreement: Agreement; text: string }[] {
  const read = files.map(({ file, text }) => ({ file, text, result: reviewAgreement(text, null) }));
  const problems = read.flatMap(({ file, result }) => ('problems' in result ? result.problems.map((problem) => ({ ...problem, at: { ...problem.at, file } })) : []));
  if (problems.length > 0) throw new Refusal(...problems);
  return read.flatMap(({ text, result }) => ('agreement' in result ? [{ agreement: result.agreement, text }] : []));
}

/** Puts agreements in the register as drafts; a version already there keeps its content, and a differing file is refused. */
export async function registerAgreements(database: Database, agreements: readonly { agreement: Agreement; text: string }[]): Promise<void> {
  for (const { agreement, text } of agreements) {
    const kept = await registerAgreement(database, { agreement: agreement.id, version: agreement.version, sha256: agreement.sha256, content: text });
    if (!kept) throw new Refusal(agreementChanged(agreement));
  }
}

export function agreementChanged({ id, version }: Pick<Agreement, 'id' | 'version'>): Problem {
  return {
    category: 'conflict', code: 'agreement-changed', text: `Agreement ${id} version ${version} is registered with other content.`,
    fix: 'Give the changed text a new version; a signed text never changes.',
  };
}

/** The demo's signing ceremony: every party signs at the start of the period, all but drafts (a review date and no more). */
export async function signDemoAgreements(database: Database, agreements: readonly { agreement: Agreement }[]): Promise<void> {
  for (const { agreement } of agreements.filter(({ agreement: { id } }) => !id.startsWith('draft-'))) {
    await signAndActivate(database, agreement.sha256, agreement.parties.map(({ organisation, signatoryRole }) => ({ organisation, signatory: signatoryRole })), agreement.period.start);
  }
}

/**
 * Publishes the register as FHIR Contracts, readable by governance; an unchanged one gets no new version. Whoever publishes
 * reads the register under a lock, so that of two processes the later one says what is true last.
 */
export async function publishContracts(database: Database, secrets: Secrets, now: Date): Promise<void> {
  await database.transaction(async (connection) => {
    await lockPublishing(connection);
    const contracts = (await listVersions(connection, null)).flatMap((row) => registeredFrom(row) ?? []).map((each) => {
      const id = keyedUuid(secrets.id, 'Contract', each.agreement.id, each.agreement.version);
      return { id, resource: { ...contractFromAgreement(each, now), id } as unknown as JsonObject };
    });
    const current = await loadSharedRows(connection, contracts.map(({ id }) => id));
    await saveSharedRows(connection, contracts.flatMap(({ id, resource }): SharedChange[] => {
      const standing = current.get(id);
      const version = (standing?.version ?? 0) + 1;
      const { meta: _meta, ...before } = standing ? (JSON.parse(standing.body) as JsonObject) : {};
      const { meta: _newMeta, ...after } = resource;
      if (standing && JSON.stringify(before) === JSON.stringify(after)) return [];
      const body = { ...after, meta: { versionId: String(version), lastUpdated: now.toISOString(), source: 'urn:onestory:agreements' } };
      return [{ id, scope: 'governance', owner: null, type: 'Contract', version, updatedAt: now, body: JSON.stringify(body), index: indexResource(body) }];
    }));
  });
}

/** What the texts of the register say, by their hash: each is read once, because reading one takes longer than a request may. */
const texts = new Map<string, ReturnType<typeof readAgreement>>();
const textsKept = 1_000;

/** What a row of the register says. */
export function readRegistered({ sha256, content }: Pick<RegisterRow, 'sha256' | 'content'>): ReturnType<typeof readAgreement> {
  const read = texts.get(sha256) ?? readAgreement(content);
  if (texts.size >= textsKept) texts.clear();
  texts.set(sha256, read);
  return read;
}

/** A row of the register with its content read; null where the content is no longer readable. */
export function registeredFrom(row: RegisterRow): RegisteredAgreement | null {
  const read = readRegistered(row);
  return 'agreement' in read ? { agreement: read.agreement, activatedAt: row.activatedAt, terminatedAt: row.terminatedAt, signedBy: row.signedBy, signatures: row.signatures } : null;
}

import { neverErased } from '../../audit/retention.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { findLogged } from '../../store/audit/audit-log.ts';
import { isHeld, redactEntry } from '../../store/audit/retention.ts';
import { isUuid } from '../../store/secrets.ts';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOversight, logReader } from '../check-oversight.ts';
import { wordsSaid } from './log-lines.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { forAuditReaders } from './search-audit.ts';

/**
 * Erases what an entry says where the law asks. That it was erased, by whom and under which rule is an entry of its own,
 * durable first; the log's tree and every proof of it stay as they are. Entries that record an erasure cannot be erased, and nobody erases
 * what they did themselves.
 */
export async function redactAuditEntry(context: ReleaseContext, requester: Requester, id: string, rule: string, request: RequestFacts): Promise<{ seq: number }> {
  await checkOversight(context, requester, forAuditReaders);
  const logged = isUuid(id) ? await findLogged(context.database, wordsSaid, id, { ...logReader(requester), organisation: null }) : null;
  if (!logged) throw new Refusal(notFound);
  const { seq, at, text } = logged;
  if (text === null) throw new Refusal(alreadyRedacted);
  const { interaction, who } = JSON.parse(text) as AuditEntry;
  if (neverErased.includes(interaction)) throw new Refusal(recordsErasure);
  if (who.person !== undefined && who.person.id === requester.person?.id) throw new Refusal(ownEntry);
  if (await context.database.transaction((connection) => isHeld(connection, seq))) throw new Refusal(underHold);
  const facts = auditFacts(context, requester, request, { interaction: 'audit-redact', query: `audit/entries/${seq}/redact?rule=${rule}`, status: 200 });
  await appendOrRefuse(context, describeDisclosure(facts, { disclosed: [], decisions: [] }));
  const done = await redactEntry(context.database, seq, { rule, recordedBy: facts.id, tombstone: canonicalJson(tombstoneOf(id, at)) });
  if (done === 'held') throw new Refusal(underHold);
  if (done === 'before') throw new Refusal(alreadyRedacted);
  return { seq };
}

/** What readers of the log find in the place of an entry whose content was erased. It is not what the log committed to. */
export function tombstoneOf(id: string, at: string): AuditEntry {
  return {
    id, at, request: 'redacted', who: { client: 'redacted' }, interaction: 'redacted', query: '', outcome: 'permitted', status: 200,
    disclosed: [], custodians: [], decisions: [], withheld: [],
  };
}

const alreadyRedacted: Problem = { category: 'conflict', code: 'audit-entry-redacted', text: 'The content of this entry was erased before.' };
const ownEntry: Problem = { category: 'forbidden', code: 'audit-entry-own', text: 'Nobody erases what the log says of themselves.', fix: 'Let a colleague who oversees sharing decide.' };
const recordsErasure: Problem = { category: 'conflict', code: 'audit-entry-kept', text: 'This entry records that something was erased, or must not be, and stays.' };
const underHold: Problem = { category: 'conflict', code: 'audit-entry-held', text: 'A legal hold keeps what this entry says.', fix: 'End the hold first: see onestory legal-hold list.' };

import type { AuditEvent } from '@medplum/fhirtypes';
import { facetOf, readFacetId } from '../../audit/audit-facets.ts';
import { describeDenial } from '../../audit/describe-denial.ts';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { notFound } from '../../fhir/outcome.ts';
import { AuditedRefusal, Refusal } from '../../fhir/problem.ts';
import type { SearchQuery } from '../../fhir/search-query.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { findLogged } from '../../store/audit/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { everyId, searchAudit, type AgentCondition, type AuditPosition, type AuditQuery, type LogReader } from '../../store/audit/search-audit.ts';
import { isUuid } from '../../store/secrets.ts';
import { askedAgents } from './asked-agents.ts';
import { askedWords, type AskedWords } from './asked-words.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOversight, logReader } from '../check-oversight.ts';
import { wordsSaid } from './log-lines.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

export interface AuditAsk {
  query: SearchQuery;
  before: AuditPosition | null;
}

export interface AuditPage {
  events: AuditEvent[];
  next: AuditPosition | null;
}

/**
 * The log, for those who answer for it: governance reads all, a privacy officer what their organisation asked or held.
 * Needs an oversight agreement in force. Reading the log is itself logged, before the answer leaves.
 */
export async function searchAuditTrail(context: ReleaseContext, requester: Requester, ask: AuditAsk, request: RequestFacts, base: string): Promise<AuditPage> {
  await checkOversight(context, requester, forAuditReaders);
  const reader = logReader(requester);
  const asked = askedWords(ask.query);
  const words = [...asked.words, ...(await Promise.all(asked.entities.map((each) => entityWords(context.database, each))))];
  const query = auditQuery(ask, await askedAgents(context.database, ask.query, reader.organisation), words, reader);
  const citizens = query.citizens && (await everyId(context.database, query.citizens));
  const found = await searchAudit(context.database, { ...query, citizens, limit: query.limit + 1 });
  const page = found.slice(0, query.limit);
  const [citizen] = query.citizens ?? [];
  const events = page.flatMap((entry) => (asked.facet && facetOf(entry, asked.facet, { base })) ?? []);
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'search-type', query: ask.query.normal, status: 200, citizen: query.citizens?.length === 1 ? citizen : null }),
    { disclosed: events.map(({ id = '' }) => ({ type: 'AuditEvent', id: readFacetId(id).entry, version: 1 })), decisions: [] }));
  const last = page.at(-1);
  return { events, next: found.length > query.limit && last ? { at: last.at, seq: last.seq } : null };
}

/** One entry, or its disclosure or decision, for whoever would find it by searching; any other is not there. Written down as looking at it, under the citizen it is about. */
export async function readAuditEvent(context: ReleaseContext, requester: Requester, asked: string, request: RequestFacts, base: string): Promise<AuditEvent> {
  await checkOversight(context, requester, forAuditReaders);
  const { entry: id, facet } = readFacetId(asked);
  const kept = isUuid(id) ? await findLogged(context.database, wordsSaid, id, logReader(requester)) : null;
  const entry = kept && JSON.parse(kept.said) as AuditEntry;
  const event = kept && entry && facetOf({ ...entry, seq: kept.seq }, facet, { base });
  const facts = auditFacts(context, requester, request, { interaction: 'read', query: `AuditEvent/${isUuid(id) ? asked : '*'}`, status: event ? 200 : 404, citizen: entry?.citizen });
  if (!event) {
    await appendOrRefuse(context, describeDenial(facts, { outcome: 'denied', code: notFound.code }));
    throw new AuditedRefusal(notFound);
  }
  await appendOrRefuse(context, describeDisclosure(facts, { disclosed: [{ type: 'AuditEvent', id, version: 1 }], decisions: [] }));
  return event;
}

function auditQuery({ query, before }: AuditAsk, agents: AgentCondition[], words: string[][], reader: LogReader): AuditQuery {
  const named = query.clauses.flatMap((clause) => ('citizen' in clause ? [clause.citizen] : []));
  const citizens = named.flat().filter(isUuid); // whatever else was typed is nobody
  const dates = query.clauses.flatMap((clause) => ('date' in clause ? clause.date : []));
  let from: Date | null = null;
  let to: Date | null = null;
  for (const { op, from: low, to: high } of dates) {
    if (['eq', 'ge', 'ap'].includes(op)) from = later(from, new Date(low));
    if (['gt', 'sa'].includes(op)) from = later(from, new Date(high));
    if (['eq', 'le', 'ap'].includes(op)) to = earlier(to, new Date(high));
    if (['lt', 'eb'].includes(op)) to = earlier(to, new Date(low));
    if (op === 'ne') throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'AuditEvent.date cannot be searched for what it is not.', at: { field: 'date' } });
  }
  return { citizens: named.length > 0 ? citizens : null, agents, words, from, to, before, limit: query.count, reader };
}

/** Entries are filed under the id a citizen had then. */
async function entityWords(database: Database, { citizens, others }: AskedWords['entities'][number]): Promise<string[]> {
  const known = citizens.filter(isUuid);
  const ids = known.length === 0 ? [] : await everyId(database, known);
  return [...new Set([...citizens, ...ids].map((id) => `Patient/${id}`)), ...others].map((reference) => `entity ${reference}`);
}

function later(a: Date | null, b: Date): Date {
  return a && a > b ? a : b;
}

function earlier(a: Date | null, b: Date): Date {
  return a && a < b ? a : b;
}

/** Who has no oversight agreement in force does not learn from the log. */
export const forAuditReaders = {
  category: 'forbidden', code: 'audit-readers-only', text: 'The audit trail is read by governance and privacy officers under an oversight agreement.',
} as const;

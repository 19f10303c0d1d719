import type { Patient } from '@medplum/fhirtypes';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { heldUnder, type HoldBackRule } from '../../audit/hold-back.ts';
import { gatherLooks, type LookLine, type LookReason } from '../../audit/tell-looks.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { listAgreements } from '../../store/sharing/agreements.ts';
import { heldNow } from '../../store/audit/held-looks.ts';
import { categoriesOf, type RowCategory } from '../../store/record/row-categories.ts';
import { everyId, searchAudit, type AuditPosition, type LogReader } from '../../store/audit/search-audit.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOversight, logReader, overseenBy } from '../check-oversight.ts';
import type { HoldBackContext } from './hold-back.ts';
import { registeredFrom } from '../register-agreements.ts';
import { appendOrRefuse, releaseRecords } from '../release-records.ts';
import type { RequestFacts } from '../release-context.ts';
import { forAuditReaders } from './search-audit.ts';

export interface AccessReportAsk {
  citizen: string;
  /** half-open; null: from the first, up to now */
  from: Date | null;
  to: Date | null;
  /** only what came before this look: where the report before ended */
  before?: AuditPosition | null;
}

/** A line with the words of agreements for what allowed it. */
export interface ReportLine extends Omit<LookLine, 'reasons'> {
  reasons: (LookReason & { /** of the agreement */ title?: string; /** of the clause */ text?: string })[];
}

/** Who looked at one citizen's record, and why, as the citizen may be told. */
export interface AccessReport {
  citizen: string;
  patient: Patient;
  madeAt: Date;
  from: Date | null;
  to: Date | null;
  /** null: the whole log; else what this organisation asked or held */
  seenBy: OrganisationKey | null;
  /** newest first */
  lines: ReportLine[];
  /** there are looks before this one that the report has no room for */
  olderThan: AuditPosition | null;
  /** looks held back, by rule: for those who decide so, never for the citizen */
  heldBack: { rule: string; looks: number }[];
  /** the rules under which looks may be held back, whether any are or not */
  rules: readonly HoldBackRule[];
}

const together = 500;
const mostEntries = 20_000;
const mostLines = 2_000;
/** Entries that are about what is told here, and would tell what is held back. */
const neverTold: readonly string[] = ['hold-back-list', 'hold-back-decide', 'hold-back-end', 'legal-hold-place', 'legal-hold-end'];

/**
 * THE STORY of an access report: does this reader watch over sharing → is the citizen one they may know of (read and logged
 * as any look at a Patient) → the log, newest first, under every id the citizen ever had → without what is held back → audit
 * (durable) → lines. Which entries it was made of follows from the log itself: they are those up to the newest named in its entry.
 */
export async function releaseAccessReport(context: HoldBackContext, requester: Requester, ask: AccessReportAsk, request: RequestFacts): Promise<AccessReport> {
  await checkOversight(context, requester, forAuditReaders);
  const { composed: [found] } = await releaseRecords(context, requester, { interaction: 'read', type: 'Patient', id: ask.citizen }, request);
  if (!found) throw new Refusal(notFound); // one source Patient has no report of its own
  const madeAt = context.clock();
  const citizens = await everyId(context.database, [found.citizen]);
  const read = await readLooks(context, logReader(requester), citizens, { ...ask, to: ask.to !== null && ask.to < madeAt ? ask.to : madeAt });
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'access-report', query: queryOf(found.citizen, ask, read), status: 200, citizen: found.citizen }), { disclosed: [], decisions: [] }));
  const { lines, olderThan, heldBack } = read;
  return { citizen: found.citizen, patient: found.patient, madeAt, from: ask.from, to: ask.to, seenBy: overseenBy(requester), lines: await withClauses(context, lines), olderThan, heldBack, rules: context.holdBack.rules };
}

interface LooksRead {
  lines: LookLine[];
  olderThan: AuditPosition | null;
  heldBack: AccessReport['heldBack'];
  /** entries read, and the newest of them */
  entries: number;
  newest: AuditPosition | null;
}

async function readLooks({ database }: HoldBackContext, reader: LogReader, citizens: string[], { from, to, before: start = null }: AccessReportAsk): Promise<LooksRead> {
  const decisions = await heldNow(database, citizens);
  const gathered = gatherLooks(mostLines);
  const held = new Map<string, number>();
  let [before, newest, entries] = [start, null as AuditPosition | null, 0];
  const read = (olderThan: AuditPosition | null): LooksRead => ({ lines: gathered.lines(), olderThan, heldBack: [...held].map(([rule, looks]) => ({ rule, looks })), entries, newest });
  for (;;) {
    const page = await searchAudit(database, { citizens, agents: [], words: [], from, to, reader, before, limit: together });
    const categories = await categoriesOf(database, citizens, page.flatMap(({ disclosed }) => disclosed.flatMap((version) => version.split('/')[1] ?? [])));
    for (const entry of page) {
      if (entries === mostEntries) return read(before);
      const rule = heldUnder(entry, decisions);
      if (rule !== null) held.set(rule, (held.get(rule) ?? 0) + 1);
      else if (!neverTold.includes(entry.interaction) && !gathered.add(entry, countCategories(entry, categories, reader.organisation))) return read(before);
      before = { at: entry.at, seq: entry.seq };
      newest ??= before;
      entries += 1;
    }
    if (page.length < together) return read(null);
  }
}

/** Of records, an organisation is told of its own, the one that looked and governance of all. */
function countCategories({ disclosed, who }: AuditEntry, categories: ReadonlyMap<string, RowCategory>, reader: OrganisationKey | null): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const version of disclosed) {
    const row = categories.get(version.split('/')[1] ?? '');
    if (row && (reader === null || reader === who.organisation || reader === row.custodian)) counts[row.category] = (counts[row.category] ?? 0) + 1;
  }
  return counts;
}

async function withClauses({ database }: HoldBackContext, lines: readonly LookLine[]): Promise<ReportLine[]> {
  const clauses = new Map((await listAgreements(database)).flatMap((row) => registeredFrom(row) ?? []).flatMap(({ agreement }) =>
    agreement.clauses.map((clause) => [`${agreement.id} ${agreement.version} ${clause.number}`, { title: agreement.title, text: clause.text }] as const)));
  return lines.map(({ reasons, ...line }) => ({ ...line, reasons: reasons.map((reason) => ({ ...reason, ...clauses.get(`${reason.agreement} ${reason.version} ${reason.clause}`) })) }));
}

/** The end to ask for the looks that a report had no room for: those of its last instant are told again rather than left out. */
export function endOfOlder({ at }: AuditPosition): Date {
  return new Date(Date.parse(at) + 1);
}

function queryOf(citizen: string, { from, to }: AccessReportAsk, { entries, newest }: LooksRead): string {
  const said = [...(from ? [`start=${from.toISOString()}`] : []), ...(to ? [`end=${to.toISOString()}`] : []), `entries=${entries}`, ...(newest ? [`newest=${newest.seq}`] : [])];
  return `Patient/${citizen}/$access-report?${said.join('&')}`;
}

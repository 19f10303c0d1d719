import type { AuditEvent } from '@medplum/fhirtypes';
import { agreementUrn } from '../../audit/audit-agents.ts';
import { auditEventOf } from '../../audit/audit-event.ts';
import { entryColumns, entryRow, type ReportRow } from '../../audit/report-row.ts';
import type { AuditEntry } from '../../audit/types.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { Database } from '../../store/database.ts';
import { listAccessesOpened, type AccessRow } from '../../store/sharing/emergency-reviews.ts';
import { everyId, searchAudit, type AgentCondition, type AuditPosition, type AuditQuery, type LogReader } from '../../store/audit/search-audit.ts';
import { isUuid } from '../../store/secrets.ts';
import type { ReleaseContext } from '../release-context.ts';
import type { ReportAsk, ReportName } from './write-report.ts';

/** What a report is narrowed to; null: not. */
export interface ReportFilters {
  /** half-open */
  from: Date | null;
  to: Date | null;
  /** a citizen's id */
  patient: string | null;
  /** a person's id at the issuer */
  user: string | null;
  /** system|value of the organisation that asked */
  organisation: OrganisationKey | null;
  agreement: string | null;
  version: string | null;
  clause: string | null;
  feed: string | null;
}

export interface ReportPage {
  rows: (ReportRow | AuditEvent)[];
  /** ids of the entries of the log among them */
  entries: string[];
  next: ReportPosition | null;
}

/** Where a page ended: an instant, and what tells those of one instant apart. */
export interface ReportPosition {
  at: string;
  n: number | string;
}

const together = 500;
/** One access and one organisation asked to review it. */
const emergencyColumns = [
  'reference', 'openedAt', 'until', 'person', 'personName', 'role', 'organisation', 'reason', 'explanation', 'reviewedFor', 'outcome', 'note', 'reviewer', 'reviewerName', 'reviewedAt',
] as const;

/** The columns of a report, in their order. */
export function columnsOf(name: ReportName): readonly string[] {
  return name === 'emergencies' ? emergencyColumns : entryColumns;
}

/** The next rows of a report, newest first, with what this reader may read. */
export async function readReportPage({ database }: ReleaseContext, reader: LogReader, ask: ReportAsk, after: ReportPosition | null): Promise<ReportPage> {
  if (ask.name === 'emergencies') return readEmergencies(database, reader.organisation, ask, after);
  const found = await searchAudit(database, await queryOf(database, reader, ask, after && { at: after.at, seq: Number(after.n) }));
  const last = found.at(-1);
  const kept = found.filter(belongs(ask));
  const { events } = ask;
  return { rows: events === undefined ? kept.map(entryRow) : kept.map((entry) => auditEventOf(entry, events)), entries: kept.map(({ id }) => id), next: found.length === together && last ? { at: last.at, n: last.seq } : null };
}

async function queryOf(database: Database, reader: LogReader, { name, from, to, patient, user, organisation, agreement, version, clause, feed }: ReportAsk, before: AuditPosition | null): Promise<AuditQuery> {
  const agents: AgentCondition[] = [
    ...[user, feed].flatMap((id) => (id === null ? [] : [{ ids: [id], organisations: [] }])), ...(organisation === null ? [] : [{ ids: [], organisations: [organisation] }]),
  ];
  const named = [agreement, version, version === null ? null : clause].filter((part) => part !== null);
  const words = [...(agreement === null ? [] : [[`below ${agreementUrn}:${named.join(':')}`]]), ...wordsOf(name)];
  return { citizens: patient === null ? null : isUuid(patient) ? await everyId(database, [patient]) : [], agents, words, from, to, reader, before, limit: together };
}

function wordsOf(name: ReportName): string[][] {
  switch (name) {
    case 'denials': return [['outcome 8']];
    case 'emergency-looks': return [['purpose BTG', ...['break-glass', 'end-break-glass', 'emergency-review', 'emergency-revoke'].map((interaction) => `interaction ${interaction}`)]];
    case 'exports': return [takenOut.map((interaction) => `interaction ${interaction}`)];
    default: return [];
  }
}

/** What leaves to be kept elsewhere: reports and answers of the log, the log itself, files of the record, what a person is given about themselves, notifications. */
const takenOut = ['audit-report', 'access-report', 'look-replay', 'audit-export', 'subject-access', 'export-file', 'notify'] as const;

/** What the words find too much of: faults of ours beside refusals, and a clause's number in other versions of the agreement. */
function belongs({ name, agreement, version, clause }: ReportAsk): (entry: AuditEntry) => boolean {
  return ({ outcome, decisions }) => (name !== 'denials' || outcome === 'denied')
    && (clause === null || decisions.some((each) => each.agreement === agreement && each.clause === clause && (version === null || each.version === version)));
}

/** Emergency access with who was asked to review it and what they found. */
async function readEmergencies(database: Database, organisation: OrganisationKey | null, { from, to, user, organisation: opener }: ReportAsk, after: ReportPosition | null): Promise<ReportPage> {
  const before = after && { openedAt: after.at, reference: String(after.n) };
  const found = await listAccessesOpened(database, { organisation, from, to, person: user, opener, before, limit: together });
  const last = found.length === together ? found.at(-1) : undefined;
  return { rows: found.flatMap(emergencyRows), entries: [], next: last ? { at: last.openedAt.toISOString(), n: last.reference } : null };
}

function emergencyRows(access: AccessRow): Record<(typeof emergencyColumns)[number], string>[] {
  return access.reviews.map(({ organisation, outcome, note, reviewer, reviewerName, reviewedAt }) => ({
    reference: access.reference, openedAt: access.openedAt.toISOString(), until: access.until.toISOString(), person: access.person, personName: access.personName, role: access.role,
    organisation: access.organisation, reason: access.reason, explanation: access.explanation, reviewedFor: organisation, outcome: outcome ?? 'open', note: note ?? '',
    reviewer: reviewer ?? '', reviewerName: reviewerName ?? '', reviewedAt: reviewedAt ?? '',
  }));
}

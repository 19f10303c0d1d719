import type { AuditEvent } from '@medplum/fhirtypes';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import type { ReportRow } from '../../audit/report-row.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOversight, logReader } from '../check-oversight.ts';
import { appendAct, appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { readReportPage, type ReportFilters, type ReportPosition } from './read-report-page.ts';
import { forAuditReaders } from './search-audit.ts';

/** Reports there are, each with the filters it cannot do without. */
export const reports = {
  citizen: ['patient'], user: ['user'], organisation: ['organisation'], agreement: ['agreement'], clause: ['agreement', 'clause'], feed: ['feed'],
  denials: [], emergencies: [], 'emergency-looks': [], exports: [],
} as const satisfies Readonly<Record<string, readonly (keyof ReportFilters)[]>>;
export type ReportName = keyof typeof reports;

export interface ReportAsk extends ReportFilters {
  name: ReportName;
  /** entries as FHIR AuditEvents of the API at this address, and not as rows */
  events?: { base: string };
}

/** A report under way: pages of rows as they are read, each audited before it is handed out. */
export type ReportPages = AsyncGenerator<(ReportRow | AuditEvent)[], void, undefined>;

/**
 * THE STORY of a report: may this reader read the log → the filters it needs are there → and then page by page: still
 * allowed → read → audit (durable) → handed out; a last entry says how many rows left. Nothing beyond a page is held. Ends
 * where it began: entries written meanwhile, its own among them, are not in it.
 */
export async function openReport(context: ReleaseContext, requester: Requester, ask: ReportAsk, request: RequestFacts): Promise<ReportPages> {
  await checkAsk(context, requester, ask);
  const now = context.clock();
  const pages = writePages(context, requester, { ...ask, to: ask.to !== null && ask.to < now ? ask.to : now }, request);
  const first = await pages.next(); // what is refused is refused before the first byte
  return handOn(first, pages);
}

/** The same without reading anything: whether the report would be written. Written down as asking for it. */
export async function checkReport(context: ReleaseContext, requester: Requester, ask: ReportAsk, request: RequestFacts): Promise<void> {
  await checkAsk(context, requester, ask);
  await appendAct(context, requester, request, { interaction: 'audit-report', query: `${normalForm(ask)} headers`, status: 200, citizen: ask.patient });
}

async function checkAsk(context: ReleaseContext, requester: Requester, ask: ReportAsk): Promise<void> {
  const missing = reports[ask.name].filter((filter) => ask[filter] === null);
  if (missing.length > 0) throw new Refusal(...missing.map((field): Problem => ({ ...filterMissing, at: { field } })));
  const unused = ask.name === 'emergencies' ? carried.filter((filter) => ask[filter] !== null) : [];
  if (unused.length > 0) throw new Refusal(...unused.map((field): Problem => ({ ...filterUnused, at: { field } })));
  if (ask.events && ask.name === 'emergencies') throw new Refusal(notEvents);
  await checkOversight(context, requester, forAuditReaders);
}

async function* handOn(first: IteratorResult<(ReportRow | AuditEvent)[], void>, rest: ReportPages): ReportPages {
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } finally {
    await rest.return();
  }
}

async function* writePages(context: ReleaseContext, requester: Requester, ask: ReportAsk, request: RequestFacts): ReportPages {
  const query = normalForm(ask);
  let [rows, whole] = [0, false];
  const tell = (said: string, ids: readonly string[]): Promise<void> => appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'audit-report', query: `${query} ${said}`, status: 200, citizen: ask.patient }),
    { disclosed: ids.map((id) => ({ type: 'AuditEvent', id, version: 1 })), decisions: [] }));
  try {
    for (let after: ReportPosition | null = null, page = 1; ; page += 1) {
      if (page > 1) await checkOversight(context, requester, forAuditReaders);
      const read = await readReportPage(context, logReader(requester), ask, after);
      await tell(`page=${page}`, read.entries);
      rows += read.rows.length;
      yield read.rows;
      if (read.next === null) {
        whole = true;
        return;
      }
      after = read.next;
    }
  } finally {
    await tell(whole ? `whole rows=${rows}` : `broken-off rows=${rows}`, []).catch(() => undefined); // what left is in the entries before it
  }
}

/** Without what identifies a citizen. */
function normalForm({ name, from, to, patient, events: _, ...filters }: ReportAsk): string {
  const said = Object.entries(filters).flatMap(([filter, value]) => (value === null ? [] : [`${filter}=${likeNhsNumber.test(value) ? '*' : encodeURIComponent(value.toWellFormed())}`]));
  return `governance/reports/${name}?${[...(from ? [`from=${from.toISOString()}`] : []), ...(to ? [`to=${to.toISOString()}`] : []), ...(patient === null ? [] : ['patient=*']), ...said.sort()].join('&')}`;
}

/** Filters of entries of the log, which emergency access itself is not. */
const carried = ['patient', 'agreement', 'version', 'clause', 'feed'] as const;

const filterUnused: Problem = { category: 'unsupported', code: 'report-filter-unknown', text: 'This report cannot be narrowed so.', expected: 'user, organisation, from, to' };
/** Ten digits where nobody's number belongs may still be one. */
const likeNhsNumber = /(?<!\d)\d{3}[-. ]?\d{3}[-. ]?\d{4}(?!\d)/;

const notEvents: Problem = { category: 'not-acceptable', code: 'format-unsupported', text: 'Emergency accesses are no entries of the log.', expected: 'application/x-ndjson or text/csv', fix: 'Take the report emergency-looks as FHIR.' };
const filterMissing: Problem = { category: 'invalid', code: 'report-filter-missing', text: 'This report needs a filter that was not given.', expected: 'every filter the report is named after' };

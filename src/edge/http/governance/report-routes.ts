import type { Router } from 'express';
import type { ReportRow } from '../../../audit/report-row.ts';
import { csvLine } from '../../../fhir/csv-line.ts';
import { rangeOf } from '../../../fhir/date-range.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { ReportFilters } from '../../../flow/audit/read-report-page.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { ReportAsk, ReportName, ReportPages } from '../../../flow/audit/write-report.ts';
import { asksForForm } from '../other-form.ts';
import { plainName } from '../plain-name.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';

export interface ReportServices extends RouteServices {
  /** of the FHIR API */
  base: string;
  reports: {
    /** filters each report needs */
    names: Readonly<Record<ReportName, readonly string[]>>;
    columns: (name: ReportName) => readonly string[];
    open: (requester: Requester, ask: ReportAsk, request: RequestFacts) => Promise<ReportPages>;
    /** that it would be written */
    check: (requester: Requester, ask: ReportAsk, request: RequestFacts) => Promise<void>;
  };
}

const address = 'governance/reports';
const readers = permitGovernance(['governance', 'privacy-officer'], 's', 'AuditEvent');
const filters = ['patient', 'user', 'organisation', 'agreement', 'version', 'clause', 'feed'] as const satisfies readonly (keyof ReportFilters)[];

/** The log taken out, for those who answer for it. */
export function addReportRoutes(router: Router, services: ReportServices): void {
  router.get('/reports/:name', route(services, { interaction: 'audit-report', pattern: `${address}/{name}`, permit: readers, writes: ['text/csv', 'application/fhir+ndjson'] }, (asked) => report(services, asked)));
}

export const reportAddresses: readonly [address: string, pattern: string, allow: string][] = [['/reports/:name', `${address}/{name}`, 'GET, HEAD']];

/**
 * GET /governance/reports/{name}?from=&to=&patient=&user=&organisation=&agreement=&version=&clause=&feed= · lines of JSON: `{"columns": …}`,
 * a row each, and `{"rows": n}` when all have come; or as `text/csv`; or as `application/fhir+ndjson`, an AuditEvent each. `from` and `to` are London days, both included, or instants.
 */
async function report({ reports, base }: ReportServices, asked: Asked): Promise<Reply> {
  const name = Object.keys(reports.names).find((each) => each === asked.params['name']) as ReportName | undefined;
  if (name === undefined) throw new Refusal({ category: 'not-found', code: 'report-unknown', text: 'There is no such report.', expected: Object.keys(reports.names).join(', ') });
  const asEvents = asksForForm(asked, 'application/fhir+ndjson');
  const ask: ReportAsk = { name, ...readFilters(asked.query), ...(asEvents && { events: { base } }) };
  const headers: Record<string, string> = asksForForm(asked, 'text/csv')
    ? { 'Content-Type': 'text/csv; charset=utf-8; header=present', 'Content-Disposition': `attachment; filename="${name}.csv"`, Vary: 'Accept' }
    : { 'Content-Type': asEvents ? 'application/fhir+ndjson' : 'application/x-ndjson; charset=utf-8', Vary: 'Accept' };
  if (asked.head) {
    await reports.check(asked.requester, ask, asked.request);
    return { status: 200, headers, stream: () => Promise.resolve() };
  }
  const pages = await reports.open(asked.requester, ask, asked.request);
  const columns = reports.columns(name);
  if (asksForForm(asked, 'text/csv')) {
    return {
      status: 200, headers,
      stream: (write, gone) => writeRows(pages, gone, write, { head: `\uFEFF${csvLine(columns)}\r`, row: (row) => `${csvLine(columns.map((column) => (row as ReportRow)[column] ?? ''))}\r` }),
    };
  }
  return {
    status: 200, headers,
    stream: (write, gone) => writeRows(pages, gone, write, { ...(!asEvents && { head: JSON.stringify({ columns }) }), row: (row) => JSON.stringify(row), ...(!asEvents && { end: (rows) => JSON.stringify({ rows }) }) }),
  };
}

interface Form {
  head?: string;
  row: (row: object) => string;
  end?: (rows: number) => string;
}

async function writeRows(pages: ReportPages, gone: AbortSignal, write: (line: string) => Promise<void>, { head, row, end }: Form): Promise<void> {
  let rows = 0;
  try {
    if (head !== undefined) await write(head);
    for await (const page of pages) {
      for (const each of page) await write(row(each));
      rows += page.length;
      if (gone.aborted) return;
    }
    if (end) await write(end(rows));
  } finally {
    await pages.return();
  }
}

function readFilters(query: readonly [string, string][]): ReportFilters {
  const read: ReportFilters = { from: null, to: null, patient: null, user: null, organisation: null, agreement: null, version: null, clause: null, feed: null };
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [name, value] of query.filter(([each]) => each !== '_format')) {
    const filter = filters.find((each) => each === name);
    const range = name === 'from' || name === 'to' ? rangeOf(value.replace(' ', '+')) : undefined;
    if (!filter && name !== 'from' && name !== 'to') problems.push({ category: 'unsupported', code: 'search-parameter-unknown', text: 'A report has no such filter.', at: { field: plainName(name) }, expected: ['from', 'to', ...filters].join(', ') });
    else if (seen.has(name) || (filter ? !/^[^\p{Cc}\p{Cf}\p{Cs}]{1,300}$/u.test(value) : !range)) problems.push({ category: 'invalid', code: 'search-value-invalid', text: 'A filter of a report is not in its form.', at: { field: name }, expected: filter ? 'one value of at most 300 characters' : 'a day or an instant, once' });
    else if (filter) read[filter] = filter === 'patient' ? value.replace(/^Patient\//, '') : value;
    else if (range) read[name === 'from' ? 'from' : 'to'] = new Date(name === 'from' ? range.from : range.to);
    seen.add(name);
  }
  if (problems.length > 0) throw new Refusal(...problems);
  return read;
}

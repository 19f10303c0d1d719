import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { ignoredNotice } from '../../fhir/notices.ts';
import { notFound } from '../../fhir/outcome.ts';
import { parseExact } from '../../fhir/parse-exact.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { subsetResource } from '../../fhir/subset-resource.ts';
import { countExportBatches, countExportFiles, endedOf, exportSizes, mostListFailures, readExportBatch, type ExportJob } from '../../store/partners/export-jobs.ts';
import { readEnded, readListed, readSourcePatients } from '../../store/door/read-rows.ts';
import type { TokenStops } from '../../store/partners/token-stops.ts';
import { assembleText } from '../assemble.ts';
import { auditFacts } from '../audit-facts.ts';
import { composeCitizens } from '../compose-citizens.ts';
import { explainRelease } from '../explain-release.ts';
import type { HeldGrant } from '../policy.ts';
import { appendAct, appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { findExport } from './start-export.ts';
import type { VisibleRow } from '../../store/door/door.ts';

export interface ExportFile {
  type: string;
  /** its last part of the address */
  name: string;
}

/** A download goes on long after its token was looked at. */
export interface DownloadContext extends ReleaseContext {
  stops: Pick<TokenStops, 'isStopped'>;
}

/** What an export holds. */
export interface ExportManifest {
  job: ExportJob;
  /** data stored up to this instant is in it; what came after may be */
  upTo: Date;
  files: ExportFile[];
  /** files of Bundles that say which resources ended */
  ended: ExportFile[];
  /** files of OperationOutcomes */
  errors: ExportFile[];
}

/** A transaction may stay open this long with rows that bear the time it began: these are asked for by the next export. */
const openTransactionMs = 120_000;

/** The job as it stands, and its files once there are all. That there are any tells something: an entry is written for it. */
export async function releaseExportStatus(context: ReleaseContext, requester: Requester, id: string, request: RequestFacts): Promise<ExportManifest | { job: ExportJob }> {
  const job = await findExport(context, requester, id);
  if (job.doneAt === null && job.failures >= mostListFailures) throw new Refusal(listFailed);
  if (job.doneAt === null) return { job };
  const listed = (await countExportFiles(context.database, job.id)).flatMap(({ type, files: n }) => Array.from({ length: n }, (_, i) => ({ type, name: fileName(type.replace(' ', '-'), i) })));
  const files = listed.filter(({ type }) => !type.startsWith(endedOf('')));
  const ended = listed.filter((file) => !files.includes(file)).map(({ name }) => ({ type: 'Bundle', name }));
  await appendAct(context, requester, request, { interaction: 'export-status', query: `_export/${job.id}`, status: 200 });
  return {
    job, files, ended, upTo: new Date(Math.min(job.askedAt.getTime() - openTransactionMs, job.until === null ? Number.POSITIVE_INFINITY : new Date(job.until).getTime())), errors: job.ignored.length === 0 ? [] : [{ type: 'OperationOutcome', name: fileName('OperationOutcome', 0) }],
  };
}

const stopped: Problem = { category: 'unauthenticated', code: 'token-revoked', text: 'The bearer token was revoked, or its client was disabled, while the file was sent.' };
const cutShort: Problem = { category: 'gone', code: 'export-ended', text: 'The export ended while the file was sent: it was deleted, or its time was over.', fix: 'Ask for it again: this file is not whole.' };
const listFailed: Problem = { category: 'internal', code: 'export-failed', text: 'The export could not be made.', fix: 'Delete it and ask again.' };

function fileName(type: string, n: number): string {
  return `${type}-${n + 1}.ndjson`;
}

/** `Encounter-1.ndjson`, and `ended-Encounter-1.ndjson` of those that ended; anything else is of no type. */
export function fileNamed(name: string): { ended: boolean; type: string; number: string } {
  const [, ended, type = '', number = ''] = /^(ended-)?([A-Z][A-Za-z]+)-([1-9]\d{0,5})\.ndjson$/.exec(name) ?? [];
  return { ended: ended !== undefined, type, number };
}

/**
 * THE STORY of a file: whose job → for each batch: what is permitted at this moment, through the one door → audit (durable)
 * → its lines. The list only says what to ask for: who objected since, or whose agreement ended, is left out, and nothing says so.
 * Each value is the lines of one batch, of which nothing has been sent before its entry is durable. Throws in the middle where the
 * export or the client's right to it ends meanwhile: a file that ends early never looks whole.
 */
export async function releaseExportFile(context: DownloadContext, requester: Requester, id: string, name: string, request: RequestFacts): Promise<AsyncGenerator<string[]>> {
  const job = await findExport(context, requester, id);
  const { ended, type, number } = fileNamed(name);
  const first = (Number(number) - 1) * exportSizes.file;
  if (job.doneAt === null || type === '') throw new Refusal(notFound);
  if (type === 'OperationOutcome') return ignoredParameters(job);
  const listed = ended ? endedOf(type) : type;
  const end = Math.min(first + exportSizes.file, await countExportBatches(context.database, job.id, listed));
  if (first >= end) throw new Refusal(notFound);
  return batches(context, requester, { job, type, listed, name, first, end }, request);
}

interface AskedFile {
  job: ExportJob;
  type: string;
  /** the type it is listed under: another where its rows ended */
  listed: string;
  name: string;
  /** its first batch, and the one after its last */
  first: number;
  end: number;
}

async function* batches(context: DownloadContext, requester: Requester, file: AskedFile, request: RequestFacts): AsyncGenerator<string[]> {
  const { job, listed, first, end } = file;
  const askedAt = context.clock();
  for (let n = first; n < end; n += 1) {
    if (n > first && await context.stops.isStopped([`token ${requester.token}`, `client ${requester.client}`], askedAt)) throw new Refusal(stopped);
    const ids = await readExportBatch(context.database, job.id, listed, n);
    if (!ids) throw new Refusal(cutShort);
    yield await (listed === file.type ? releaseBatch : releaseEnded)(context, requester, file, ids, request);
  }
}

/** As a search would say it. */
function shapeOf({ elements }: ExportJob): { shape?: string } {
  return elements.length === 0 ? {} : { shape: `_elements=${[...elements].sort().join(',')}` };
}

async function releaseBatch(context: ReleaseContext, requester: Requester, { job, type, name }: AskedFile, ids: readonly string[], request: RequestFacts): Promise<string[]> {
  const { database, policy } = context;
  const { held, result: rows } = await policy.under(requester, ({ grant }) => (type === 'Patient' ? readSourcePatients : readListed)(database, grant.key, ids));
  const found = rows.filter((row) => row.type === type);
  const lines = linesOf(held, type, found).map((line) => inPart(job, type, line));
  const explained = explainRelease(held, found, []);
  const entry = describeDisclosure(auditFacts(context, requester, { ...request, ...shapeOf(job) }, { interaction: 'export-file', query: `_export/${job.id}/${name}`, status: 200 }), explained);
  await appendOrRefuse(context, { ...entry, listed: [...new Set(found.flatMap(({ citizen }) => citizen ?? []))].sort() });
  return lines;
}

/** That they ended, as a Bundle that would end them elsewhere (Bulk Data Access 2, `deleted`): to whom could see them. */
async function releaseEnded(context: ReleaseContext, requester: Requester, { job, type, name }: AskedFile, ids: readonly string[], request: RequestFacts): Promise<string[]> {
  const { result: ended } = await context.policy.under(requester, ({ grant }) => readEnded(context.database, grant.key, type, ids));
  await appendAct(context, requester, request, { interaction: 'export-file', query: `_export/${job.id}/${name}`, status: 200 });
  const entry = ended.map((id) => ({ request: { method: 'DELETE', url: `${type}/${id}` } }));
  return entry.length === 0 ? [] : [JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })];
}

/** Of people the composed Patient, whose id all else refers to. */
function linesOf(held: HeldGrant, type: string, rows: VisibleRow[]): string[] {
  return type === 'Patient' ? composeCitizens(held, rows).map(({ patient }) => JSON.stringify(patient)) : rows.map(assembleText);
}

function inPart({ elements }: ExportJob, type: string, line: string): string {
  const own = elements.flatMap((element) => (element.startsWith(`${type}.`) ? [element.slice(type.length + 1)] : element.includes('.') ? [] : [element]));
  return own.length === 0 ? line : JSON.stringify(subsetResource(parseExact(line), { elements: own }));
}

async function* ignoredParameters({ ignored }: ExportJob): AsyncGenerator<string[]> {
  const resource = ignoredNotice(ignored).resource;
  if (ignored.length === 0 || !resource) throw new Refusal(notFound);
  yield await Promise.resolve([JSON.stringify(resource)]);
}

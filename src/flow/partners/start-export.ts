import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { purposeKinds, type Requester } from '../../fhir/sharing.ts';
import { endExportJob, findExportJob, saveExportJob, type ExportAsk, type ExportJob } from '../../store/partners/export-jobs.ts';
import { isUuid } from '../../store/secrets.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

export interface ExportContext extends ReleaseContext {
  /** there is a list to be made */
  wake: () => void;
}

/** Exports a client may have at a time, finished ones among them, and hours until one is forgotten. */
export const exportLimits = { jobs: 5, hours: 24 };

/**
 * THE STORY of a request for an export: is this a system → is its purpose one that may have so much → audit (durable) → the
 * job. Nothing is read here: the list is made soon after, and what it names is read when it is sent. Returns the job's id.
 * `group` names the group that is asked for: an organisation has one, under its own id in the directory.
 */
export async function startExport(context: ExportContext, requester: Requester, ask: ExportAsk, group: string | null, request: RequestFacts): Promise<string> {
  checkExport(requester, ask, group === null || group === context.directory.get(requester.organisation)?.id);
  const id = context.newId();
  await appendAct(context, requester, request, { interaction: 'export', query: normalOf(ask), status: 202 });
  if (!await saveExportJob(context.database, { ...ask, id, requester }, exportLimits)) throw new Refusal(tooManyJobs);
  context.wake();
  return id;
}

/** By who asks and for what, never by data. Care of one person has no use for everybody. */
function checkExport({ role, person, purpose }: Requester, { level }: ExportAsk, ownGroup: boolean): void {
  if (role !== 'integration' || person) throw new Refusal(systemsOnly);
  if (!ownGroup) throw new Refusal(notFound);
  if (level !== 'group' && purposeKinds[purpose] === 'individual-care') throw new Refusal(groupOnly);
}

/** The job of who asks: anybody else's is not there, like one that never was. */
export async function findExport(context: Pick<ReleaseContext, 'database'>, requester: Requester, id: string): Promise<ExportJob> {
  const job = isUuid(id) ? await findExportJob(context.database, id, requester) : undefined;
  if (!job) throw new Refusal(notFound);
  return job;
}

/** Ends a job: what is not sent by now is not sent. */
export async function deleteExport(context: ExportContext, requester: Requester, id: string, request: RequestFacts): Promise<void> {
  const job = await findExport(context, requester, id);
  await appendAct(context, requester, request, { interaction: 'export-delete', query: `_export/${job.id}`, status: 202 });
  await endExportJob(context.database, job.id);
  context.wake(); // its lists are in nobody's way, and need not wait
}

function normalOf({ level, types, since, until, elements }: ExportAsk): string {
  const parameters = [`_type=${types.join(',')}`, ...(since === null ? [] : [`_since=${since}`]), ...(until === null ? [] : [`_until=${until}`]), ...(elements.length === 0 ? [] : [`_elements=${elements.join(',')}`])];
  return `${{ system: '', patient: 'Patient/', group: 'Group/*/' }[level]}$export?${parameters.join('&')}`;
}

const systemsOnly: Problem = { category: 'forbidden', code: 'export-systems-only', text: 'An export is for a system that acts by itself.', expected: 'the token of an organisation\'s system client, with a scope such as system/*.rs' };
const groupOnly: Problem = {
  category: 'forbidden', code: 'export-purpose', text: 'For the care of single people nobody exports everybody.', fix: 'Export your organisation\'s own group: Group/{id of your organisation}/$export.',
};
const tooManyJobs: Problem = { category: 'throttled', code: 'export-too-many', text: 'This client has as many exports as it may have.', expected: `at most ${exportLimits.jobs}`, fix: 'Delete those that are done with.', retryAfter: 300 };

import type { Router } from 'express';
import { allows } from '../../../fhir/allows.ts';
import { textOf } from '../../../fhir/json.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { fileNamed, type ExportManifest } from '../../../flow/partners/release-export.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { ExportAsk, ExportJob, ExportLevel } from '../../../store/partners/export-jobs.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { exportedTypes, readExportInputs } from './export-inputs.ts';
import { inputsIn } from './read-inputs.ts';
import { readResource, type ResourceLimits } from './read-resource.ts';
import { handlingOf } from './search-type.ts';

export interface ExportServices extends RouteServices {
  base: string;
  limits: ResourceLimits;
  exports: {
    start: (requester: Requester, ask: ExportAsk, group: string | null, request: RequestFacts) => Promise<string>;
    status: (requester: Requester, id: string, request: RequestFacts) => Promise<ExportManifest | { job: ExportJob }>;
    file: (requester: Requester, id: string, name: string, request: RequestFacts) => Promise<AsyncGenerator<string[]>>;
    delete: (requester: Requester, id: string, request: RequestFacts) => Promise<void>;
  };
}

const askAgainSeconds = '2';
const kickOffs: readonly [address: string, pattern: string, level: ExportLevel][] = [
  ['/\\$export', '$export', 'system'], ['/Patient/\\$export', 'Patient/$export', 'patient'], ['/Group/:id/\\$export', 'Group/{id}/$export', 'group'],
];

/** Bulk Data Access 2: http://hl7.org/fhir/uv/bulkdata/STU2/export.html, the three ways to ask, how it stands, its files, its end. */
export function addExportRoutes(router: Router, services: ExportServices): void {
  for (const [address, pattern, level] of kickOffs) {
    const facts = { interaction: 'export', pattern, permit: permitExport, handling: true, later: true } as const;
    router.get(address, route(services, facts, (asked) => kickOff(services, asked, level, false)));
    router.post(address, route(services, facts, (asked) => kickOff(services, asked, level, true)));
  }
  router.get('/_export/:id', route(services, { interaction: 'export-status', pattern: '_export/{id}', permit: permitExport }, (asked) => status(services, asked)));
  router.delete('/_export/:id', route(services, { interaction: 'export-delete', pattern: '_export/{id}', permit: permitExport }, async (asked) => {
    await services.exports.delete(asked.requester, asked.params['id'] ?? '', asked.request);
    return { status: 202 };
  }));
  router.get('/_export/:id/:name', route(services, { interaction: 'export-file', pattern: '_export/{id}/{name}', permit: permitExport, writes: ['application/fhir+ndjson'] }, (asked) => file(services, asked)));
}

/** Their addresses with what they take. */
export const exportAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ...kickOffs.map(([address, pattern]): [string, string, string] => [address, pattern, 'GET, HEAD, POST']),
  ['/_export/:id', '_export/{id}', 'GET, HEAD, DELETE'], ['/_export/:id/:name', '_export/{id}/{name}', 'GET, HEAD'],
];

/** Who may read nothing has nothing to export. */
function permitExport({ scopes }: Requester): Problem | null {
  return exportedTypes.some((type) => allows(scopes, type, 'r')) ? null : { category: 'forbidden', code: 'scope-missing', text: 'The token\'s scopes do not cover this.', expected: 'a scope such as system/*.r' };
}

/** GET or POST [base]/$export, [base]/Patient/$export, [base]/Group/{id}/$export: 202 with the address to ask how it stands. */
async function kickOff(services: ExportServices, asked: Asked, level: ExportLevel, posted: boolean): Promise<Reply> {
  if (!/\brespond-async\b/.test(asked.header('Prefer') ?? '')) throw new Refusal(asyncOnly);
  const given = [...asked.query, ...(posted ? inputsIn((await readResource(asked, 'Parameters', services.limits)).resource) : [])];
  const inputs = readExportInputs(given, asked.requester, handlingOf(asked) === 'lenient');
  const group = level === 'group' ? asked.params['id'] ?? '' : null;
  const query = given.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(value))}`).join('&');
  const path = { system: '', patient: 'Patient/', group: `Group/${group ?? ''}/` }[level];
  const id = await services.exports.start(asked.requester, { ...inputs, level, request: `${services.base}/${path}$export${query === '' ? '' : `?${query}`}` }, group, asked.request);
  return { status: 202, headers: { 'Content-Location': `${services.base}/_export/${id}` } };
}

/** 202 while the lists are made; then the manifest. Which numbers there are is not said: what a file holds is settled when it is sent. */
async function status(services: ExportServices, asked: Asked): Promise<Reply> {
  const found = await services.exports.status(asked.requester, asked.params['id'] ?? '', asked.request);
  const { job } = found;
  if (!('files' in found)) return { status: 202, headers: { 'X-Progress': `${job.listed} of ${job.types.length} types listed`, 'Retry-After': askAgainSeconds } };
  const address = ({ type, name }: { type: string; name: string }): { type: string; url: string } => ({ type, url: `${services.base}/_export/${job.id}/${name}` });
  const manifest = { transactionTime: found.upTo.toISOString(), request: job.request, requiresAccessToken: true, output: found.files.map(address), ...(found.ended.length > 0 && { deleted: found.ended.map(address) }), error: found.errors.map(address) };
  return { status: 200, text: JSON.stringify(manifest), headers: { 'Content-Type': 'application/json; charset=utf-8', Expires: job.expiresAt.toUTCString() } };
}

/** The first batch is there before anything is said; of a failure after that, the last line tells. */
async function file(services: ExportServices, asked: Asked): Promise<Reply> {
  const name = asked.params['name'] ?? '';
  const { type } = fileNamed(name);
  if (exportedTypes.includes(type) && !allows(asked.requester.scopes, type, 'r')) throw new Refusal({ category: 'forbidden', code: 'scope-missing', text: 'The token\'s scopes do not cover this.', expected: `a scope such as system/${type}.r` });
  const batches = await services.exports.file(asked.requester, asked.params['id'] ?? '', name, asked.request);
  const headers = { 'Content-Type': 'application/fhir+ndjson', Vary: 'Accept, Accept-Encoding' };
  if (asked.head) { // that there is such a file is told, as by the manifest; no row is read
    await services.exports.status(asked.requester, asked.params['id'] ?? '', asked.request);
    return { status: 200, headers, zips: true, stream: () => Promise.resolve() };
  }
  const first = await batches.next();
  return {
    status: 200, headers, zips: true,
    stream: async (write, gone) => {
      try {
        for (let batch = first; batch.done !== true && !gone.aborted; batch = await batches.next()) {
          if (batch.value.length > 0) await write(batch.value.join('\n'));
        }
      } finally {
        await batches.return(undefined);
      }
    },
  };
}

const asyncOnly: Problem = { category: 'invalid', code: 'export-async-only', text: 'An export takes longer than an answer.', at: { field: 'Prefer' }, expected: 'Prefer: respond-async', fix: 'Ask again with this header, and follow Content-Location.' };

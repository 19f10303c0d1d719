import { randomUUID } from 'node:crypto';
import { searchToken } from '../../src/fhir/search-token.ts';
import type { Samples } from '../readable-samples.ts';
import { inTurn, wireRequest, type WireRequest } from '../send-requests.ts';

/** One sort of request, and what its work costs with no questions asked. */
export interface ApiKind {
  name: string;
  ours: (url: string, headers: Samples['headers']) => Iterator<WireRequest>;
  theirs: (url: string) => Iterator<WireRequest>;
  /** new records that one request of ours makes */
  makes: number;
}

/** What the reads look for, taken from the record itself. */
export interface ReadSamples extends Samples {
  /** family names of readable people */
  families: string[];
  /** their identifiers, `system|value` */
  identifiers: string[];
}

const count = 20;
const bare = { Accept: 'application/fhir+json' };
const query = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString();
const tokens = (...hashes: bigint[]): string => `{${hashes.join(',')}}`;

export function apiKinds(samples: ReadSamples): ApiKind[] {
  const { episodes, citizens, episodeType, families, identifiers } = samples;
  const reads = (name: string, ours: readonly string[], theirs: readonly string[]): ApiKind => ({
    name, makes: 0,
    ours: (url, headers) => inTurn(ours.map((path) => wireRequest('GET', new URL(path, url), headers))), theirs: (url) => inTurn(theirs.map((path) => wireRequest('GET', new URL(path, url), bare))),
  });
  return [
    reads('read', episodes.map((id) => `/fhir/EpisodeOfCare/${id}`), episodes.map((id) => `/EpisodeOfCare/${id}`)),
    reads('search-token', [`/fhir/EpisodeOfCare?${query({ status: 'active', type: episodeType, _count: String(count) })}`],
      [`/EpisodeOfCare?${query({ tokens: tokens(searchToken('EpisodeOfCare', 'status', 'token', 'active'), searchToken('EpisodeOfCare', 'type', 'token', episodeType)), count: String(count) })}`]),
    reads('search-date', [`/fhir/EpisodeOfCare?${query({ date: 'ge2025-06-01', _sort: '-date', _count: String(count), _total: 'none' })}`], [`/by-date?${query({ type: 'EpisodeOfCare', from: '2025-06-01', count: String(count) })}`]),
    reads('search-name', families.map((family) => `/fhir/Patient?${query({ family, _count: String(count) })}`), families.map((family) => `/EpisodeOfCare?${query({ tokens: tokens(searchToken('Patient', 'family', 'prefix', family.toLowerCase())), count: String(count) })}`)),
    reads('search-chained', identifiers.map((identifier) => `/fhir/EpisodeOfCare?${query({ 'patient.identifier': identifier, _count: String(count) })}`),
      identifiers.map((identifier) => `/chained?${query({ type: 'EpisodeOfCare', token: String(searchToken('Patient', 'identifier', 'token', identifier)), count: String(count) })}`)),
    reads('everything', citizens.map((id) => `/fhir/Patient/${id}/$everything?_count=200`), citizens.map((id) => `/Patient/${id}/everything`)),
    ...writes(citizens),
  ];
}

/** Every record of a run has a key of its own; an update says something new of one of the first hundred. */
function writes(citizens: readonly string[]): ApiKind[] {
  const run = randomUUID();
  let made = 0;
  const next = (): string => `${run}-${made += 1}`;
  const send = (method: string, url: string, path: string, headers: Record<string, string>, body: unknown): WireRequest => wireRequest(method, new URL(path, url), { ...headers, 'Content-Type': 'application/fhir+json' }, JSON.stringify(body));
  const plan = (key: string, title = 'first'): object => planOf(citizens[made % citizens.length] ?? '', key, title);
  const forEver = (make: () => WireRequest): Iterator<WireRequest> => (function* () { for (;;) yield make(); })();
  const updated = (n: number): string => `${run}-updated-${n % 100}`;
  const entries = (): object[] => Array.from({ length: 20 }, () => ({ resource: plan(next()), request: { method: 'POST', url: 'CarePlan' } }));
  return [
    { name: 'create', makes: 1, ours: (url, headers) => forEver(() => send('POST', url, '/fhir/CarePlan', headers, plan(next()))), theirs: (url) => forEver(() => send('POST', url, `/written/${next()}`, bare, plan('x'))) },
    {
      name: 'update', makes: 0,
      ours: (url, headers) => forEver(() => { made += 1; return send('PUT', url, `/fhir/CarePlan?${query({ identifier: `urn:bench|${updated(made)}` })}`, headers, planOf(citizens[made % 100 % citizens.length] ?? '', updated(made), `title ${made}`)); }),
      theirs: (url) => forEver(() => { made += 1; return send('PUT', url, `/written/${updated(made)}`, bare, plan('x', `title ${made}`)); }),
    },
    { name: 'transaction', makes: 20, ours: (url, headers) => forEver(() => send('POST', url, '/fhir', headers, { resourceType: 'Bundle', type: 'transaction', entry: entries() })), theirs: (url) => forEver(() => send('POST', url, '/written', bare, entries().map((entry) => ({ key: next(), entry })))) },
  ];
}

function planOf(citizen: string, key: string, title: string): object {
  return {
    resourceType: 'CarePlan', status: 'active', intent: 'plan', title, identifier: [{ system: 'urn:bench', value: key }], subject: { reference: `Patient/${citizen}` },
    extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/component', valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/ei-component', code: 'community-team' } }],
  };
}

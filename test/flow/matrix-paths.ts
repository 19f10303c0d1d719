import type { Bundle, DocumentReference } from '@medplum/fhirtypes';
import type { Gateway } from '../gateway.ts';
import { browserLike, type BrowserLike } from '../edge/http/session/browser-like.ts';
import { matchAs } from './matching.ts';
import { openEmergency, send, type MatrixCitizen } from './matrix-world.ts';

export type Cell = 'shown' | 'hidden' | 'refused';

export interface Path {
  name: string;
  /** what is asked, for the legend */
  asks: string;
  /** refuses by who asks or by what is offered, whatever the record holds */
  refuses?: (who: string) => boolean;
  ask: (gateway: Gateway, about: MatrixCitizen) => Promise<Cell>;
}

const careOnly = (who: string): boolean => who === 'governance-lead';
const governanceOnly = (who: string): boolean => who !== 'governance-lead';

/** The last one changes something. */
export const paths: readonly Path[] = [
  one('read', 'GET EpisodeOfCare/{id}', ({ target }) => `EpisodeOfCare/${target}`),
  one('vread', 'GET EpisodeOfCare/{id}/_history/1', ({ target }) => `EpisodeOfCare/${target}/_history/1`),
  one('history', 'GET EpisodeOfCare/{id}/_history', ({ target }) => `EpisodeOfCare/${target}/_history`),
  { name: 'history of the type', asks: 'GET EpisodeOfCare/_history?_count=200, every page', ask: (gateway, about) => allPages(gateway, about, '/fhir/EpisodeOfCare/_history?_count=200') },
  { name: 'history of all', asks: 'GET _history?_count=200, every page', ask: (gateway, about) => allPages(gateway, about, '/fhir/_history?_count=200') },
  { name: 'HEAD', asks: 'HEAD EpisodeOfCare/{id}', ask: async (gateway, { target, outcome }) => cellOf(await send(gateway, outcome.who, 'HEAD', `/fhir/EpisodeOfCare/${target}`), () => true) },
  { name: 'conditional', asks: 'GET EpisodeOfCare/{id} with If-None-Match', ask: async (gateway, { target, outcome }) => cellOf(await gateway.get(`/fhir/EpisodeOfCare/${target}`, outcome.who, { 'If-None-Match': 'W/"2"' }), () => true) },
  { name: 'XML', asks: 'GET EpisodeOfCare?_id=&_format=xml&_elements=status', ask: async (gateway, { target, outcome }) => cellOf(await gateway.get(`/fhir/EpisodeOfCare?_id=${target}&_format=xml&_elements=status`, outcome.who), (text) => text.includes(`<id value="${target}"/>`)) },
  { name: '$validate', asks: 'GET EpisodeOfCare/{id}/$validate', ask: async (gateway, { target, outcome }) => cellOf(await gateway.get(`/fhir/EpisodeOfCare/${target}/$validate`, outcome.who), () => true) },
  one('by id', 'GET EpisodeOfCare?_id=', ({ target }) => `EpisodeOfCare?_id=${target}`),
  one('by patient', 'GET EpisodeOfCare?patient=', ({ citizen }) => `EpisodeOfCare?patient=Patient/${citizen}`),
  one('by identifier', 'GET EpisodeOfCare?identifier=', ({ code }) => `EpisodeOfCare?identifier=urn:matrix%7C${code}`),
  one('kept list', 'GET EpisodeOfCare?status=active&type=, a work list that is kept', ({ code }) => `EpisodeOfCare?status=active&type=urn:matrix%7C${code}`),
  one('by code', 'GET EpisodeOfCare?type=', ({ code }) => `EpisodeOfCare?type=urn:matrix%7C${code}`),
  { name: 'posted', asks: 'POST EpisodeOfCare/_search', ask: async (gateway, about) => cellOf(await gateway.search('EpisodeOfCare', { type: `urn:matrix|${about.code}` }, about.outcome.who), hasTarget(about)) },
  { name: 'count', asks: 'GET EpisodeOfCare?type=&_count=0', ask: async (gateway, { code, outcome }) => cellOf(await gateway.get(`/fhir/EpisodeOfCare?type=urn:matrix%7C${code}&_count=0`, outcome.who), (text) => total(text) === 1) },
  { name: 'sort, pages', asks: 'GET EpisodeOfCare?patient=&_sort=-date&_count=1, every page', ask: (gateway, about) => allPages(gateway, about, `/fhir/EpisodeOfCare?patient=Patient/${about.citizen}&_sort=-date&_count=1`) },
  { name: 'batch', asks: 'POST a batch with GET EpisodeOfCare/{id}', ask: async (gateway, about) => {
    const batch = { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: `EpisodeOfCare/${about.target}` } }] };
    return cellOf(await send(gateway, about.outcome.who, 'POST', '/fhir', JSON.stringify(batch)), hasTarget(about));
  } },
  { name: '$docref', asks: 'GET DocumentReference/$docref?patient=, the name one source says in the documents it names', ask: async (gateway, { citizen, family, outcome }) => {
    const { entry = [] } = (await (await gateway.get(`/fhir/DocumentReference/$docref?patient=${citizen}`, outcome.who)).json()) as Bundle<DocumentReference>;
    const urls = entry.flatMap(({ resource }) => resource?.content?.flatMap(({ attachment }) => attachment.url ?? []) ?? []).filter((url) => url.includes('/Patient/'));
    const documents = await Promise.all(urls.map(async (url) => (await gateway.get(url.slice(gateway.url.length), outcome.who)).text()));
    if (documents.length === 0) throw new Error('no document is named');
    return documents.some((text) => text.includes(`"${family}"`)) ? 'shown' : 'hidden';
  } },
  { name: '$everything', asks: 'GET Patient/{id}/$everything?_count=1, every page', ask: (gateway, about) => allPages(gateway, about, `/fhir/Patient/${about.citizen}/$everything?_count=1`) },
  { name: '$story', asks: 'GET Patient/{id}/$story, what a line of it names', ask: async (gateway, about) => cellOf(await gateway.get(`/fhir/Patient/${about.citizen}/$story`, about.outcome.who), hasTarget(about)) },
  { name: '$summary', asks: 'GET Patient/{id}/$summary, the name one source says', ask: async (gateway, { citizen, family, outcome }) => cellOf(await gateway.get(`/fhir/Patient/${citizen}/$summary`, outcome.who), (text) => text.includes(`"${family}"`)) },
  { name: '$presence', asks: 'GET Patient/{id}/$presence, one more record than is always seen', ask: async (gateway, { citizen, outcome }) => cellOf(await gateway.get(`/fhir/Patient/${citizen}/$presence`, outcome.who), (text) => recordsIn(text) > 1) },
  { name: '$ihe-pix', asks: 'GET Patient/$ihe-pix by NHS number, the identifier one source gives', ask: async (gateway, { code, details, outcome }) => cellOf(await gateway.get(`/fhir/Patient/$ihe-pix?sourceIdentifier=https://fhir.nhs.uk/Id/nhs-number%7C${details['nhs-number'] ?? ''}`, outcome.who), (text) => text.includes(`"${code}"`)) },
  { name: '$timeline', asks: 'GET Patient/{id}/$timeline?kind=episode&_count=1, every page', ask: (gateway, about) => allPages(gateway, about, `/fhir/Patient/${about.citizen}/$timeline?kind=episode&_count=1`) },
  { name: 'composed', asks: 'GET Patient/{id}, the name one source says', ask: async (gateway, { citizen, family, outcome }) => cellOf(await gateway.get(`/fhir/Patient/${citizen}`, outcome.who), (text) => text.includes(`"${family}"`)) },
  { name: 'by name', asks: 'GET Patient?family=, the name one source says', ask: async (gateway, { family, outcome }) => cellOf(await gateway.get(`/fhir/Patient?family:exact=${family}`, outcome.who), (text) => total(text) === 1) },
  { name: '$match', asks: 'POST Patient/$match, the name and birth date one source says', ask: async (gateway, { family, born, outcome }) => cellOf(await matchAs(gateway, outcome.who, { name: [{ family }], birthDate: born }), (text) => total(text) === 1) },
  { name: 'part', asks: 'GET Patient/{id}, an address kept apart', ask: async (gateway, { citizen, postcode, outcome }) => cellOf(await gateway.get(`/fhir/Patient/${citizen}`, outcome.who), (text) => text.includes(`"${postcode}"`)) },
  { name: 'by part', asks: 'GET Patient?address-postalcode=, an address kept apart', ask: async (gateway, { postcode, outcome }) => cellOf(await gateway.get(`/fhir/Patient?address-postalcode=${encodeURIComponent(postcode)}`, outcome.who), (text) => total(text) === 1) },
  { name: 'viewer', asks: 'POST EpisodeOfCare/_search with the viewer\'s session instead of a token', ask: async (gateway, about) => cellOf(await (await browserOf(gateway, about.outcome.who)).ask('/fhir/EpisodeOfCare/_search', { method: 'POST', body: new URLSearchParams({ patient: about.citizen }) }), hasTarget(about)) },
  one('include', 'GET EpisodeOfCare?_id=&_include=EpisodeOfCare:patient', ({ target }) => `EpisodeOfCare?_id=${target}&_include=EpisodeOfCare:patient`),
  one('revinclude', 'GET Patient?_id=&_revinclude=EpisodeOfCare:patient', ({ citizen }) => `Patient?_id=${citizen}&_revinclude=EpisodeOfCare:patient`),
  counted('chained', 'GET EpisodeOfCare?patient.family=, the name one source says', ({ family }) => `EpisodeOfCare?patient.family:exact=${family}&_count=0`, (n) => n > 0),
  counted('_has', 'GET Patient?_has:EpisodeOfCare:patient:type=', ({ code }) => `Patient?_has:EpisodeOfCare:patient:type=urn:matrix%7C${code}`),
  counted('_summary', 'GET EpisodeOfCare?type=&_summary=count', ({ code }) => `EpisodeOfCare?type=urn:matrix%7C${code}&_summary=count`),
  one('compartment', 'GET Patient/{id}/EpisodeOfCare', ({ citizen }) => `Patient/${citizen}/EpisodeOfCare`),
  one('negated', 'GET EpisodeOfCare?patient=&status:not=&organization:missing=', ({ citizen }) => `EpisodeOfCare?patient=${citizen}&status:not=cancelled&care-manager:missing=true`),
  { name: 'log', asks: 'GET AuditEvent?patient=', refuses: governanceOnly, ask: async (gateway, { citizen, outcome }) => cellOf(await gateway.get(`/fhir/AuditEvent?patient=Patient/${citizen}`, outcome.who), (text) => text.includes(citizen)) },
  { name: 'who looked', asks: 'GET Patient/{id}/$access-report', refuses: governanceOnly, ask: async (gateway, { citizen, outcome }) => cellOf(await gateway.get(`/fhir/Patient/${citizen}/$access-report`, outcome.who), (text) => text.includes(citizen)) },
  { name: 'taken out', asks: 'GET /governance/subject-access/{id}', refuses: governanceOnly, ask: async (gateway, about) => cellOf(await gateway.get(`/governance/subject-access/${about.citizen}`, about.outcome.who), hasTarget(about)) },
  { name: 'explained', asks: 'GET EpisodeOfCare/{id}/$explain-access', refuses: governanceOnly, ask: async (gateway, { target, outcome }) => cellOf(await gateway.get(`/fhir/EpisodeOfCare/${target}/$explain-access`, outcome.who), (text) => text.includes('custodian')) },
  { name: 'after emergency', asks: 'POST Patient/$break-glass, then GET EpisodeOfCare/{id}', refuses: careOnly, ask: async (gateway, { target, details, outcome }) => {
    const status = await openEmergency(gateway, outcome.who, details);
    return status === 403 ? 'refused' : cellOf(await gateway.get(`/fhir/EpisodeOfCare/${target}`, outcome.who), () => true);
  } },
];

/** By these governance sees what it sees of nobody's care otherwise: that is what they are for. */
export const oversightPaths: readonly string[] = ['log', 'who looked', 'explained'];

function one(name: string, asks: string, path: (about: MatrixCitizen) => string): Path {
  return { name, asks, ask: async (gateway, about) => cellOf(await gateway.get(`/fhir/${path(about)}`, about.outcome.who), hasTarget(about)) };
}

/** Seen by how many there are. */
function counted(name: string, asks: string, path: (about: MatrixCitizen) => string, found = (n: number): boolean => n === 1): Path {
  return { name, asks, ask: async (gateway, about) => cellOf(await gateway.get(`/fhir/${path(about)}`, about.outcome.who), (text) => found(total(text) ?? 0)) };
}

async function cellOf(response: Response, shows: (text: string) => boolean): Promise<Cell> {
  const text = await response.text();
  if ([400, 403].includes(response.status)) return 'refused';
  if (response.status === 404) return 'hidden';
  if (![200, 304].includes(response.status)) throw new Error(`answered ${response.status}`);
  return shows(text) ? 'shown' : 'hidden';
}

function hasTarget({ target }: MatrixCitizen): (text: string) => boolean {
  return (text) => text.includes(`"id":"${target}"`);
}

function total(text: string): number | undefined {
  return (JSON.parse(text) as { total?: number }).total;
}

/** Of $presence: records of all categories. */
function recordsIn(text: string): number {
  return (JSON.parse(text) as { parameter: { part?: { valueInteger?: number }[] }[] }).parameter.reduce((sum, { part = [] }) => sum + (part[1]?.valueInteger ?? 0), 0);
}

async function allPages(gateway: Gateway, about: MatrixCitizen, path: string): Promise<Cell> {
  let next: string | undefined = path;
  while (next !== undefined) {
    const response = await gateway.get(next, about.outcome.who);
    const text = await response.clone().text();
    const cell = await cellOf(response, hasTarget(about));
    if (cell !== 'hidden' || response.status === 404) return cell;
    next = /"relation":"next","url":"([^"]+)"/.exec(text)?.[1]?.slice(gateway.url.length);
  }
  return 'hidden';
}

const browsers = new WeakMap<Gateway, Map<string, BrowserLike>>();

async function browserOf(gateway: Gateway, who: string): Promise<BrowserLike> {
  const known = browsers.get(gateway) ?? new Map<string, BrowserLike>();
  browsers.set(gateway, known);
  const kept = known.get(who);
  if (kept) return kept;
  const browser = browserLike(gateway.url);
  await browser.open(`/session/sign-in?as=${who}&return=/app/find`);
  known.set(who, browser);
  return browser;
}

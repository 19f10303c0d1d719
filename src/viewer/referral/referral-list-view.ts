import type { Bundle, Patient, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { matchesOf } from '../api/fhir.ts';
import { formatDate, formatDateTime, notRecorded, wordsOf } from '../format.ts';
import { bannerOf } from '../person/banner/banner-view.ts';
import { outcomeOf, reasonOf, senderOf } from '../person/cards/referrals-view.ts';
import { stateOf, teamFirst } from '../person/parts/title-of.ts';
import { daysSince } from '../read-day.ts';
import { strings } from '../strings.ts';
import { aboutWhom, peopleOn, resourcesIn, type BesideForm } from '../ui/use-search-pages.ts';
import { componentExtension } from './destinations.ts';
import { isKeptBy, latestAnswer } from './referral-resources.ts';

export interface ReferralRow {
  /** `Type/id` */
  record: string;
  /** id of the citizen; undefined where who it is cannot be shown */
  citizen: string | undefined;
  name: string;
  born: string;
  nhsNumber: string;
  what: string;
  from: string;
  to: string;
  reason: string;
  made: string;
  priority: string;
  /** it should not wait its turn */
  pressing: boolean;
  state: string;
  /** nobody has answered, as far as this page shows */
  waits: boolean;
}

const words = strings.referral;

export type Way = 'to-us' | 'from-us';
/** states in which a referral is not over */
export type OpenState = 'active' | 'on-hold';

/** Open referrals to an organisation, or by it, with who they are about and what was answered: a list that the gateway keeps in this order (docs/search.md), so nothing else is asked of it. */
export function referralForm(way: Way, organisationId: string, state: OpenState): [string, string][] {
  return [
    ['status', state], [way === 'to-us' ? 'performer' : 'requester', `Organization/${organisationId}`], ['_sort', '-_lastUpdated'], ['_count', '20'], ['_total', 'none'],
    ['_include', 'ServiceRequest:subject'], ['_revinclude', 'Task:focus'], ['_revinclude', 'EpisodeOfCare:incoming-referral'],
  ];
}

/** What the reader's organisation says itself of the people on a page of referrals to it. `key`: its `system|value`. */
export function referralBeside(page: Bundle, key: string): BesideForm[] {
  return peopleOn(page).map((some) => ['ServiceRequest', [['patient', some], ['_tag', key], ['_sort', '-authored'], ['_count', '200'], ['_total', 'none']]]);
}

/** `keys`: `system|value` of the organisation of whoever looks. What it keeps itself was not sent to it. */
export function referralRows(page: Bundle, way: Way, keys: readonly string[], now: Date): ReferralRow[] {
  const all = resourcesIn(page);
  return matchesOf(page).flatMap((request) => (request.resourceType === 'ServiceRequest' && (way === 'from-us' || !isKeptBy(request, keys)) ? [rowOf(request, all, keys, now)] : []));
}

function rowOf(request: ServiceRequest, all: readonly Resource[], keys: readonly string[], now: Date): ReferralRow {
  const about = aboutWhom(request);
  const person = all.find((resource): resource is Patient => resource.resourceType === 'Patient' && `Patient/${resource.id ?? ''}` === about);
  const banner = person && bannerOf(person, now);
  const { priority = '' } = request;
  const said = stateIn(request, all, keys);
  return {
    record: `ServiceRequest/${request.id ?? ''}`, citizen: person?.id, name: banner?.name ?? words.list.unknownPerson, born: banner?.born ?? '', nhsNumber: banner?.nhsNumber ?? '',
    what: serviceOf(request), from: senderOf(request), to: teamFirst(request.performer).join(', ') || notRecorded, reason: reasonOf(request), made: formatDateTime(request.authoredOn),
    priority: strings.person.referrals.priorities[priority] ?? wordsOf(priority), pressing: ['urgent', 'asap', 'stat'].includes(priority), state: said ?? words.list.waiting(daysSince(request.authoredOn, now)), waits: said === undefined,
  };
}

/** SNOMED CT: says that a referral is one. */
const patientReferral = '3457005';

/** What was asked for, in the sender's words or by the part of the programme it is for; else that it is a referral, and to whom. */
function serviceOf({ code, extension = [], performer }: ServiceRequest): string {
  const service = words.services[extension.find(({ url }) => url === componentExtension)?.valueCoding?.code ?? ''];
  const said = code?.text ?? code?.coding?.find(({ system, code: value, display }) => display !== undefined && !(system === 'http://snomed.info/sct' && value === patientReferral))?.display;
  return said ?? service ?? words.list.referralTo(teamFirst(performer)[0] ?? '');
}

/** What was answered, what followed, or that the organisation's own system tells of it too; undefined where nothing is told. */
function stateIn(request: ServiceRequest, all: readonly Resource[], keys: readonly string[]): string | undefined {
  const record = `ServiceRequest/${request.id ?? ''}`;
  const answer = latestAnswer(all.filter((resource): resource is Task => resource.resourceType === 'Task' && resource.focus?.reference === record));
  if (answer) return words.list.answered(outcomeOf([answer]) ?? stateOf(answer.status), formatDate(answer.lastModified ?? answer.authoredOn));
  const care = all.find((resource) => resource.resourceType === 'EpisodeOfCare' && (resource.referralRequest ?? []).some(({ reference }) => reference === record));
  if (care?.resourceType === 'EpisodeOfCare') return words.list.care(formatDate(care.period?.start));
  const own = all.find((resource): resource is ServiceRequest => resource.resourceType === 'ServiceRequest' && isKeptBy(resource, keys) && tellsOf(resource, request));
  return own && words.list.ownSystem(formatDate(own.authoredOn));
}

const nearMs = 3 * 86_400_000;

/** A hint and no judgement: the person's record decides what tells of one event. Same person and part of care, about the same time. */
function tellsOf(own: ServiceRequest, request: ServiceRequest): boolean {
  const [one, other] = [own, request].map(({ extension = [] }) => extension.find(({ url }) => url === componentExtension)?.valueCoding?.code);
  const apart = Math.abs(Date.parse(own.authoredOn ?? '') - Date.parse(request.authoredOn ?? ''));
  return own.id !== request.id && aboutWhom(own) === aboutWhom(request) && (one === undefined || other === undefined || one === other) && apart <= nearMs;
}

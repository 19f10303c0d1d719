import { rangeOf } from '../../../fhir/date-range.ts';
import { eventKinds, type EventKind } from '../../../fhir/event-kinds.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Released } from '../../../flow/release-records.ts';
import type { Timeline, TimelineAsk, TimelinePosition } from '../../../flow/story/release-timeline.ts';
import { shapeOf } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { timelineText } from './bundle.ts';
import type { FhirServices } from './fhir-services.ts';
import { parameterUnknown, readPaging, sealPageOf } from './paging.ts';
import { readMoment } from './read-moment.ts';
import { readPosted } from './read-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';

export interface TimelineServices {
  limits: ResourceLimits;
  clock: () => Date;
  timeline: (requester: Requester, ask: TimelineAsk, request: RequestFacts) => Promise<Released & Timeline>;
}

/**
 * GET or POST [base]/Patient/{citizen}/$timeline?kind=&organisation=&from=&to=&at=&_count= · ours: profiles/OperationDefinition-timeline.json
 * What happened, newest first: a List with one entry for each event, the records that lead them, then their other witnesses.
 */
export async function patientTimeline(services: FhirServices & TimelineServices, asked: Asked, posted: boolean): Promise<Reply> {
  const citizen = asked.params['id'] ?? '';
  const at = `Patient/${citizen}/$timeline`;
  const given = posted ? await readPosted(asked, services.limits) : [];
  const filters = [...asked.query, ...given].filter(([name]) => inputs.some((input) => input === name));
  const of = `${at}?${new URLSearchParams(filters.map(([name, value]): [string, string] => [name, value])).toString()}`;
  const { count, page, others } = readPaging<TimelinePosition>(services, asked, of, given);
  const unknown = others.find(([name]) => !inputs.some((input) => input === name));
  if (unknown) throw new Refusal(parameterUnknown('$timeline takes no such parameter here.', unknown[0], [...inputs, '_count', '_page'].join(', ')));
  const moment = readMoment(filters.flatMap(([name, value]) => (name === 'at' ? [value] : [])), services.clock());
  const released = await services.timeline(asked.requester, { citizen, count, after: page, ...readFilters(filters), ...(moment && { at: moment }) }, asked.request);
  const url = `${services.base}/${of}${filters.length > 0 ? '&' : ''}_count=${count}${shapeOf(asked.query)}`;
  const next = released.next ? { next: `${url}&_page=${sealPageOf(services, asked, of, released.next)}` } : {};
  return { status: 200, text: timelineText(services.base, released, { self: url, ...next }, page === null) };
}

const inputs = ['kind', 'organisation', 'from', 'to', 'at'] as const;

function readFilters(given: readonly (readonly [string, string])[]): Pick<TimelineAsk, 'kinds' | 'organisations' | 'from' | 'to'> {
  const values = (input: (typeof inputs)[number]): string[] => given.filter(([name]) => name === input).flatMap(([, value]) => (input === 'from' || input === 'to' ? [value] : value.split(',')));
  const [kinds, organisations, from, to] = [values('kind'), values('organisation'), values('from'), values('to')];
  const ranges = { from: from.map((value) => rangeOf(value)), to: to.map((value) => rangeOf(value)) };
  const problems: Problem[] = [
    ...(kinds.every((kind) => eventKinds.some((each) => each === kind)) ? [] : [invalid('kind', `one or more of ${eventKinds.join(', ')}`)]),
    ...(organisations.every((key) => /^[^\s|]+\|[^\s|]+$/.test(key)) ? [] : [invalid('organisation', 'system|value of an organisation\'s identifier')]),
    ...(['from', 'to'] as const).flatMap((name) => (ranges[name].length > 1 || ranges[name].some((range) => range === undefined) ? [invalid(name, 'one date, such as 2026-06-01')] : [])),
  ];
  if (problems.length > 0) throw new Refusal(...problems);
  const [first, last] = [ranges.from[0], ranges.to[0]];
  return { kinds: kinds as EventKind[], organisations, ...(first && { from: Date.parse(first.from) }), ...(last && { to: Date.parse(last.to) }) };
}

function invalid(field: string, expected: string): Problem {
  return { category: 'invalid', code: 'search-value-invalid', text: 'A parameter of the timeline is not in its form.', at: { field }, expected };
}

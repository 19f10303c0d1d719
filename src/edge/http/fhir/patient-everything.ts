import { rangeOf, type DateRange } from '../../../fhir/date-range.ts';
import { Refusal } from '../../../fhir/problem.ts';
import { searchableTypes } from '../../../fhir/search-parameters.ts';
import type { EverythingBounds } from '../../../store/door/look-up.ts';
import { shapeOf } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { searchsetText } from './bundle.ts';
import type { FhirServices } from './fhir-services.ts';
import { linkAltered, parameterUnknown, readPaging, sealPageOf } from './paging.ts';
import { inputInvalid, readPosted } from './read-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';
import { readSince } from './read-since.ts';

interface EverythingPage {
  after: { type: string; id: string };
  sent: string[];
  only: EverythingBounds;
}

/**
 * GET or POST [base]/Patient/{citizen}/$everything · http://hl7.org/fhir/R4/patient-operation-everything.html
 * The composed Patient first, on page one only, then every visible row by type and id, with the directory rows they name. `_type`
 * leaves out every other type; `_since`, `start` and `end` are about the person's records, and not about the Patient and the directory.
 * What has only the day it began or was recorded on (allergies, conditions, referrals) is not left out by `start`: it may go on.
 */
export async function patientEverything(services: FhirServices & { limits: ResourceLimits }, asked: Asked, posted: boolean): Promise<Reply> {
  const citizen = asked.params['id'] ?? '';
  const of = `Patient/${citizen}/$everything`;
  const { count, page, others } = readPaging<EverythingPage>(services, asked, of, posted ? await readPosted(asked, services.limits) : []);
  if (page !== null && others.length > 0) throw new Refusal(linkAltered);
  const only = page?.only ?? readBounds(others);
  const released = await services.release(
    asked.requester, { interaction: 'everything', citizen, only, after: page?.after ?? null, sent: page?.sent ?? [], count }, asked.request);
  const url = `${services.base}/${of}?_count=${count}`;
  const state = released.next ? { ...(released.next as Omit<EverythingPage, 'only'>), only } : null;
  const next = state ? { next: `${url}&_page=${sealPageOf(services, asked, of, state satisfies EverythingPage)}${shapeOf(asked.query)}` } : {};
  const self = `${url}${others.map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('')}${shapeOf(asked.query)}`;
  return { status: 200, text: searchsetText(services.base, released, { self, ...next }, { composed: page === null, provenance: page === null && (only.types?.includes('Provenance') ?? true) }) };
}

const inputs: readonly string[] = ['_type', '_since', 'start', 'end'];

function readBounds(others: readonly (readonly [string, string])[]): EverythingBounds {
  const unknown = others.find(([name]) => !inputs.includes(name));
  if (unknown) throw new Refusal(parameterUnknown('$everything takes no such parameter here.', unknown[0], [...inputs, '_count', '_page'].join(', ')));
  const [from, to] = [careDate(others, 'start')?.from, careDate(others, 'end')?.to];
  if (from !== undefined && to !== undefined && to <= from) throw new Refusal(inputInvalid('end', 'a date that is not before start'));
  return { types: readTypes(others), since: readSince(others), from: from ?? null, to: to ?? null };
}

/** By commas, by repeating, or both. A type nobody could be sent is told: most likely it is misspelt. */
function readTypes(others: readonly (readonly [string, string])[]): string[] | null {
  const types = others.flatMap(([name, value]) => (name === '_type' ? value.split(',').map((each) => each.trim()) : []));
  const known = [...searchableTypes().filter((type) => type !== 'AuditEvent' && type !== 'Subscription'), 'Provenance'];
  if (types.includes('Provenance') && !types.includes('Patient')) throw new Refusal(inputInvalid('_type', 'Patient beside Provenance, which says who told what of the Patient'));
  if (types.some((type) => !known.includes(type))) throw new Refusal(inputInvalid('_type', `of ${known.join(', ')}, separated by commas`));
  return types.length > 0 ? [...new Set(types)] : null;
}

/** The whole of the day, month or year that is given. */
function careDate(others: readonly (readonly [string, string])[], input: 'start' | 'end'): DateRange | undefined {
  const [text, again] = others.flatMap(([name, value]) => (name === input ? [value] : []));
  const range = text === undefined || again !== undefined ? undefined : rangeOf(text);
  if (text !== undefined && !range) throw new Refusal(inputInvalid(input, 'one date, such as 2026-06-01'));
  return range;
}

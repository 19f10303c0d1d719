import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { plainName } from '../plain-name.ts';
import { formParameters } from '../representation.ts';
import type { Asked } from '../route.ts';
import type { FhirServices } from './fhir-services.ts';

export type PageServices = Pick<FhirServices, 'sealPage' | 'openPage'>;

const defaultCount = 50;
const maxCount = 200;

/** `_count` and `_page` of an interaction that is not a search; `others` are what is left over. `of` names the result that is paged. */
export function readPaging<Page>(services: FhirServices, asked: Asked, of: string, more: readonly [string, string][] = []): { count: number; page: Page | null; others: [string, string][] } {
  const given = [...asked.query, ...more];
  const [count, again] = given.flatMap(([name, value]) => (name === '_count' ? [readCount(value)] : []));
  if (again !== undefined) throw new Refusal(countInvalid);
  const token = pageOf(given);
  const page = token === undefined ? null : openPageOf<Page>(services, asked, of, token);
  return { count: count ?? defaultCount, page, others: given.filter(([name]) => name !== '_count' && name !== '_page' && !formParameters.includes(name)) };
}

/** The token of a page link, which stands in it once. */
export function pageOf(given: readonly (readonly [string, string])[]): string | undefined {
  const [page, again] = given.filter(([name]) => name === '_page');
  if (again !== undefined) throw new Refusal(linkAltered);
  return page?.[1];
}

export const linkAltered: Problem = { category: 'invalid', code: 'page-token-invalid', text: 'A page link is followed as it is, without further parameters.', at: { field: '_page' }, fix: 'Follow links as they are received, or start the search again.' };

/** A place in the result `of` this address, for its next link: nowhere else is it good for anything. */
export function sealPageOf(services: PageServices, asked: Asked, of: string, state: unknown): string {
  return services.sealPage(asked.requester, { of, state });
}

export function openPageOf<State>(services: PageServices, asked: Asked, of: string, token: string): State {
  const opened = services.openPage(asked.requester, token);
  if (opened !== null && typeof opened === 'object' && 'of' in opened && opened.of === of && 'state' in opened) return opened.state as State;
  throw new Refusal({ category: 'invalid', code: 'page-token-invalid', text: 'The page link belongs to another result.', at: { field: '_page' }, fix: 'Follow links as they are received.' });
}

function readCount(value: string): number {
  if (!/^0*[1-9]\d*$/.test(value)) throw new Refusal(countInvalid);
  return Math.min(Number(value), maxCount);
}

const countInvalid: Problem = { category: 'invalid', code: 'search-value-invalid', text: 'The page size is not a number given once.', at: { field: '_count' }, expected: `1 to ${maxCount}` };

/** A parameter that is not offered, by as much of its name as a name can be made of. */
export function parameterUnknown(text: string, name: string, expected: string): Problem {
  return { category: 'unsupported', code: 'search-parameter-unknown', text, at: { field: plainName(name) }, expected };
}

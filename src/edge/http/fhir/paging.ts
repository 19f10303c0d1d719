import { Refusal } from '../../../fhir/problem.ts';
import { formParameters } from '../representation.ts';
import type { Asked } from '../route.ts';
import type { FhirServices } from './fhir-services.ts';

export type PageServices = Pick<FhirServices, 'sealPage' | 'openPage'>;

const defaultCount = 50;
const maxCount = 200;

/** `_count` and `_page` of an interaction that is not a search; `others` are what is left over. `of` names the result that is paged. */
export function readPaging<Page>(services: FhirServices, asked: Asked, of: string, more: readonly [string, string][] = []): { count: number; page: Page | null; others: string[] } {
  let count = defaultCount;
  let page: Page | null = null;
  const others: string[] = [];
  for (const [name, value] of [...asked.query, ...more]) {
    if (name === '_count') count = readCount(value);
    else if (name === '_page') page = openPageOf<Page>(services, asked, of, value);
    else if (!formParameters.includes(name)) others.push(name);
  }
  return { count, page, others };
}

/** A place in the result `of` this address, for its next link: nowhere else is it good for anything. */
export function sealPageOf(services: PageServices, asked: Asked, of: string, state: unknown): string {
  return services.sealPage(asked.requester, { of, state });
}

export function openPageOf<State>(services: PageServices, asked: Asked, of: string, token: string): State {
  const opened = services.openPage(asked.requester, token);
  if (opened !== null && typeof opened === 'object' && 'of' in opened && opened.of === of && 'state' in opened) return opened.state as State;
  throw new Refusal({ category: 'invalid', code: 'page-token-invalid', text: 'The page link belongs to another result.', fix: 'Follow links as they are received.' });
}

function readCount(value: string): number {
  if (!/^0*[1-9]\d*$/.test(value)) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The page size is not a number.', at: { field: '_count' }, expected: `1 to ${maxCount}` });
  }
  return Math.min(Number(value), maxCount);
}

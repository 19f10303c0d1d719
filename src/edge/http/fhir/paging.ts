import { Refusal } from '../../../fhir/problem.ts';
import type { Asked } from '../route.ts';
import type { FhirServices } from './fhir-services.ts';

const defaultCount = 50;
const maxCount = 200;
const transport = new Set(['_format', '_pretty']);

/** `_count` and `_page` of an interaction that is not a search; `others` are what is left over. */
export function readPaging<Page>(services: FhirServices, asked: Asked): { count: number; page: Page | null; others: string[] } {
  let count = defaultCount;
  let page: Page | null = null;
  const others: string[] = [];
  for (const [name, value] of asked.query) {
    if (name === '_count') count = readCount(value);
    else if (name === '_page') page = services.openPage(asked.requester, value) as Page;
    else if (!transport.has(name)) others.push(name);
  }
  return { count, page, others };
}

function readCount(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The page size is not a number.', at: { field: '_count' }, expected: `1 to ${maxCount}` });
  }
  return Math.min(Number(value), maxCount);
}

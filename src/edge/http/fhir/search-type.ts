import { parseSearch } from '../../../fhir/parse-search.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { SearchQuery } from '../../../fhir/search-query.ts';
import type { PagePosition } from '../../../store/search-rows.ts';
import type { Asked, Reply } from '../route.ts';
import { searchsetText } from './bundle.ts';
import type { FhirServices } from './fhir-services.ts';

const maxFormBytes = 64 * 1024;

/** A search under way: what was asked, and where this page begins. The link that carries it is sealed. */
interface SearchPageState {
  query: string;
  ignored: string[];
  after: PagePosition | null;
}

/** GET [base]/{type}?… and POST [base]/{type}/_search · http://hl7.org/fhir/R4/search.html */
export async function searchType(services: FhirServices, asked: Asked, posted: boolean): Promise<Reply> {
  const type = asked.params['type'] ?? '';
  const parameters = posted ? [...asked.query, ...(await readForm(asked))] : asked.query;
  const state = readState(services, asked, type, parameters);
  const query = reviveQuery(state.query);
  const released = await services.release(asked.requester, { interaction: 'search-type', query, after: state.after }, { id: asked.requestId, address: asked.address });
  const link = (after: PagePosition | null): string =>
    `${services.base}/${type}?_page=${services.sealPage(asked.requester, { ...state, after } satisfies SearchPageState)}`;
  const next = released.next ? { next: link(released.next as PagePosition) } : {};
  return { status: 200, text: searchsetText(services.base, released, { self: link(state.after), ...next }, { composed: true, ignored: state.ignored }) };
}

function readState(services: FhirServices, asked: Asked, type: string, parameters: [string, string][]): SearchPageState {
  const page = parameters.find(([name]) => name === '_page');
  if (page) {
    if (parameters.some(([name]) => !['_page', '_format', '_pretty'].includes(name))) {
      throw new Refusal({ category: 'invalid', code: 'page-token-invalid', text: 'A page link is followed as it is, without further parameters.' });
    }
    const state = services.openPage(asked.requester, page[1]) as SearchPageState;
    if (reviveQuery(state.query).type !== type) throw new Refusal({ category: 'invalid', code: 'page-token-invalid', text: 'The page link belongs to another resource type.' });
    return state;
  }
  const handling = /\bhandling=lenient\b/.test(asked.header('Prefer') ?? '') ? 'lenient' : 'strict';
  const parsed = parseSearch(type, parameters, { handling, base: services.base });
  if ('problems' in parsed) throw new Refusal(...parsed.problems);
  return { query: JSON.stringify(parsed.query, (_key, value: unknown) => (typeof value === 'bigint' ? { token: String(value) } : value)), ignored: parsed.ignored, after: null };
}

function reviveQuery(text: string): SearchQuery {
  return JSON.parse(text, (_key, value: unknown) =>
    (value !== null && typeof value === 'object' && 'token' in value && typeof value.token === 'string' ? BigInt(value.token) : value)) as SearchQuery;
}

export async function readForm(asked: Asked): Promise<[string, string][]> {
  const type = (asked.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new Refusal({ category: 'media-type', code: 'media-type-unsupported', text: 'A search by POST is a form.', expected: 'Content-Type: application/x-www-form-urlencoded' });
  }
  return [...new URLSearchParams(Buffer.from(await asked.body(maxFormBytes)).toString('utf8'))];
}

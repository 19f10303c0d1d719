import { parseSearch } from '../../../fhir/parse-search.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { typesAboutNobody } from '../../../fhir/search-parameters.ts';
import type { SearchQuery } from '../../../fhir/search-query.ts';
import { unlistedCodes } from '../../../fhir/unlisted-codes.ts';
import type { PagePosition } from '../../../store/door/search-rows.ts';
import { checkContentType } from '../check-content-type.ts';
import { readSentParameters } from '../read-parameters.ts';
import { shapeOf, shapeParameters } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { searchsetText } from './bundle.ts';
import type { FhirServices } from './fhir-services.ts';
import { linkAltered, openPageOf, pageOf, sealPageOf } from './paging.ts';
import { withinScopes } from './within-scopes.ts';

const maxFormBytes = 64 * 1024;

/** A search under way: what was asked, of whom, and where this page begins. The link that carries it is sealed. */
interface SearchPageState {
  parameters: [string, string][];
  handling: 'strict' | 'lenient';
  citizen?: string;
  after: PagePosition | null;
}

/** GET [base]/{type}?… and POST [base]/{type}/_search, the same under [base]/Patient/{id}/ for what is about that person; links name nobody · http://hl7.org/fhir/R4/search.html */
export async function searchType(services: FhirServices, asked: Asked, posted: boolean): Promise<Reply> {
  const { type = '' } = asked.params;
  const given = posted ? [...asked.query, ...(await readForm(asked))] : asked.query;
  const state = readState(services, asked, given);
  const parsed = parseSearch(type, state.parameters, { handling: state.handling, base: services.base });
  if ('problems' in parsed) throw new Refusal(...parsed.problems);
  const query = withinScopes(asked.requester.scopes, state.citizen === undefined ? parsed.query : ofPerson(parsed.query, state.citizen));
  const released = await services.release(asked.requester, { interaction: 'search-type', query, after: state.after }, asked.request);
  const link = (after: PagePosition | null): string =>
    `${services.base}/${type}?_page=${sealPageOf(services, asked, type, { ...state, after } satisfies SearchPageState)}${shapeOf(given)}`;
  const next = released.next ? { next: link(released.next as PagePosition) } : {};
  return { status: 200, text: searchsetText(services.base, released, { self: link(state.after), ...next }, { composed: true, ignored: parsed.ignored, unlisted: state.after === null ? unlistedCodes(type, state.parameters) : [], uncounted: query.total === 'accurate' && state.after === null && released.total === undefined }) };
}

/** What shapes the answer stands in the link itself; that only a total is asked for is part of the search. */
function readState(services: FhirServices, asked: Asked, given: [string, string][]): SearchPageState {
  const { type = '', id: citizen } = asked.params;
  const page = pageOf(given);
  const parameters = given.filter(([name, value]) => !shapeParameters.includes(name) || (name === '_summary' && value === 'count'));
  if (page === undefined) return { parameters, handling: handlingOf(asked), ...(citizen !== undefined && { citizen }), after: null };
  if (given.some(([name]) => name !== '_page' && name !== '_count' && !shapeParameters.includes(name))) { // a link has its size; clients add one of their own
    throw new Refusal(linkAltered);
  }
  return openPageOf<SearchPageState>(services, asked, type, page);
}

/** A search of one person's compartment: of what is about them. */
function ofPerson(query: SearchQuery, citizen: string): SearchQuery {
  if (query.type === 'Patient' || typesAboutNobody.has(query.type)) throw new Refusal(notOfPerson);
  const separator = query.normal.endsWith('?') ? '' : '&';
  return { ...query, clauses: [{ citizen: [citizen] }, ...query.clauses], normal: `${query.normal}${separator}patient=*` };
}

const notOfPerson: Problem = { category: 'unsupported', code: 'search-type-unsupported', text: 'Resources of this type are not about a person.', fix: 'Search for them by type.' };

/** `Prefer: handling=lenient` asks for what shapes the answer and is not served to be left out; strict is the default (FHIR R4 search). */
export function handlingOf(asked: Asked): 'strict' | 'lenient' {
  return /\bhandling=lenient\b/.test(asked.header('Prefer') ?? '') ? 'lenient' : 'strict';
}

/** The parameters of a search by POST; those among them that shape the answer take effect. */
export async function readForm(asked: Asked): Promise<[string, string][]> {
  const undeclared = checkContentType(asked.header('Content-Type'), ['application/x-www-form-urlencoded']);
  if (undeclared) throw new Refusal(undeclared);
  const parameters = readSentParameters(Buffer.from(await asked.body(maxFormBytes)).toString('latin1'));
  asked.shapedBy(parameters);
  return parameters;
}

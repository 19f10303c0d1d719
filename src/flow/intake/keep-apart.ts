import { contactElements, takeApart, type Fragment } from '../../fhir/fragments.ts';
import { indexResource, type SearchIndex } from '../../fhir/index-resource.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import { namesPlace, type Custodian } from '../../fhir/names-place.ts';
import { codeTokens } from '../../fhir/sensitive-codes.ts';

/** A resource as it is stored: its body, and what is kept apart from it. */
export interface Apart {
  body: JsonObject;
  fragments: Fragment[];
  /** what each can be found by; worked out when first asked for, because most of what arrives changes nothing */
  foundBy(): FoundBy;
}

export interface FoundBy {
  index: SearchIndex;
  directoryIds: string[];
  /** of each fragment, in their order */
  tokens: bigint[][];
}

/**
 * Takes a resource apart by sharing class. `hiddenFrom`: the person's location is hidden, and everything that tells it goes
 * too, but the name of this custodian.
 */
export function keepApart(whole: JsonObject, isRow: (type: string, id: string) => boolean, hiddenFrom: Custodian | null): Apart {
  const type = textOf(whole['resourceType']);
  const { body, fragments } = takeApart(whole, isRow, hiddenFrom === null ? undefined : (property, value) => namesPlace(type, property, value, hiddenFrom));
  let found: FoundBy | undefined;
  return { body, fragments, foundBy: () => (found ??= findBy(whole, body, fragments)) };
}

function findBy(whole: JsonObject, body: JsonObject, fragments: readonly Fragment[]): FoundBy {
  const found = indexApart(body, fragments);
  const directoryIds = new Set<string>();
  collectDirectory(body, directoryIds);
  return { ...found, directoryIds: [...directoryIds], index: { ...found.index, codes: codeTokens(whole) } };
}

/** What a stored body is found by, and each part kept apart from it. Contact details are searched where they are kept, but as one with the body. */
export function indexApart(body: JsonObject, fragments: readonly Pick<Fragment, 'path' | 'value'>[]): Pick<FoundBy, 'index' | 'tokens'> {
  const type = textOf(body['resourceType']);
  const isContact = (path: string): boolean => type === 'Patient' && contactElements.includes(path.slice(1));
  const index = indexResource({ ...withoutMarks(body), ...Object.fromEntries(fragments.filter(({ path }) => isContact(path)).map(({ path, value }) => [path.slice(1), value])) });
  return { index, tokens: fragments.map((fragment) => (isContact(fragment.path) ? (index.fragmentTokens.get(fragment.path) ?? []) : tokensOf(type, fragment))) };
}

/** Of the marks a stored body bears, its class says whose it is and how sensitive; where it came from is searched. */
function withoutMarks({ meta, ...body }: JsonObject): JsonObject {
  const source = isJsonObject(meta) ? meta['source'] : undefined;
  return source === undefined ? body : { ...body, meta: { source } };
}

/** What a part that names another record or a place can be searched by, where it may be seen. */
function tokensOf(resourceType: string, { path, value }: Pick<Fragment, 'path' | 'value'>): bigint[] {
  const [property = '', place] = path.slice(1).split('/');
  return indexResource({ resourceType, [property]: place === undefined ? value : [value] }).tokens;
}

function collectDirectory(value: Json, ids: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value) && typeof value['reference'] === 'string' && value['reference'].startsWith('Organization/')) ids.add(value['reference'].slice('Organization/'.length));
  for (const each of Array.isArray(value) ? value : Object.values(value)) collectDirectory(each, ids);
}

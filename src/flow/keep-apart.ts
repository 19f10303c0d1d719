import { takeApart, type Fragment } from '../fhir/fragments.ts';
import { indexResource, type SearchIndex } from '../fhir/index-resource.ts';
import { textOf, type Json, type JsonObject } from '../fhir/json.ts';
import { namesPlace, type Custodian } from '../fhir/names-place.ts';
import { codeTokens } from '../fhir/sensitive-codes.ts';

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
  const contacts = fragments.filter(({ targets, place }) => targets.length === 0 && !place);
  const index = indexResource({ ...body, ...Object.fromEntries(contacts.map(({ path, value }) => [path.slice(1), value])) });
  const directoryIds = new Set<string>();
  collectDirectory(body, directoryIds);
  return {
    directoryIds: [...directoryIds], index: { ...index, codes: codeTokens(whole) },
    tokens: fragments.map((fragment) => (fragment.place ? tokensOf(textOf(whole['resourceType']), fragment) : (index.fragmentTokens.get(fragment.path) ?? []))),
  };
}

/** What a place can be searched by, where it may be seen. */
function tokensOf(resourceType: string, { path, value }: Fragment): bigint[] {
  const [property = '', place] = path.slice(1).split('/');
  return indexResource({ resourceType, [property]: place === undefined ? value : [value] }).tokens;
}

function collectDirectory(value: Json, ids: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value) && typeof value['reference'] === 'string' && value['reference'].startsWith('Organization/')) ids.add(value['reference'].slice('Organization/'.length));
  for (const each of Array.isArray(value) ? value : Object.values(value)) collectDirectory(each, ids);
}

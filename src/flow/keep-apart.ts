import { takeApart, type Fragment } from '../fhir/fragments.ts';
import { indexResource, type SearchIndex } from '../fhir/index-resource.ts';
import { textOf, type Json, type JsonObject } from '../fhir/json.ts';
import { namesPlace, type Custodian } from '../fhir/names-place.ts';
import { codeTokens } from '../fhir/sensitive-codes.ts';

/** A resource as it is stored: its body, what is kept apart from it, and what each can be found by. */
export interface Apart {
  body: JsonObject;
  fragments: (Fragment & { tokens: bigint[] })[];
  index: SearchIndex;
  directoryIds: string[];
}

/**
 * Takes a resource apart by sharing class. `hiddenFrom`: the person's location is hidden, and everything that tells it goes
 * too, but the name of this custodian.
 */
export function keepApart(whole: JsonObject, isRow: (type: string, id: string) => boolean, hiddenFrom: Custodian | null): Apart {
  const type = textOf(whole['resourceType']);
  const { body, fragments } = takeApart(whole, isRow, hiddenFrom === null ? undefined : (property, value) => namesPlace(type, property, value, hiddenFrom));
  const contacts = fragments.filter(({ targets, place }) => targets.length === 0 && !place);
  const index = indexResource({ ...body, ...Object.fromEntries(contacts.map(({ path, value }) => [path.slice(1), value])) });
  const directoryIds = new Set<string>();
  collectDirectory(body, directoryIds);
  return {
    body, directoryIds: [...directoryIds], index: { ...index, codes: codeTokens(whole) },
    fragments: fragments.map((fragment) => ({ ...fragment, tokens: fragment.place ? tokensOf(type, fragment) : (index.fragmentTokens.get(fragment.path) ?? []) })),
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

import type { Resource } from '@medplum/fhirtypes';
import { follow, matchesOf, nextLink, search } from './fhir.ts';

const mostPages = 50;

/** All matches of a search of a small register, whatever the size of its pages. */
export async function allPages<T extends Resource>(type: string, form: readonly (readonly [string, string])[], signal: AbortSignal): Promise<T[]> {
  let bundle = await search<T>(type, form, signal);
  const found = matchesOf(bundle);
  for (let page = 1, link = nextLink(bundle); link !== undefined && page < mostPages; page += 1, link = nextLink(bundle)) {
    bundle = await follow<T>(link, signal);
    found.push(...matchesOf(bundle));
  }
  return found;
}

import { useInfiniteQuery } from '@tanstack/react-query';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { allPages } from '../api/all-pages.ts';
import { follow, nextLink, search } from '../api/fhir.ts';

/** A search of its own, by type, for what is told beside the rows of a page. */
export type BesideForm = readonly [type: string, form: readonly (readonly [string, string])[]];

/** A search whose pages come when they are asked for; each is one look, and one more for each search `beside` it. */
export function useSearchPages(key: readonly unknown[], type: string, form: readonly (readonly [string, string])[], { enabled = true, beside = () => [] }: { enabled?: boolean; beside?: (page: Bundle) => readonly BesideForm[] } = {}) {
  return useInfiniteQuery({
    queryKey: key, enabled, retry: false, initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const page = await (pageParam === '' ? search<Resource>(type, form, signal) : follow<Resource>(pageParam, signal));
      const others = await Promise.all(beside(page).map(([besideType, besideForm]) => allPages<Resource>(besideType, besideForm, signal)));
      return withBeside(page, others.flat());
    },
    getNextPageParam: (last: Bundle) => nextLink(last),
  });
}

function withBeside(page: Bundle, others: readonly Resource[]): Bundle {
  const known = new Set(resourcesIn(page).map(({ resourceType, id = '' }) => `${resourceType}/${id}`));
  const more = others.filter(({ resourceType, id = '' }) => !known.has(`${resourceType}/${id}`));
  return { ...page, entry: [...(page.entry ?? []), ...more.map((resource) => ({ resource, search: { mode: 'include' as const } }))] };
}

/** Everybody who may be shown on a page, as values of a reference parameter; none where nobody is. */
export function peopleOn(page: Bundle): string[] {
  return inValues(resourcesIn(page).flatMap(({ resourceType, id }) => (resourceType === 'Patient' && id !== undefined ? [`Patient/${id}`] : [])));
}

/** As few values as the gateway takes, which are of at most 512 characters: `Encounter/` and an id are 46. */
export function inValues(references: readonly string[]): string[] {
  return references.flatMap((_, at) => (at % 10 === 0 ? [references.slice(at, at + 10).join(',')] : []));
}

/** All that one page holds: what was found, in its order, and what came along. */
export function resourcesIn({ entry = [] }: Bundle): Resource[] {
  return entry.flatMap(({ resource }) => (resource && resource.resourceType !== 'OperationOutcome' ? [resource] : []));
}

/** `Patient/1` of what a record is about. */
export function aboutWhom(resource: Resource): string {
  const { subject, patient, for: whom } = resource as { subject?: { reference?: string }; patient?: { reference?: string }; for?: { reference?: string } };
  return (subject ?? patient ?? whom)?.reference ?? '';
}

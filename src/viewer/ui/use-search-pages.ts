import { useInfiniteQuery } from '@tanstack/react-query';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { follow, nextLink, search } from '../api/fhir.ts';

/** A search whose pages come when they are asked for; each is one look. */
export function useSearchPages(key: readonly unknown[], type: string, form: readonly (readonly [string, string])[], enabled = true) {
  return useInfiniteQuery({
    queryKey: key, enabled, retry: false, initialPageParam: '',
    queryFn: ({ pageParam, signal }) => (pageParam === '' ? search<Resource>(type, form, signal) : follow<Resource>(pageParam, signal)),
    getNextPageParam: (last: Bundle) => nextLink(last),
  });
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

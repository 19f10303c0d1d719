import { useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import type { Bundle, Patient, Resource } from '@medplum/fhirtypes';
import { follow, nextLink, read } from '../../api/fhir.ts';
import { recordOf, type Story } from '../story/story.ts';
import { usePatient } from '../parts/use-directory.ts';
import { timelineKey } from '../timeline/use-timeline.ts';
import { storyKey } from '../story/use-told-story.ts';

const maxPages = 10;

/** Every version of one entry, newest first; older ones come when asked for. */
export function useHistory(type: string, id: string) {
  return useInfiniteQuery({
    queryKey: ['history', type, id],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => (pageParam === '' ? read<Bundle>(`${type}/${id}/_history?_count=50`, signal) : follow<Resource>(pageParam, signal)),
    getNextPageParam: (last, all) => (all.length >= maxPages ? undefined : nextLink(last)),
  });
}

/** Whose entry it is: from the record that was just looked at, else read on its own. */
export function useWhose(citizen: string): { patient: Patient | undefined; story: Story | undefined; pending: boolean; error: unknown; retry: () => void } {
  const queries = useQueryClient();
  const document = queries.getQueryData<Bundle>(storyKey(citizen));
  const pages = queries.getQueryData<InfiniteData<Bundle>>(timelineKey(citizen))?.pages;
  const story = document || pages ? recordOf(document, pages ?? []) : undefined;
  const alone = usePatient(citizen, story?.patient === undefined);
  return { patient: story?.patient ?? alone.data, story, pending: story?.patient === undefined && alone.isPending, error: story?.patient === undefined ? alone.error : null, retry: () => void alone.refetch() };
}

import { useInfiniteQuery } from '@tanstack/react-query';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { useEffect } from 'react';
import { follow, nextLink, read } from '../../api/fhir.ts';
import type { ArrivalState } from './arrival.tsx';

const maxPages = 50;
export const keptMs = 600_000;

/** A long answer page after page to the last: what has arrived is there at once. `cut`: there is more than is fetched. */
export function usePages(key: readonly [what: string, citizen: string, at?: string], first: string) {
  const query = useInfiniteQuery({
    queryKey: key, gcTime: keptMs,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => (pageParam === '' ? read<Bundle>(first, signal) : follow<Resource>(pageParam, signal)),
    getNextPageParam: (last, all) => (all.length >= maxPages ? undefined : nextLink(last)),
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const arrived = query.data?.pages;
  const last = arrived?.at(-1);
  const cut = (arrived?.length ?? 0) >= maxPages && last !== undefined && nextLink(last) !== undefined;
  const state: ArrivalState = isError || cut ? 'broken' : query.isPending || hasNextPage || query.isFetchingNextPage ? 'arriving' : 'arrived';
  return { ...query, arrived, cut, state };
}

import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { follow, nextLink, search } from '../api/fhir.ts';
import { formOf, type LogSearch } from './log-search.ts';

export type LogPagesQuery = UseInfiniteQueryResult<InfiniteData<Bundle<AuditEvent>, string | undefined>>;

export interface LogPages {
  query: LogPagesQuery;
  /** the page on show, from 0 */
  at: number;
  hasOlder: boolean;
  older: () => Promise<void>;
  newer: () => void;
}

/**
 * The log page by page. Visited pages are kept, because every reading is an entry of its own; `times` counts how often
 * somebody asked, so that asking again shows what is new.
 */
export function useLogPages(asked: LogSearch, times: number): LogPages {
  const [place, setPlace] = useState({ times, at: 0 });
  const at = place.times === times ? place.at : 0;
  const query = useInfiniteQuery<Bundle<AuditEvent>, Error, InfiniteData<Bundle<AuditEvent>, string | undefined>, readonly unknown[], string | undefined>({
    queryKey: ['log', times, asked],
    initialPageParam: undefined,
    queryFn: ({ pageParam, signal }) => (pageParam === undefined ? search<AuditEvent>('AuditEvent', formOf(asked), signal) : follow<AuditEvent>(pageParam, signal)),
    getNextPageParam: (bundle) => nextLink(bundle),
    staleTime: Infinity, gcTime: 0,
  });
  const visited = query.data?.pages.length ?? 0;
  return {
    query, at,
    hasOlder: at + 1 < visited || query.hasNextPage,
    older: async () => {
      if (at + 1 >= visited) {
        const { isFetchNextPageError } = await query.fetchNextPage();
        if (isFetchNextPageError) return;
      }
      setPlace({ times, at: at + 1 });
    },
    newer: () => { setPlace({ times, at: Math.max(0, at - 1) }); },
  };
}

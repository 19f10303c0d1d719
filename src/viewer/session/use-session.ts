import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import { onAnswer } from '../api/ask.ts';
import { readSession, type Session } from '../api/session.ts';

export const sessionKey = ['session'] as const;
/** how often the clock on the wall is compared with the gateway's; looking does not lengthen the session */
const lookEveryMs = 30_000;

/** The session as the gateway sees it. An answer of 401 anywhere makes it look again at once. */
export function useSession(): UseQueryResult<Session> {
  const queries = useQueryClient();
  useEffect(() => {
    onAnswer((status) => {
      if (status === 401) void queries.invalidateQueries({ queryKey: sessionKey });
    });
    return () => { onAnswer(() => {}); };
  }, [queries]);
  const session = useQuery({ queryKey: sessionKey, queryFn: readSession, refetchInterval: lookEveryMs, refetchOnWindowFocus: 'always', staleTime: 0 });
  const ended = session.data?.state === 'signed-out';
  useEffect(() => {
    if (ended) queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] }); // what was seen does not stay behind
  }, [ended, queries]);
  return session;
}

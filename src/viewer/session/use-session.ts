import { useQuery, useQueryClient, type QueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import { onAnswer } from '../api/ask.ts';
import { readSession, type Session } from '../api/session.ts';

export const sessionKey = ['session'] as const;
/** how often the clock on the wall is compared with the gateway's; looking does not lengthen the session */
const lookEveryMs = 30_000;

/** Who reads, for whom, as what and why: what one reader was shown is not another's. */
export function readerOf(session: Session): string {
  return session.state === 'signed-in' ? JSON.stringify([session.person.id, session.organisation, session.role, session.purpose]) : '';
}

/** Takes a newer answer about the session. What another reader saw, signed out or signed in anew in another tab, does not stay behind. */
export function takeSession(queries: QueryClient, fresh: Session): Session {
  const before = queries.getQueryData<Session>(sessionKey);
  if (before && readerOf(before) !== readerOf(fresh)) queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
  return fresh;
}

/** The session as the gateway sees it. An answer of 401 anywhere makes it look again at once. */
export function useSession(): UseQueryResult<Session> {
  const queries = useQueryClient();
  useEffect(() => {
    onAnswer((status) => {
      if (status === 401) void queries.invalidateQueries({ queryKey: sessionKey });
    });
    return () => { onAnswer(() => {}); };
  }, [queries]);
  const session = useQuery({ queryKey: sessionKey, queryFn: async () => takeSession(queries, await readSession()), refetchInterval: lookEveryMs, refetchOnWindowFocus: 'always', staleTime: 0 });
  const ended = session.data?.state === 'signed-out';
  useEffect(() => {
    if (ended) queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] }); // also what a screen asked for just before it went away
  }, [ended, queries]);
  return session;
}

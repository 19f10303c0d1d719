import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { changeGovernance, readGovernance } from '../api/governance.ts';

/** GET /governance/{path}. Every look is an entry in the log: nothing is asked again unless somebody wants it. */
export function useGovernance<T>(path: string) {
  return useQuery({ queryKey: ['governance', path], retry: false, queryFn: ({ signal }) => readGovernance<T>(path, signal) });
}

/** A list in pages that says where the next begins. */
export function useGovernancePages<T extends { next: string | null }>(path: string) {
  return useInfiniteQuery({
    queryKey: ['governance', path, 'pages'], retry: false, initialPageParam: path,
    queryFn: ({ pageParam, signal }) => readGovernance<T>(pageParam, signal),
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

/** Changes something; afterwards all that was read of governance is read anew when it is next looked at. */
export function useChange<T>() {
  const queries = useQueryClient();
  return async (path: string, fields: Readonly<Record<string, string>> = {}): Promise<T> => {
    const changed = await changeGovernance<T>(path, fields);
    await queries.invalidateQueries({ queryKey: ['governance'] });
    return changed;
  };
}

/** A change that a button makes. */
export function useChangeButton(path: string) {
  const change = useChange<unknown>();
  return useMutation({ gcTime: 0, mutationFn: () => change(path) });
}

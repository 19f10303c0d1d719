import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Bundle, Patient } from '@medplum/fhirtypes';
import { search } from '../api/fhir.ts';
import { nothingTyped, type FindValues } from './read-form.ts';

export interface LastFind {
  values: FindValues;
  bundle: Bundle;
}

const lastKey = ['find', 'last'] as const;
const nothing: LastFind | null = null;

/** Searching, and what was found last: kept in memory until the session ends, so that one can come back to it. */
export function useFind() {
  const queries = useQueryClient();
  const last = useQuery<LastFind | null>({ queryKey: lastKey, queryFn: skipToken, staleTime: Infinity, gcTime: Infinity });
  const asking = useMutation({
    gcTime: 0,
    mutationFn: async ({ values, form }: { values: FindValues; form: readonly (readonly [string, string])[] }): Promise<LastFind> => ({ values, bundle: await search<Patient>('Patient', form) }),
    onMutate: () => { queries.setQueryData(lastKey, nothing); },
    onSuccess: (found) => { queries.setQueryData(lastKey, found); },
  });
  const clear = (): void => {
    queries.setQueryData(lastKey, nothing);
    asking.reset();
  };
  return { last: last.data ?? null, typedBefore: last.data?.values ?? nothingTyped, asking, clear };
}

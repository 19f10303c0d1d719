import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Bundle, Patient } from '@medplum/fhirtypes';
import { matchesOf, operate, search } from '../api/fhir.ts';
import type { FindAnswers } from './found-view.ts';
import { nothingTyped, type FindValues } from './read-form.ts';

export interface LastFind extends FindAnswers {
  values: FindValues;
}

export interface FindRequest {
  values: FindValues;
  form: readonly (readonly [string, string])[];
  known?: Patient | undefined;
}

const lastKey = ['find', 'last'] as const;
const nothing: LastFind | null = null;

/** Searching, and what was found last: kept in memory until the session ends, so that one can come back to it. */
export function useFind() {
  const queries = useQueryClient();
  const last = useQuery<LastFind | null>({ queryKey: lastKey, queryFn: skipToken, staleTime: Infinity, gcTime: Infinity });
  const asking = useMutation({
    gcTime: 0,
    mutationFn: async ({ values, form, known }: FindRequest): Promise<LastFind> => {
      const bundle = await search<Patient>('Patient', form);
      const meant = known && matchesOf(bundle).length === 0 ? await whoIsMeant(known) : undefined;
      return { values, bundle, meant };
    },
    onMutate: () => { queries.setQueryData(lastKey, nothing); },
    onSuccess: (found) => { queries.setQueryData(lastKey, found); },
  });
  const clear = (): void => {
    queries.setQueryData(lastKey, nothing);
    asking.reset();
  };
  return { last: last.data ?? null, typedBefore: last.data?.values ?? nothingTyped, asking, clear };
}

/** Patient/$match: the most likely first. */
function whoIsMeant(known: Patient): Promise<Bundle> {
  return operate<Bundle>('Patient/$match', { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: known }] });
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Bundle } from '@medplum/fhirtypes';
import { ApiProblem } from '../../api/api-problem.ts';
import { operate, read } from '../../api/fhir.ts';
import { keptMs } from '../parts/use-pages.ts';

/** Patient/{citizen}/$story: the record as one document; with `at`, as it was known at the end of that day. */
export function useToldStory(citizen: string, at?: string) {
  return useQuery({ queryKey: at === undefined ? storyKey(citizen) : [...storyKey(citizen), at], gcTime: keptMs, queryFn: ({ signal }) => read<Bundle>(`Patient/${citizen}/$story${at === undefined ? '' : `?at=${at}`}`, signal) });
}

/** Patient/{citizen}/$confirm: somebody asked, and it is still right. Afterwards the story is read anew; also where somebody else was first today. */
export function useConfirm(citizen: string) {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: async (version: string) => {
      await operate(`Patient/${citizen}/$confirm`, { resourceType: 'Parameters', parameter: [{ name: 'reference', valueReference: { reference: version } }] })
        .catch((error: unknown) => { if (!(error instanceof ApiProblem && error.code === 'confirmed-today')) throw error; });
      await queries.invalidateQueries({ queryKey: storyKey(citizen) });
    },
  });
}

export function storyKey(citizen: string): readonly [what: string, citizen: string] {
  return ['told-story', citizen];
}

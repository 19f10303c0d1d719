import { useQueryClient } from '@tanstack/react-query';
import type { Resource } from '@medplum/fhirtypes';
import { operate } from '../../api/fhir.ts';
import { timelineKey } from '../timeline/use-timeline.ts';
import { storyKey } from '../story/use-told-story.ts';

/** Patient/{citizen}/$correct: asks whoever keeps a record to correct it. `version`: Type/id/_history/version. */
export function useCorrection(citizen: string): (version: string, element: string, value: string) => Promise<unknown> {
  return (version, element, value) => operate(`Patient/${citizen}/$correct`, { resourceType: 'Parameters', parameter: [
    { name: 'reference', valueReference: { reference: version } }, { name: 'element', valueString: element }, { name: 'value', valueString: value },
  ] });
}

/** {type}/{id}/$same-event: a person decides about two entries; afterwards the record is read anew. */
export function useSameEvent(citizen: string): (resource: Resource, other: string, verdict: string, reason: string) => Promise<unknown> {
  const queries = useQueryClient();
  return async ({ resourceType, id = '' }, other, verdict, reason) => {
    await operate(`${resourceType}/${id}/$same-event`, { resourceType: 'Parameters', parameter: [
      { name: 'other', valueReference: { reference: other } }, { name: 'verdict', valueCode: verdict }, { name: 'reason', valueString: reason },
    ] });
    await Promise.all([timelineKey(citizen), storyKey(citizen)].map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
}

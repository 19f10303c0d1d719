import { useQuery } from '@tanstack/react-query';
import type { Device, Patient } from '@medplum/fhirtypes';
import { useMemo } from 'react';
import { matchesOf, read, search } from '../../api/fhir.ts';
import { keptMs } from './use-pages.ts';

/** Who somebody is, without their care. */
export function usePatient(citizen: string, wanted: boolean) {
  return useQuery({ queryKey: ['patient', citizen], enabled: wanted, gcTime: keptMs, queryFn: ({ signal }) => read<Patient>(`Patient/${citizen}`, signal) });
}

/** Names of the systems that send, by feed key; read once a session. Where they cannot be had, the keys have to do. */
export function useSystems(): ReadonlyMap<string, string> {
  const systems = useQuery({
    queryKey: ['systems'], staleTime: Infinity, gcTime: Infinity, retry: false,
    queryFn: async ({ signal }) => matchesOf(await search<Device>('Device', [['_count', '200']], signal)),
  });
  const { data } = systems;
  return useMemo(() => new Map((data ?? []).flatMap(({ identifier, deviceName }) => (identifier ?? []).flatMap(({ system, value }) => {
    const name = deviceName?.[0]?.name;
    return value !== undefined && name !== undefined && system?.endsWith('/Id/feed') === true ? [[value, name] as const] : [];
  }))), [data]);
}

/** An id as the gateway gives them; anything else is asked nowhere. */
export function isId(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9.-]{1,64}$/.test(text);
}

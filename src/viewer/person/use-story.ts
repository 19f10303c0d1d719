import { useQuery } from '@tanstack/react-query';
import type { Device, Organization, Patient } from '@medplum/fhirtypes';
import { useMemo } from 'react';
import { matchesOf, read, search } from '../api/fhir.ts';
import { readStory, type Story } from './story.ts';
import { keptMs, usePages } from './use-pages.ts';

/** Patient/{citizen}/$everything, as far as it has arrived. */
export function useStory(citizen: string) {
  const pages = usePages(['story', citizen], `Patient/${citizen}/$everything?_count=200`);
  const { arrived } = pages;
  const said = useMemo(() => (arrived ? readStory(arrived) : undefined), [arrived]);
  const practice = usePractice(said);
  const story = useMemo(() => (said && practice ? { ...said, organisations: [...said.organisations, practice] } : said), [said, practice]);
  return { ...pages, story };
}

/** The GP practice from the directory: it comes with the record only where an entry names it too. Without it the name has to do. */
function usePractice(story: Story | undefined): Organization | undefined {
  const named = story?.patient?.generalPractitioner?.find(({ reference }) => reference?.startsWith('Organization/'))?.reference;
  const missing = named !== undefined && story?.organisations.every(({ id }) => `Organization/${id ?? ''}` !== named) === true;
  return useQuery({
    queryKey: ['practice', named], enabled: missing, staleTime: Infinity, gcTime: keptMs, retry: false, queryFn: ({ signal }) => read<Organization>(named ?? '', signal),
  }).data;
}

/** Who somebody is, without their care. */
export function usePatient(citizen: string, wanted: boolean) {
  return useQuery({ queryKey: ['patient', citizen], enabled: wanted, gcTime: keptMs, queryFn: ({ signal }) => read<Patient>(`Patient/${citizen}`, signal) });
}

/** Names of the systems that send, by feed key. Where they cannot be had, the keys have to do. */
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

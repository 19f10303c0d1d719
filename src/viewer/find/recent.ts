import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Patient } from '@medplum/fhirtypes';
import { bannerOf } from '../person/banner/banner-view.ts';

/** Somebody whose record was opened in this session. */
export interface RecentPerson {
  citizen: string;
  name: string;
  born: string;
  nhsNumber: string;
}

const key = ['find', 'recent'] as const;
const most = 20;
const nobody: RecentPerson[] = [];

/** The people opened in this window, the last first: kept in memory until the session or the window ends, and nowhere else. */
export function useRecent(): readonly RecentPerson[] {
  return useQuery<RecentPerson[]>({ queryKey: key, queryFn: skipToken, staleTime: Infinity, gcTime: Infinity }).data ?? nobody;
}

/** Notes that somebody's record is on the screen. */
export function useNoteRecent(patient: Patient): void {
  const queries = useQueryClient();
  useEffect(() => {
    const { id = '' } = patient;
    const { name, born, nhsNumber } = bannerOf(patient, new Date());
    queries.setQueryData<RecentPerson[]>(key, (before = []) => [{ citizen: id, name, born, nhsNumber }, ...before.filter(({ citizen }) => citizen !== id)].slice(0, most));
  }, [patient, queries]);
}

/** Whoever may not be shown any more is not offered either. */
export function useForgetRecent(citizen: string, gone: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (gone) queries.setQueryData<RecentPerson[]>(key, (before = []) => before.filter((person) => person.citizen !== citizen));
  }, [citizen, gone, queries]);
}

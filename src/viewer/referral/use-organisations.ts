import type { Organization } from '@medplum/fhirtypes';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { allPages } from '../api/all-pages.ts';

/** The directory of organisations: it changes rarely, so once for a good while is enough. */
export function useDirectoryOfOrganisations(): UseQueryResult<Organization[]> {
  return useQuery({ queryKey: ['register', 'organisation-rows'], staleTime: 600_000, gcTime: 600_000, queryFn: ({ signal }) => allPages<Organization>('Organization', [['_count', '200']], signal) });
}

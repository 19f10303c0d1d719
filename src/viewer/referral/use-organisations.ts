import type { Organization } from '@medplum/fhirtypes';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { directoryOfOrganisations } from '../api/organisations.ts';

export function useDirectoryOfOrganisations(): UseQueryResult<Organization[]> {
  return useQuery(directoryOfOrganisations);
}

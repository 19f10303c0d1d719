import type { Organization } from '@medplum/fhirtypes';
import { queryOptions } from '@tanstack/react-query';
import { allPages } from './all-pages.ts';

/** The directory of organisations: it changes rarely and reading it is written into the log, so once for a good while is enough. */
export const directoryOfOrganisations = queryOptions({
  queryKey: ['register', 'organisations'], staleTime: 600_000, gcTime: 600_000, queryFn: ({ signal }) => allPages<Organization>('Organization', [['_count', '200']], signal),
});

import type { Contract, Organization } from '@medplum/fhirtypes';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { allPages } from '../api/all-pages.ts';
import { directoryOfOrganisations } from '../api/organisations.ts';
import { agreementsOf, type AgreementView } from './agreement-view.ts';
import { organisationChoices, type OrganisationChoice } from './organisation-choices.ts';

/** Registers change rarely, and reading them is written into the log: once for a good while is enough. */
const kept = { staleTime: 600_000, gcTime: 600_000 };

export function useAgreements(enabled = true): UseQueryResult<AgreementView[]> {
  return useQuery({
    queryKey: ['register', 'agreements'], enabled, ...kept,
    queryFn: async ({ signal }) => agreementsOf(await allPages<Contract>('Contract', [['_count', '200']], signal), new Date()),
  });
}

export function useOrganisations(enabled = true): UseQueryResult<OrganisationChoice[]> {
  return useQuery({ ...directoryOfOrganisations, enabled, select: choicesOf });
}

/** One function, so that what it makes is kept as long as the directory is. */
function choicesOf(organisations: Organization[]): OrganisationChoice[] {
  return organisationChoices(organisations);
}

/** Names of organisations by `system|value`. */
export function useOrganisationNames(): ReadonlyMap<string, string> {
  const { data } = useOrganisations();
  return useMemo(() => new Map((data ?? []).map(({ key, name }) => [key, name])), [data]);
}

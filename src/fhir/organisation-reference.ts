import type { Organization, Reference } from '@medplum/fhirtypes';
import type { OrganisationKey } from './sharing.ts';

/** `system|value`, cut at the first bar: a URI holds none. */
export function organisationIdentifier(key: OrganisationKey): { system: string; value: string } {
  const bar = key.indexOf('|');
  return { system: key.slice(0, Math.max(bar, 0)), value: key.slice(bar + 1) };
}

/** A logical reference to an organisation, by its configured identifier. */
export function organisationReference(key: OrganisationKey, name?: string): Reference<Organization> {
  return { type: 'Organization', identifier: organisationIdentifier(key), ...(name ? { display: name } : {}) };
}

import type { Organization } from '@medplum/fhirtypes';

export interface OrganisationChoice {
  /** `system|value`, as the log names an organisation */
  key: string;
  value: string;
  name: string;
}

/** Whoever can be named by an identifier, by name, each once. */
export function organisationChoices(organisations: readonly Organization[]): OrganisationChoice[] {
  const found = new Map<string, OrganisationChoice>();
  for (const { identifier = [], name, active } of organisations) {
    const own = identifier.find(({ system, value }) => system !== undefined && value !== undefined);
    if (active === false || own?.system === undefined || own.value === undefined) continue;
    const key = `${own.system}|${own.value}`;
    found.set(key, { key, value: own.value, name: name ?? own.value });
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

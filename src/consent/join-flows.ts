import type { OrganisationKey, Purpose, SharingCategory, SharingRole } from '../fhir/sharing.ts';

/** Everybody of `to` may see, in each of the roles and for each of the purposes, every category of everybody of `from`. */
export interface Flow {
  from: OrganisationKey[];
  to: OrganisationKey[];
  roles: SharingRole[];
  purposes: Purpose[];
  categories: SharingCategory[];
}

const sides = ['categories', 'purposes', 'roles', 'to', 'from'] as const;

/** Joins flows that differ in one list only, list by list, so that a person reads a few sentences and not hundreds. Nothing is added by joining. */
export function joinFlows<F extends Flow>(flows: readonly F[], samenessOf: (flow: F) => string): F[] {
  return sides.reduce<F[]>((joined, side) => {
    const groups = new Map<string, F>();
    for (const flow of joined) {
      const key = JSON.stringify([samenessOf(flow), ...sides.filter((each) => each !== side).map((each) => flow[each])]);
      const known = groups.get(key);
      groups.set(key, known ? { ...known, [side]: [...new Set<string>([...known[side], ...flow[side]])].sort() } : flow);
    }
    return [...groups.values()];
  }, [...flows]);
}

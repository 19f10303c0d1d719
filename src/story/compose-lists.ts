import type { Address, ContactPoint, HumanName, Identifier, Patient } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { nhsNumberStatusOf, nhsNumberSystem } from '../fhir/nhs-number-status.ts';
import type { OrderedSources } from './order-sources.ts';
import { collect } from './said-by.ts';
import type { Said } from './said-by.ts';
import type { SourcePatient } from './types.ts';

/** Elements of which a person may have several: every distinct one is shown, none is merged into another. */
export const listElements = ['identifier', 'name', 'telecom', 'address', 'contact', 'communication', 'generalPractitioner', 'photo', 'modifierExtension'] as const;
export type ListElement = (typeof listElements)[number];

export function composeList(element: ListElement, sources: OrderedSources): Said<object>[] {
  switch (element) {
    case 'identifier': return identifiers(sources);
    case 'name': return sorted(distinct<HumanName>(sources.mostTrustedFirst, 'name', loosely), ({ use }) => nameRank[use ?? ''] ?? 9);
    case 'address': return sorted(distinct<Address>(sources.newestFirst, 'address', loosely), ({ use, period }) => Number(use === 'old' || period?.end !== undefined));
    case 'telecom': return sorted(distinct<ContactPoint>(sources.newestFirst, 'telecom', reachedAlike), ({ use, period }) => Number(use === 'old' || period?.end !== undefined));
    default: return distinct(sources.mostTrustedFirst, element, canonicalJson);
  }
}

const nameRank: Readonly<Record<string, number>> = { official: 0, usual: 1, '': 2, nickname: 3, temp: 4, anonymous: 5, maiden: 6, old: 7 };

function distinct<T extends object>(sources: readonly SourcePatient[], element: ListElement, sameness: (value: T) => string): Said<T>[] {
  return collect(sources, ({ resource }) => ((resource[element as keyof Patient] ?? []) as T[]).map(withoutId), sameness);
}

/** One entry per system and value, as whoever traced it best has it; NHS numbers first, the verified before others. */
function identifiers(sources: OrderedSources): Said<object>[] {
  const key = ({ system, value }: Identifier): string => `${system ?? ''} ${value ?? ''}`;
  const said = distinct<Identifier>(sources.mostTrustedFirst, 'identifier', key);
  for (const one of said) {
    const forms = one.by.flatMap(({ resource }) => resource.identifier ?? []).filter((identifier) => key(identifier) === key(one.value));
    one.value = withoutId(forms.reduce((best, form) => (traced(form) < traced(best) ? form : best), one.value));
  }
  return sorted(said, traced);
}

/** 1 = verified … 8, 9 = an NHS number without a status, 10 = any other identifier */
function traced(identifier: Identifier): number {
  return identifier.system === nhsNumberSystem ? Number(nhsNumberStatusOf(identifier) ?? 9) : 10;
}

/** Letter case and spacing do not make another name or address. */
function loosely(value: object): string {
  return canonicalJson(value).toLowerCase().replace(/\s+/g, ' ');
}

/** A telephone number is the same with and without its spaces. */
function reachedAlike(value: ContactPoint): string {
  return loosely({ ...value, value: value.value?.replace(/\s+/g, '') });
}

/** Stable: what is of one rank keeps the order of its sources. */
function sorted<T>(said: Said<T>[], rank: (value: T) => number): Said<T>[] {
  return said.sort((a, b) => rank(a.value) - rank(b.value));
}

/** An element id is only unique inside the source it came from. */
export function withoutId<T extends object>(value: T): T {
  const copy: T & { id?: unknown } = { ...value };
  delete copy.id;
  return copy;
}

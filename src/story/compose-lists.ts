import type { Address, ContactPoint, HumanName, Identifier, Patient, PatientCommunication, PatientContact, Reference } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { nhsNumberStatusOf, nhsNumberSystem } from '../fhir/nhs-number-status.ts';
import { addressFolding } from './address-folding.ts';
import { communicationFolding } from './communication-folding.ts';
import { contactFolding } from './contact-folding.ts';
import { fold } from './fold.ts';
import { nameFolding } from './name-folding.ts';
import type { OrderedSources } from './order-sources.ts';
import { referenceFolding } from './reference-folding.ts';
import { collect } from './said-by.ts';
import type { Said } from './said-by.ts';
import { telecomFolding } from './telecom-folding.ts';
import type { SourcePatient } from './types.ts';

/** Elements of which a person may have several: all are shown, those that say the same as one. */
export const listElements = ['identifier', 'name', 'telecom', 'address', 'contact', 'communication', 'generalPractitioner', 'photo', 'modifierExtension'] as const;
export type ListElement = (typeof listElements)[number];

export function composeList(element: ListElement, sources: OrderedSources): Said<object>[] {
  const { newestFirst, mostTrustedFirst } = sources;
  switch (element) {
    case 'identifier': return identifiers(sources);
    case 'name': return sorted(fold(distinct<HumanName>(mostTrustedFirst, 'name'), nameFolding), ({ use }) => nameRank[use ?? ''] ?? 9);
    case 'address': return sorted(fold(distinct<Address>(newestFirst, 'address'), addressFolding), ended);
    case 'telecom': return sorted(fold(distinct<ContactPoint>(newestFirst, 'telecom'), telecomFolding), ended);
    case 'contact': return fold(distinct<PatientContact>(mostTrustedFirst, 'contact'), contactFolding);
    case 'communication': return fold(distinct<PatientCommunication>(mostTrustedFirst, 'communication'), communicationFolding);
    case 'generalPractitioner': return fold(distinct<Reference>(mostTrustedFirst, 'generalPractitioner'), referenceFolding);
    default: return distinct(mostTrustedFirst, element);
  }
}

const nameRank: Readonly<Record<string, number>> = { official: 0, usual: 1, '': 2, nickname: 3, temp: 4, anonymous: 5, maiden: 6, old: 7 };

function ended({ use, period }: Address | ContactPoint): number {
  return Number(use === 'old' || period?.end !== undefined);
}

function distinct<T extends object>(sources: readonly SourcePatient[], element: ListElement, sameness: (value: T) => string = canonicalJson): Said<T>[] {
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

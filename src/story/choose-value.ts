import type { CodeableConcept, Element, Extension, Patient } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { codedFolding } from './concept-folding.ts';
import { fold } from './fold.ts';
import type { Folding } from './fold.ts';
import type { OrderedSources } from './order-sources.ts';
import { byVoices, collect, voices } from './said-by.ts';
import type { Said } from './said-by.ts';

/** A value of an element that exists once, under the property that carries it (`deceasedDateTime`), with its extensions. */
export interface SingleValue {
  property: string;
  value: unknown;
  beside?: Extension[];
}

export interface Choice {
  chosen: Said<SingleValue>;
  /** what others say instead; shown, never dropped */
  others: Said<SingleValue>[];
}

/** Elements of which a person has one: the properties that may carry it, and the FHIR type each value has. */
export const singleElements: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  active: { active: 'Boolean' },
  gender: { gender: 'Code' },
  birthDate: { birthDate: 'Date' },
  deceased: { deceasedDateTime: 'DateTime', deceasedBoolean: 'Boolean' },
  maritalStatus: { maritalStatus: 'CodeableConcept' },
  multipleBirth: { multipleBirthBoolean: 'Boolean', multipleBirthInteger: 'Integer' },
};

/**
 * The value most organisations give, among equals the newest. Some values come first whatever the count: a death that
 * anybody reports, with its date if one is known; a record that is in use; a gender that is known; a birth date that
 * the less precise ones fit. Undefined when nobody says anything.
 */
export function chooseValue(element: string, { newestFirst }: OrderedSources): Choice | undefined {
  const properties = Object.keys(singleElements[element] ?? {});
  const all = collect(newestFirst, ({ resource }) => valuesOf(resource, properties), ({ property, value }) => `${property} ${typeof value === 'string' ? value : canonicalJson(value)}`);
  const said = fold(all, singleFolding);
  for (const one of said) mergeBeside(one);
  const [chosen, ...others] = meaningful(element, said).sort((a, b) => rank(element, b, said) - rank(element, a, said) || byVoices(a, b));
  return chosen ? { chosen, others } : undefined;
}

/** Concepts are one when their codes are; any other value is one only with itself. */
const singleFolding: Folding<SingleValue> = {
  size: ({ value }) => (isConcept(value) ? codedFolding.size(value) : 0),
  join(host, other) {
    const value = isConcept(host.value) && isConcept(other.value) ? codedFolding.join(host.value, other.value) : undefined;
    return value && { ...host, value };
  },
};

function isConcept(value: unknown): value is CodeableConcept {
  return value !== null && typeof value === 'object' && ('coding' in value || 'text' in value);
}

function valuesOf(resource: Patient, properties: readonly string[]): SingleValue[] {
  const members = resource as unknown as Record<string, unknown>;
  return properties.filter((property) => members[property] !== undefined).map((property) => {
    const beside = (members[`_${property}`] as Element | undefined)?.extension;
    return { property, value: members[property], ...(beside ? { beside } : {}) };
  });
}

/** The extensions of a primitive (estimated, time of birth) from everybody who gives the same value. */
function mergeBeside(said: Said<SingleValue>): void {
  const beside = collect(said.by, ({ resource }) => valuesOf(resource, [said.value.property])[0]?.beside ?? [], canonicalJson).map(({ value }) => value);
  if (beside.length > 0) said.value = { ...said.value, beside };
}

/** `unknown` is not a gender somebody gives; it is only shown when nobody gives one. */
function meaningful(element: string, said: Said<SingleValue>[]): Said<SingleValue>[] {
  const given = said.filter(({ value }) => value.value !== 'unknown');
  return element === 'gender' && given.length > 0 ? given : said;
}

/** What comes before the count of voices: 0 where the count alone decides. */
function rank(element: string, { value: { property, value } }: Said<SingleValue>, all: readonly Said<SingleValue>[]): number {
  switch (element) {
    case 'deceased': return property === 'deceasedDateTime' ? 2 : Number(value === true);
    case 'active': return Number(value === true);
    case 'birthDate': return fitting(String(value), all);
    default: return 0;
  }
}

/** Voices for this date or a less precise form of it, the more precise before the less. */
function fitting(birthDate: string, all: readonly Said<SingleValue>[]): number {
  const by = all.filter(({ value }) => birthDate.startsWith(String(value.value))).flatMap((said) => said.by);
  return voices(by) + birthDate.length / 100;
}

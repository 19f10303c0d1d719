import type { Element, Extension, HumanName, Identifier, Patient } from '@medplum/fhirtypes';
import { nhsNumberStatusOf, nhsNumberSystem } from '../fhir/nhs-number-status.ts';
import { homeOf } from './home.ts';
import { familyWords, nameWords } from './name-words.ts';
import { normaliseNhsNumber } from '../fhir/nhs-number.ts';
import type { PersonFacts } from './types.ts';

const structure = 'https://fhir.bicp.example/StructureDefinition';
/** valueBoolean true on `Patient.birthDate`: somebody's guess (HL7 v2 PID-32 `ED`). */
export const birthDateEstimatedUrl = `${structure}/birth-date-estimated`;
/** valueBoolean true on the Patient: nobody knows who this is yet (HL7 v2 PID-31 `Y`). */
export const identityUnknownUrl = `${structure}/identity-unknown`;

/** The JSON form keeps a primitive's extensions beside it, under an underscore. */
type PrimitiveParts = Patient & { _birthDate?: Element };

/**
 * What one partner's Patient tells about who it is, normalised for comparing. An NHS number is kept even when it is
 * not one, so that the decision can refuse it. Local identifiers are those under one of `identifierBases`, the sender's own.
 * Source: UK Core Patient (NHS number slice with its verification status extension).
 */
export function personFacts(patient: Patient, ...identifierBases: readonly string[]): PersonFacts {
  const facts: PersonFacts = { local: localIdentifiers(patient, identifierBases), ...names(patient.name ?? []) };
  const nhs = bestNhsIdentifier(patient);
  if (nhs?.value) facts.nhsNumber = normaliseNhsNumber(nhs.value);
  const status = nhs && nhsNumberStatusOf(nhs);
  if (status) facts.nhsNumberStatus = status;
  if (patient.birthDate) facts.birthDate = patient.birthDate;
  if (flagged((patient as PrimitiveParts)._birthDate?.extension, birthDateEstimatedUrl)) facts.birthDateEstimated = true;
  if (patient.gender) facts.gender = patient.gender;
  Object.assign(facts, homeOf(patient), contactsOf(patient));
  if (flagged(patient.extension, identityUnknownUrl)) facts.identityUnknown = true;
  return facts;
}

function localIdentifiers(patient: Patient, identifierBases: readonly string[]): PersonFacts['local'] {
  const found = new Map<string, { system: string; value: string }>();
  for (const { system, value, use } of patient.identifier ?? []) {
    const text = value?.trim();
    if (!system || !identifierBases.some((base) => system.startsWith(`${base}/`)) || !text || use === 'old') continue;
    found.set(`${system}|${text}`, { system, value: text });
  }
  return [...found.values()];
}

/** Of several numbers the verified one, otherwise the first; one marked old is no longer theirs. */
export function bestNhsIdentifier(patient: Patient): Identifier | undefined {
  const numbers = (patient.identifier ?? []).filter(({ system, value, use }) => system === nhsNumberSystem && value && use !== 'old');
  return numbers.find((identifier) => nhsNumberStatusOf(identifier) === '01') ?? numbers[0];
}

function names(all: readonly HumanName[]): Pick<PersonFacts, 'family' | 'given' | 'otherFamily' | 'otherGiven'> {
  const main = all.find(({ use }) => use === 'official') ?? all.find(({ use }) => use === undefined) ?? all.find(({ use }) => use === 'usual') ?? all[0];
  const others = all.filter((name) => name !== main);
  const family = familyWords(main?.family ?? '').join(' ');
  return {
    ...(family === '' ? {} : { family }),
    given: givenWords(main),
    otherFamily: distinct(others.map((name) => familyWords(name.family ?? '').join(' '))).filter((name) => name !== family),
    otherGiven: distinct(others.flatMap((name) => givenWords(name).slice(0, 1))),
  };
}

function givenWords(name: HumanName | undefined): string[] {
  return nameWords((name?.given ?? []).filter(Boolean).join(' '));
}

/** Numbers and addresses by which somebody can be reached now, in one form each. */
function contactsOf(patient: Patient): Pick<PersonFacts, 'phones' | 'emails'> {
  const current = (patient.telecom ?? []).filter(({ use, period }) => use !== 'old' && use !== 'work' && period?.end === undefined);
  const phones = distinct(current.filter(({ system }) => system === 'phone' || system === 'sms').map(({ value = '' }) => nationalNumber(value)));
  const emails = distinct(current.filter(({ system, value }) => system === 'email' && value?.includes('@')).map(({ value = '' }) => value.trim().toLowerCase()));
  return { ...(phones.length > 0 && { phones }), ...(emails.length > 0 && { emails }) };
}

/** `+44 (0)7700 900123` and `07700 900123` are one number; what is too short to be anybody's own is none. */
function nationalNumber(text: string): string {
  const digits = text.replace(/\(0\)/g, '').replace(/[^\d+]/g, '').replace(/^(?:\+|00)44/, '0').replace(/\D/g, '');
  return digits.length < shortestNumber || /^(\d)\1+$/.test(digits) ? '' : digits;
}
const shortestNumber = 9;

function flagged(extensions: readonly Extension[] | undefined, url: string): boolean {
  return extensions?.some((extension) => extension.url === url && extension.valueBoolean === true) ?? false;
}

function distinct(items: readonly string[]): string[] {
  return [...new Set(items.filter((item) => item !== ''))];
}

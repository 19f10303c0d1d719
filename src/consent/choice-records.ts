import type { CodeableConcept, Coding, ConsentProvisionData } from '@medplum/fhirtypes';
import { codedElements, hasRecordDate } from '../fhir/code-tokens.ts';
import { isKnownResourceType } from '../fhir/definitions.ts';
import type { Problem } from '../fhir/problem.ts';
import { searchableTypes } from '../fhir/search-parameters.ts';
import { readOrganisation } from './choice-actors.ts';
import { contradictory, listed, notSupported, pointerTo, type Finding } from './choice-problems.ts';
import type { ProvisionLimits } from './choice-limits.ts';

/** Limits that look at the single record: what type it is, which codes it carries, which record it is, when it was. */

export const resourceTypes = 'http://hl7.org/fhir/resource-types';
/** Everybody's, or nobody's in particular: no choice reaches them. */
const notAboutPeople = ['Resource', 'DomainResource', 'Organization', 'Location', 'Practitioner', 'PractitionerRole', 'HealthcareService', 'Device', 'Contract', 'AuditEvent'];

export function typeOf({ code }: Coding): string | Finding {
  if (code !== undefined && isKnownResourceType(code) && !notAboutPeople.includes(code)) return code;
  return { text: 'This is no type of record about a person.', expected: `a type of resource about a person, such as ServiceRequest, of ${resourceTypes}`, fix: 'Name the type as FHIR R4 writes it.' };
}

/** `system|code` of every code named. */
export function readCodes(concepts: readonly CodeableConcept[] | undefined, pointer: string, problems: Problem[]): string[] {
  return listed(concepts, pointer, problems).flatMap(({ coding }, i) => {
    const codes = (Array.isArray(coding) ? coding : []).map(({ system, code }) => (system && code && !system.includes('|') ? `${system}|${code}` : undefined));
    if (codes.length > 0 && codes.every((code) => code !== undefined)) return codes;
    problems.push(notSupported(pointerTo(pointer, i), {
      text: 'A code in words, or without its code system, cannot be compared with what records carry.', expected: 'coding, each with system and code', fix: 'Name the codes that are meant.',
    }));
    return [];
  });
}

const uuidReference = /^[A-Z][A-Za-z]+\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
const dataForm = { expected: 'meaning instance with a reference such as CarePlan/{id}, or meaning authoredby with an Organization by identifier', fix: 'Name each record that is meant, or who wrote it.' };

/** Single records, or whatever an organisation wrote. Not both in one list: they would have to mean "or". */
export function readData(data: readonly ConsentProvisionData[] | undefined, pointer: string, problems: Problem[]): { ids: string[]; custodians: string[] } {
  const entries = listed(data, pointer, problems);
  const read = entries.map(({ meaning, reference }, i) => {
    const at = pointerTo(pointer, i);
    if (meaning === 'authoredby') return { custodian: readOrganisation(reference, pointerTo(at, 'reference'), problems) };
    if (meaning !== 'instance') {
      problems.push(notSupported(pointerTo(at, 'meaning'), { text: 'The gateway cannot tell for certain which records belong to another.', ...dataForm }));
      return {};
    }
    const id = uuidReference.exec(reference?.reference ?? '')?.[1];
    if (id === undefined) problems.push(notSupported(pointerTo(at, 'reference'), { text: 'This does not name one record of the gateway, in any version.', ...dataForm }));
    return { id };
  });
  const ids = [...new Set(read.flatMap(({ id }) => id ?? []))];
  const custodians = [...new Set(read.flatMap(({ custodian }) => custodian ?? []))];
  if (ids.length > 0 && custodians.length > 0) problems.push(notSupported(pointer, { text: 'Single records and all that somebody wrote are named in one list.', ...dataForm, fix: 'Give each a provision of its own.' }));
  return { ids, custodians };
}

/** Codes and dates are looked for where the gateway keeps them for comparing: a type without such a place would never be met, and nobody would notice. */
export function checkCanBeCompared(limits: ProvisionLimits, named: { codes: boolean; dates: boolean }, pointer: string, problems: Problem[]): void {
  const types = limits.types ?? [];
  if (named.codes && (types.length === 0 || types.some((type) => codedElements(type).length === 0))) {
    const elements = searchableTypes().filter((type) => !notAboutPeople.includes(type)).flatMap(codedElements);
    problems.push(notSupported(pointerTo(pointer, 'code'), {
      text: 'Codes can be looked for in some types of record only, and these must be named.', expected: `class with types of ${resourceTypes} among those of ${elements.join(', ')}`,
      fix: 'Name the types as class, in this provision or around it, or say it by sort of information or by label.',
    }));
  }
  if (named.dates && (types.length === 0 || !types.every(hasRecordDate))) {
    const dated = searchableTypes().filter((type) => !notAboutPeople.includes(type) && hasRecordDate(type));
    problems.push(notSupported(pointerTo(pointer, 'dataPeriod'), {
      text: 'Only some types of record have a date of their own, and these must be named.', expected: `class with types of ${resourceTypes} among ${dated.join(', ')}`,
      fix: 'Name the types as class, in this provision or around it.',
    }));
  }
}

/** A list of sorts of information beside types of record would have to mean "or". */
export function checkOneKindOfClass(limits: ProvisionLimits, pointer: string, problems: Problem[]): void {
  if (limits.types?.length && limits.categories?.length) {
    problems.push(contradictory(pointer, { text: 'The list names types of record beside sorts of information, and either would have to do.', expected: 'codes of one of the two systems', fix: 'Give each a provision of its own.' }));
  }
}

import type { Patient } from '@medplum/fhirtypes';
import type { JsonObject } from '../../fhir/json.ts';
import { checkNhsNumber } from '../../fhir/nhs-number.ts';
import type { Problem } from '../../fhir/problem.ts';
import { bestNhsIdentifier } from '../../linkage/person-facts.ts';

export const invalidNumber: Problem = {
  category: 'unprocessable', code: 'nhs-number-invalid', text: 'The NHS number is not one: its check digit is wrong or it is a placeholder.',
  expected: 'ten digits with a valid modulus 11 check digit', fix: 'Correct the number at the source, or leave it out and say why with its status.',
};

/** The element with the number by which linkage knows a Patient; undefined when it has none. */
export function numberElement(resource: JsonObject): string | undefined {
  const patient = resource as unknown as Patient;
  const best = Array.isArray(patient.identifier) ? bestNhsIdentifier(patient) : undefined;
  return best?.value === undefined ? undefined : `Patient.identifier[${patient.identifier?.indexOf(best)}].value`;
}

/** The number by which linkage would know a Patient, refused at its element before anybody is looked for. */
export function checkNumber(resource: JsonObject): Problem[] {
  if (resource['resourceType'] !== 'Patient') return [];
  const pointer = numberElement(resource);
  if (pointer === undefined || checkNhsNumber(bestNhsIdentifier(resource as unknown as Patient)?.value ?? '').kind === 'valid') return [];
  return [{ ...invalidNumber, at: { pointer } }];
}

import type { Patient } from '@medplum/fhirtypes';
import type { JsonObject } from '../../fhir/json.ts';
import { checkNhsNumber } from '../../fhir/nhs-number.ts';
import type { Problem } from '../../fhir/problem.ts';
import { bestNhsIdentifier } from '../../linkage/person-facts.ts';

export const invalidNumber: Problem = {
  category: 'unprocessable', code: 'nhs-number-invalid', text: 'The NHS number is not one: its check digit is wrong or it is a placeholder.',
  expected: 'ten digits with a valid modulus 11 check digit', fix: 'Correct the number at the source, or leave it out and say why with its status.',
};

/** The number by which linkage would know a Patient, refused at its element before anybody is looked for. */
export function checkNumber(resource: JsonObject): Problem[] {
  if (resource['resourceType'] !== 'Patient') return [];
  const patient = resource as unknown as Patient;
  const best = Array.isArray(patient.identifier) ? bestNhsIdentifier(patient) : undefined;
  if (best?.value === undefined || checkNhsNumber(best.value).kind === 'valid') return [];
  return [{ ...invalidNumber, at: { pointer: `Patient.identifier[${patient.identifier?.indexOf(best)}].value` } }];
}

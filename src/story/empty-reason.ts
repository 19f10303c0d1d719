import type { CodeableConcept } from '@medplum/fhirtypes';

/** Why a list holds nothing: nobody can say, or somebody looked and there is nothing (http://hl7.org/fhir/R4/valueset-list-empty-reason.html). */
export function emptyReason(code: 'unavailable' | 'nilknown', text: string): CodeableConcept {
  return { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code }], text };
}

/** Of what may be seen; what exists beside it is not known. */
export const notRecorded = { reason: 'unavailable', text: 'Nothing is recorded in what you may see. That is not to say that there is nothing.' } as const;

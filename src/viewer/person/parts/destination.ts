import type { Encounter } from '@medplum/fhirtypes';
import { formatConcept } from '../../format.ts';

/** Where somebody went; the dictionary's long explanation after "unless" is for coders, not for readers. */
export function destinationOf(stay: Encounter): string {
  return shortened(formatConcept(stay.hospitalization?.dischargeDisposition));
}

export function shortened(text: string): string {
  return text.replace(/ unless listed below.*$/s, '').trim();
}

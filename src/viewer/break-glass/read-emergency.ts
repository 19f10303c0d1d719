import type { Parameters, Patient } from '@medplum/fhirtypes';
import { formatDate } from '../format.ts';
import { nhsNumberSystem, readNhsNumber } from '../nhs-number.ts';
import { numberMistake } from '../find/read-form.ts';
import { dayFrom, londonToday } from '../read-day.ts';
import { strings } from '../strings.ts';

const words = strings.breakGlass.mistakes;

export interface TypedEmergency {
  number: string;
  born: string;
  family: string;
  reason: string;
  explanation: string;
}

export type EmergencyField = keyof TypedEmergency;

export const nothingTyped: TypedEmergency = { number: '', born: '', family: '', reason: '', explanation: '' };

/** What a record one sees a part of says already of who it is about. */
export function filledFrom({ identifier, birthDate, name }: Patient): TypedEmergency {
  const number = identifier?.find(({ system, use }) => system === nhsNumberSystem && use !== 'old')?.value;
  const family = name?.find(({ use }) => use === 'official')?.family ?? name?.[0]?.family;
  return { ...nothingTyped, number: number ?? '', born: birthDate === undefined ? '' : formatDate(birthDate), family: family ?? '' };
}

/** What somebody typed → the inputs of Patient/$break-glass, or all that has to be put right. Nothing is asked before all of it is there. */
export function readEmergency(typed: TypedEmergency, now: Date): { parameters: Parameters } | { mistakes: Partial<Record<EmergencyField, string>> } {
  const number = readNhsNumber(typed.number);
  const born = dayFrom(typed.born);
  const [family, explanation] = [typed.family.trim(), typed.explanation.trim()];
  const mistakes: Partial<Record<EmergencyField, string>> = {
    ...(number.kind !== 'nhs-number' && { number: number.kind === 'national-insurance' ? words.nationalInsurance : numberMistake(number) }), ...(born === undefined ? { born: words.born } : born > londonToday(now) && { born: words.future }), ...(family === '' && { family: words.family }),
    ...(typed.reason === '' && { reason: words.reason }), ...(explanation.length < 15 && { explanation: words.explanation }),
  };
  if (number.kind !== 'nhs-number' || born === undefined || Object.keys(mistakes).length > 0) return { mistakes };
  return { parameters: { resourceType: 'Parameters', parameter: [
    { name: 'nhs-number', valueString: number.value }, { name: 'birth-date', valueDate: born }, { name: 'family', valueString: family }, { name: 'reason', valueCode: typed.reason }, { name: 'explanation', valueString: explanation },
  ] } };
}

import type { Delimiters } from './delimiters.ts';

/** One repetition of a CX field. */
export interface PersonId {
  value: string;
  /** CX-4, its first part; '' when absent */
  authority: string;
  national: boolean;
}

/** The identifiers of a person in a raw CX field, without empty and cleared ones. The NHS number has the authority or type `NHS`, or the type `NH`. */
export function personIds(raw: string, marks: Delimiters): PersonId[] {
  return raw.split(marks.repetition).map((repetition): PersonId => {
    const [value = '', , , assigner = '', type = ''] = repetition.split(marks.component).map((part) => part.trim());
    const authority = assigner.split(marks.subcomponent)[0] ?? '';
    return { value: value === '""' ? '' : value, authority, national: authority === 'NHS' || type === 'NHS' || type === 'NH' };
  }).filter(({ value }) => value !== '');
}

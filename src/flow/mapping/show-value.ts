import type { Json } from '../../fhir/json.ts';

/** A value for a person: text as it may be seen, an object with each of its values so, names of elements as they are. */
export function showValue(value: Json, show: (text: string) => string): string {
  if (typeof value !== 'object' || value === null) return show(String(value));
  return JSON.stringify(value, (_name, member: Json) => (typeof member === 'object' ? member : show(String(member))));
}

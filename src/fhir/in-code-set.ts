import type { Json } from './json.ts';
import { isJsonObject } from './json.ts';
import type { CodeSet } from './terminology.ts';

/** Whether a `code`, Coding or CodeableConcept is in a value set; of a CodeableConcept one coding is enough, text alone is not. */
export function inCodeSet(value: Json, set: CodeSet): boolean {
  if (typeof value === 'string') return set.codes.has(value);
  if (!isJsonObject(value)) return false;
  if (!('coding' in value)) return coded(value, set);
  return Array.isArray(value['coding']) && value['coding'].some((coding) => coded(coding, set));
}

function coded(value: Json, set: CodeSet): boolean {
  if (!isJsonObject(value)) return false;
  const { system, code } = value;
  return typeof system === 'string' && typeof code === 'string' && set.pairs.has(`${system}|${code}`);
}

/** More codes than one reads are told by their value set alone. */
const mostListed = 12;

/** What a binding expects, for a person: the codes where they are few, and their value set. */
export function sayCodes({ codes }: CodeSet, valueSet: string): string {
  return codes.size > mostListed ? `a code of ${valueSet}` : `${[...codes].join(', ')}: a code of ${valueSet}`;
}

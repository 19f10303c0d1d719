import type { Json } from '../../fhir/json.ts';
import type { Delimiters } from './delimiters.ts';
import { unescape } from './unescape.ts';

/** The sender's word for "delete what you have": two quotation marks. */
export const deleted = '""';

/**
 * A field as the map reads it: a list of repetitions, each an object of components `c1…` (strings; `{ s1, s2 }` where the
 * component is listed in `withSubcomponents` and was sent in parts),
 * empty parts absent; `deleted` when the whole field says so; undefined when nothing was sent.
 */
export function parseField(name: string, raw: string, marks: Delimiters, withSubcomponents: readonly string[]): Json | undefined {
  if (raw === '') return undefined;
  if (raw === deleted) return deleted;
  const repetitions = raw.split(marks.repetition).flatMap((repetition) => {
    const components = numbered('c', repetition.split(marks.component), (text, number) =>
      (withSubcomponents.includes(`${name}.${number}`) ? parseSubcomponents(text, marks) : leaf(text, marks)));
    return components === undefined ? [] : [components];
  });
  return repetitions.length === 0 ? undefined : repetitions;
}

function parseSubcomponents(raw: string, marks: Delimiters): Json | undefined {
  if (!raw.includes(marks.subcomponent)) return leaf(raw, marks);
  const parts = raw.split(marks.subcomponent);
  return numbered('s', parts, (text) => leaf(text, marks));
}

function numbered(prefix: string, texts: string[], parse: (text: string, number: number) => Json | undefined): Json | undefined {
  const result: { [key: string]: Json } = {};
  for (const [index, text] of texts.entries()) {
    const value = parse(text, index + 1);
    if (value !== undefined) result[`${prefix}${index + 1}`] = value;
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

function leaf(raw: string, marks: Delimiters): string | undefined {
  const text = raw === deleted ? '' : unescape(raw, marks).trim();
  return text === '' ? undefined : text;
}

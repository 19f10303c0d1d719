import { isJsonObject } from '../../fhir/json.ts';
import type { Json } from '../../fhir/json.ts';
import type { JsonCursor } from './json-cursor.ts';
import type { TextWriter } from './text-writer.ts';
import { quoteText } from './vocabulary.ts';

/** members that are no metadata: the map itself, and its generated narrative */
const others = new Set(['resourceType', 'text', 'contained', 'structure', 'import', 'const', 'group', 'extension', 'url', 'name']);

/** Writes everything about the map as `/// key = value`; an object as one line for each of its members. */
export function printMetadata(map: JsonCursor, writer: TextWriter): void {
  writer.line(`/// url = ${quoteText(map.needed('url'))}`);
  writer.line(`/// name = ${quoteText(map.needed('name'))}`);
  if (!isJsonObject(map.value)) return;
  for (const [key, value] of Object.entries(map.value)) if (!others.has(key) && !key.startsWith('_')) printMember(key, value, writer);
}

function printMember(key: string, value: Json, writer: TextWriter): void {
  if (Array.isArray(value)) {
    for (const item of value) printMember(key, item, writer);
  } else if (isJsonObject(value)) {
    writer.line(`/// ${key} =`);
    for (const [name, inner] of Object.entries(value)) printMember(`${key}.${name}`, inner, writer);
  } else writer.line(`/// ${key} = ${printValue(value)}`);
}

function printValue(value: null | boolean | number | string): string {
  if (typeof value !== 'string') return String(value);
  return /[\r\n]/.test(value) && !value.includes('"""') ? `"""${value}"""` : quoteText(value);
}

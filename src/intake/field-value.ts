import { isJsonObject, type Json } from '../fhir/json.ts';
import type { Part } from './types.ts';

/**
 * What a row held in a field that a problem names, as far as it can be told without reading the row: a CSV column by its
 * header, an HL7 field or component (`PID-5.1`), a member of a document. Null: not to be told.
 */
export function fieldValue(part: Part, content: string, field: string): string | null {
  if (field === '') return null;
  if (part.messages) return hl7Field(content, field);
  const record = readRecord(content);
  if (part.columns) {
    const index = part.columns.findIndex(({ header, name }) => header === field || name === field);
    const cell = Array.isArray(record) ? record[index] : undefined;
    return typeof cell === 'string' ? cell : null;
  }
  const value = field.split('.').reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), record);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function readRecord(content: string): Json {
  try {
    return JSON.parse(content) as Json;
  } catch {
    return null;
  }
}

function hl7Field(content: string, field: string): string | null {
  const [, name = '', number = '', component] = /^([A-Z][A-Z0-9]{2})-(\d{1,3})(?:\.(\d{1,2}))?/.exec(field) ?? [];
  const segment = content.split(/[\r\n]+/).find((line) => line.startsWith(`${name}|`));
  if (name === '' || segment === undefined) return null;
  const value = segment.split('|')[Number(number) - (name === 'MSH' ? 1 : 0)];
  return (component === undefined ? value : value?.split('~')[0]?.split('^')[Number(component) - 1]) ?? null;
}

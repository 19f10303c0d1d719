import { isJsonObject, type Json } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { plain, readJson } from '../../fhir/read-json.ts';
import { draftBundle } from './draft-bundle.ts';
import { draftRecords } from './draft-records.ts';
import type { SchemaDraft } from './draft-schema.ts';
import { fieldPath } from './field-path.ts';

/** A JSON sample: a FHIR Bundle, or records (the document itself, or its one list of objects). */
export function draftDocument(text: string): SchemaDraft | { problem: Problem } {
  const read = readJson(new TextEncoder().encode(text), { maxBytes: 64 * 1024 ** 2, maxDepth: 64, maxEntries: 1_000_000 });
  if ('problem' in read) return read;
  const document = plain(read.value);
  if (document['resourceType'] === 'Bundle') return draftBundle(document);
  const list = Object.entries(document).find(([, value]) => Array.isArray(value) && value.some(isJsonObject));
  const records = (list ? (list[1] as Json[]) : [document]).filter(isJsonObject);
  return draftRecords('json', records, list ? { rows: fieldPath('', list[0]) } : {});
}

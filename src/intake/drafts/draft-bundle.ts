import { isJsonObject, textOf, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { objectsIn } from '../fhir/bundle-entries.ts';
import type { BundleSchema } from '../fhir/bundle-schema.ts';
import { personMissing, twoPeople } from '../fhir/check-bundle.ts';
import { isWrittenIn } from '../fhir/version-marks.ts';
import { leavesOf } from './draft-records.ts';
import type { DraftField, SchemaDraft } from './draft-schema.ts';

type Entry = { fullUrl: string; resource: JsonObject };

/** What a FHIR sample's Bundle, or each Bundle on its page, is and holds. Refused: one that is not about one Patient. */
export function draftBundle(sample: JsonObject): SchemaDraft | { problem: Problem } {
  const inner = entriesIn(sample).map(({ resource }) => resource);
  const isPage = inner.length > 0 && inner.every(({ resourceType }) => resourceType === 'Bundle');
  const bundles = isPage ? inner : [sample];
  const patients = bundles.map((bundle) => entriesIn(bundle).filter(({ resource }) => resource['resourceType'] === 'Patient').length);
  if (patients.includes(0)) return { problem: { ...personMissing, expected: 'a Patient' } };
  if (patients.some((count) => count > 1)) return { problem: { ...twoPeople, at: { pointer: '/entry' } } };
  const entries = bundles.flatMap(entriesIn);
  const resources = entries.map(({ resource }) => resource);
  const keys = Object.fromEntries(entries.filter(isNameless).map(({ resource }) => [typeOf(resource), 'identifier.first().value']));
  const schema: BundleSchema = {
    version: resources.some((resource) => isWrittenIn('STU3', resource)) ? 'STU3' : 'R4', bundles: [...new Set(bundles.map(({ type }) => textOf(type)))], ...(isPage && { pages: textOf(sample['type']) }),
    names: 'id', ...(Object.keys(keys).length > 0 && { keys }), person: 'Patient', types: [...new Set(resources.map(typeOf))], nowhere: 'warn', limits: { entries: 500, attachmentBytes: 1_048_576 },
  };
  return { format: 'fhir', update: 'patch', schema, personKey: 'Patient.key', fields: fieldsOf(resources) };
}

function entriesIn(bundle: JsonObject): Entry[] {
  return objectsIn(bundle['entry']).flatMap(({ fullUrl, resource }) => (isJsonObject(resource) ? [{ fullUrl: textOf(fullUrl), resource }] : []));
}

function typeOf(resource: JsonObject): string {
  return textOf(resource['resourceType']);
}

function isNameless({ fullUrl, resource }: Entry): boolean {
  return fullUrl === '' && textOf(resource['id']) === '';
}

/** References are told by identifiers when a map sees them, and ids as `key`. */
function fieldsOf(resources: readonly JsonObject[]): DraftField[] {
  const found = resources.flatMap(({ resourceType, id: _, ...content }) => [...leavesOf(content, textOf(resourceType))]);
  return [...new Map(found.filter(({ path }) => !path.endsWith('.reference')).map(({ value: _, ...field }) => [field.path, field])).values()];
}

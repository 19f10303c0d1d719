import { isJsonObject, textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { numberElement } from './check-number.ts';
import { personKeyField } from './field-as-sent.ts';
import type { MappedRow } from './read-and-map.ts';

type Blamed = Pick<MappedRow, 'resources' | 'blame' | 'feed' | 'kind' | 'part' | 'row' | 'about'>;

/** A refusal of linkage, told of the field with what it is about: the NHS number, another id than the person's key, or that key. */
export function blamePerson({ resources, blame, feed, kind, part, row, about = row.personKey }: Blamed, problem: Problem): Problem {
  const patient = resources.find(({ resourceType }) => resourceType === 'Patient');
  const system = `${feed.partner.identifierBase}/person`;
  const isKey = (value: JsonObject): boolean => value['system'] === system && value['value'] === about;
  const isOther = (value: JsonObject): boolean => textOf(value['system']).startsWith(`${feed.partner.identifierBase}/`) && !isKey(value);
  const number = patient && problem.code.startsWith('nhs-number') ? numberElement(patient) : undefined;
  if (patient && number !== undefined) return blame(problem, patient, number);
  const other = patient && problem.code === 'identifiers-of-two-people' ? pathTo(patient['identifier'] ?? null, isOther) : undefined;
  if (patient && other !== undefined) return blame(problem, patient, `Patient.identifier${other}.value`);
  for (const resource of resources) {
    const key = pathTo(resource, isKey);
    if (key !== undefined) return blame(problem, resource, `${textOf(resource['resourceType'])}${key}.value`);
  }
  const field = personKeyField(kind, part);
  return field === undefined ? problem : { ...problem, at: { row: row.row, line: row.line, field } };
}

/** Where the first object like this is: `.subject.identifier`, `[1]`. */
function pathTo(value: Json, isMeant: (value: JsonObject) => boolean): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (isJsonObject(value) && isMeant(value)) return '';
  const members = Array.isArray(value) ? value.map((each, index) => [`[${index}]`, each] as const) : Object.entries(value).map(([name, each]) => [`.${name}`, each] as const);
  for (const [step, each] of members) {
    const below = pathTo(each, isMeant);
    if (below !== undefined) return `${step}${below}`;
  }
  return undefined;
}

import fc from 'fast-check';
import type { TwinFacts } from './twin-facts.ts';

/** Parts that requests are put together from. */

export const unknownId = '01234567-89ab-8cde-8f01-23456789abcd';
const noIds = ['x', '0', '-', '1.2.3', 'a'.repeat(64), 'a'.repeat(65), `${unknownId}a`, unknownId.toUpperCase(), '%00', '%zz', '..%2f..%2fx', '%F0%9F%98%80', "'%20or%201=1--"];
export const noTypes = ['Patients', 'patient', 'Observation2', '__proto__', 'constructor', 'Bundle', 'Binary', 'Basic', '%2e%2e', 'x'.repeat(300)];

/** `Type/id` of visible and hidden rows, of citizens, of nothing, and of what is no id. */
export function instance(facts: TwinFacts, rows = facts.rows): fc.Arbitrary<{ type: string; id: string }> {
  const row = fc.constantFrom(...rows).map(({ type, id }) => ({ type, id }));
  return fc.oneof(
    { weight: 8, arbitrary: row },
    { weight: 3, arbitrary: fc.constantFrom(...facts.citizens, ...(rows === facts.rows ? facts.strangers : [])).map((id) => ({ type: 'Patient', id })) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...facts.types), row).map(([type, { id }]) => ({ type, id })) },
    { weight: 1, arbitrary: fc.constantFrom(...facts.types).map((type) => ({ type, id: unknownId })) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...facts.types, ...noTypes), fc.constantFrom(...noIds)).map(([type, id]) => ({ type, id })) },
  );
}

/** Whose whole record is asked for: citizens seen and unseen, a source Patient, nobody. */
export function person(facts: TwinFacts): fc.Arbitrary<string> {
  const sources = facts.rows.filter(({ type }) => type === 'Patient').map(({ id }) => id);
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...facts.citizens) }, { weight: 3, arbitrary: fc.constantFrom(...facts.strangers, unknownId) },
    { weight: 2, arbitrary: fc.constantFrom(...sources) }, { weight: 1, arbitrary: fc.constantFrom(...noIds) });
}

const conditions: Readonly<Record<string, readonly string[]>> = {
  'If-None-Match': ['W/"1"', 'W/"2"', '"1"', '*', 'W/"1", W/"2"', 'nonsense'],
  'If-Modified-Since': ['Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 2027 00:00:00 GMT', 'nonsense'],
  'If-Unmodified-Since': ['Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 2027 00:00:00 GMT'],
  'If-Match': ['W/"1"', 'W/"7"', '*', 'nonsense'],
  'If-None-Exist': ['identifier=https://fhir.nhs.uk/Id/nhs-number|9990000379', 'status=active', ''],
  Accept: ['application/fhir+json', 'application/json', '*/*', 'application/fhir+xml', 'text/html', 'application/fhir+json;fhirVersion=3.0', 'application/fhir+json;q=0', ''],
  'Accept-Encoding': ['gzip', 'identity', 'br'],
  Range: ['bytes=0-10'],
  Prefer: ['handling=lenient', 'handling=strict', 'return=minimal', 'return=OperationOutcome', 'respond-async', 'wait=1'],
  'X-HTTP-Method-Override': ['DELETE', 'GET'],
  'X-Forwarded-Host': ['elsewhere.example'],
  'X-Purpose-Of-Use': ['HOPERAT'],
  Cookie: ['onestory-session=abc'],
};
export const conditionNames = Object.keys(conditions);
const oneHeader = fc.constantFrom(...Object.entries(conditions).flatMap(([name, values]) => values.map((value) => ({ [name]: value }))));

/** None, most of the time; else one or two that ask for another answer. */
export const headers: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) }, { weight: 3, arbitrary: oneHeader }, { weight: 1, arbitrary: fc.tuple(oneHeader, oneHeader).map(([a, b]) => ({ ...a, ...b })) });

/** Parameters that shape an answer, those nobody offers here among them. */
export const shaping: readonly (readonly [string, string])[] = [
  ['_summary', 'count'], ['_summary', 'true'], ['_summary', 'text'], ['_elements', 'id,status'], ['_total', 'accurate'], ['_total', 'none'], ['_format', 'json'], ['_format', 'xml'], ['_format', 'application/fhir+json'],
  ['_pretty', 'true'], ['_include', '*'], ['_include', 'CarePlan:patient'], ['_include:iterate', 'Encounter:subject'], ['_revinclude', 'Task:patient'], ['_revinclude', '*'], ['_contained', 'both'],
  ['_has:Task:patient:status', 'draft'], ['_has:Consent:patient:status', 'active'], ['patient.identifier', 'x|y'], ['patient:Patient.name', 'a'], ['subject.birthdate', '1950'], ['_filter', 'status eq active'],
  ['_text', 'secret'], ['_content', 'secret'], ['_security', 'R'], ['_security:not', 'R'], ['_tag', 'ZZ999'], ['_profile', 'x'], ['_source', 'urn:onestory:x'], ['_list', '42'], ['_type', 'Patient'], ['_query', 'x'],
  ['_since', '2020-01-01'], ['_at', '2020'], ['_page', 'AAAA'], ['_page', `${'A'.repeat(80)}`], ['unheard-of', '1'], ['__proto__', '1'], ['', '1'], ['patient', ''], ['_id', ','], ['_count', '-1'], ['_count', 'x'], ['_sort', 'unheard-of'], ['_sort', ''],
];
export const counts: readonly string[] = ['0', '1', '2', '3', '5', '9', '50', '200', '9999999'];

/** The query of an address: `?a=b` or nothing. */
export function query(parameters: readonly (readonly [string, string])[]): string {
  return parameters.length === 0 ? '' : `?${new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString()}`;
}

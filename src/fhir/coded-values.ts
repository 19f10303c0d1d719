import type { Json, JsonObject } from './json.ts';

/**
 * Codes as they are compared: `system|CODE`, or `|CODE` where no system was given. Capitals, spaces and dots do not
 * matter, nor which edition of SNOMED CT or ICD-10 is named. Codes whose beginning is a broader code can be found by it:
 * `system|B20*`.
 */

export const snomed = 'http://snomed.info/sct';
export const icd10 = 'http://hl7.org/fhir/sid/icd-10';

/** Shortest beginning of a code that can be looked for. */
export const shortestBeginning = 3;

/** Structure and units, never about a person's condition or care. */
const structural = /^(?:http:\/\/terminology\.hl7\.org\/|http:\/\/hl7\.org\/fhir\/(?!sid\/)|http:\/\/unitsofmeasure\.org|urn:(?:ietf|iso):)/;
const likeIcd10 = /^[A-Z]\d\d/;

/** Whether codes of this system are looked at in records at all. */
export function isLookedAt(system: string): boolean {
  return !structural.test(system);
}

/** Whether a beginning of a code of this system is a broader code. */
export function hasBeginnings(system: string): boolean {
  return canonicalSystem(system) === icd10;
}

/** The form in which a listed code is compared; a `*` at its end stays. */
export function codeKey(system: string, code: string): string {
  return `${canonicalSystem(system)}|${canonicalCode(code)}`;
}

/** Every code a resource says anywhere: in lists, contained resources, extensions. Its own labels and tags are none. */
export function codedValues(resource: JsonObject): Set<string> {
  const found = new Set<string>();
  const { meta: _meta, ...content } = resource;
  collect(content, found);
  return found;
}

function collect(value: Json | undefined, found: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, found);
    return;
  }
  const { code, system } = value;
  if (typeof code === 'string') addCoding(typeof system === 'string' ? system.trim() : '', code, found);
  for (const each of Object.values(value)) collect(each, found);
}

function addCoding(said: string, code: string, found: Set<string>): void {
  if (!isLookedAt(said)) return;
  const system = canonicalSystem(said);
  // an expression of several concepts says each of them
  const codes = system === snomed ? (code.match(/\d{6,18}/g) ?? []) : [canonicalCode(code)];
  for (const each of codes) {
    found.add(`${system}|${each}`);
    if (system !== icd10 && !(system === '' && likeIcd10.test(each))) continue;
    for (let length = shortestBeginning; length <= each.length; length += 1) found.add(`${system}|${each.slice(0, length)}*`);
  }
}

function canonicalSystem(system: string): string {
  const bare = system.split('|')[0] ?? '';
  if (/^https?:\/\/snomed\.info\/x?sct(?:\/|$)/.test(bare)) return snomed;
  return bare.startsWith(icd10) ? icd10 : bare;
}

function canonicalCode(code: string): string {
  return code.replaceAll(/[\s.]/g, '').toUpperCase();
}

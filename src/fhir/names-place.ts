import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import type { OrganisationKey } from './sharing.ts';

/**
 * What tells where a person lives or can be met: kept apart from the rows of somebody whose location is hidden. These
 * tables are what whoever answers for sharing reads and changes. What the custodian is called stays: the row says it anyway.
 */

/** Elements that always tell. */
export const placeElements: readonly { type: string; element: string; reason: string }[] = [
  { type: 'Patient', element: 'managingOrganization', reason: 'the practice or home that keeps the record' },
  { type: 'CareTeam', element: 'name', reason: 'teams are named after the part of town they work in' },
  { type: 'CareTeam', element: 'telecom', reason: 'the number of a team leads to its place' },
  { type: 'RelatedPerson', element: 'name', reason: 'whoever knows their family finds them' },
  { type: 'Encounter', element: 'location', reason: 'the ward and the bed' },
  { type: 'ServiceRequest', element: 'locationCode', reason: 'where it is to be done' },
  { type: 'ServiceRequest', element: 'locationReference', reason: 'where it is to be done' },
  { type: 'ServiceRequest', element: 'orderDetail', reason: 'the service asked for, in the sender\'s words: often a local team' },
];

/** Resources whose mention tells, wherever it stands; one that does not say what it names counts as one of them. */
export const placeReferences: readonly { type: string; reason: string }[] = [
  { type: 'Location', reason: 'a place' },
  { type: 'Organization', reason: 'a practice, a care home, a local team: near where somebody lives' },
  { type: 'HealthcareService', reason: 'a service has a place' },
  { type: 'Practitioner', reason: 'who a doctor or nurse is leads to where they work' },
  { type: 'PractitionerRole', reason: 'says who works where' },
  { type: 'CareTeam', reason: 'a local team' },
];

/** Members that tell, wherever they stand: in extensions and contained resources, too. */
export const placeMembers: readonly { name: string; reason: string }[] = [
  { name: 'address', reason: 'an address' },
  { name: 'valueAddress', reason: 'an address in an extension' },
  { name: 'postalCode', reason: 'a part of an address' },
  { name: 'telecom', reason: 'a number that is answered somewhere' },
  { name: 'valueContactPoint', reason: 'a number in an extension' },
];

/** Systems whose codes, or keys, tell: by the end of their address. */
export const placeCodes: readonly { ending: string; reason: string }[] = [
  { ending: '-team', reason: 'a partner\'s own teams, named after the part of town they work in' },
  { ending: '-ward', reason: 'a partner\'s own wards' },
  { ending: '/mhsds-team-episode', reason: 'a key made of a referral and a team' },
];

/** Whose rows these are: as identifier, and as reference where the directory has it. */
export interface Custodian {
  key: OrganisationKey;
  reference: string | undefined;
}

const elements = new Set(placeElements.map(({ type, element }) => `${type}.${element}`));
const references = new Set(placeReferences.map(({ type }) => type));
const members = new Set(placeMembers.map(({ name }) => name));
const never = new Set(['resourceType', 'id', 'meta']);

/** Whether this element of a resource (one of a list) tells where the person is. */
export function namesPlace(type: string, property: string, value: Json, custodian: Custodian): boolean {
  if (never.has(property)) return false;
  return elements.has(`${type}.${property}`) || members.has(property) || tells(value, custodian);
}

function tells(value: Json, custodian: Custodian): boolean {
  if (Array.isArray(value)) return value.some((each) => tells(each, custodian));
  if (!isJsonObject(value)) return false;
  if (references.has(textOf(value['resourceType'])) || isPlaceCode(value) || isPlaceReference(value, custodian)) return true;
  return Object.entries(value).some(([name, member]) => members.has(name) || tells(member, custodian));
}

function isPlaceCode({ system, code, value }: JsonObject): boolean {
  return typeof system === 'string' && typeof (code ?? value) === 'string' && placeCodes.some(({ ending }) => system.endsWith(ending));
}

/** A Reference is told by its members: a literal one, a logical one, or nothing but a name. */
function isPlaceReference(value: JsonObject, { key, reference }: Custodian): boolean {
  const { type, identifier, display } = value;
  const literal = textOf(value['reference']);
  const looksLikeOne = literal !== '' || isJsonObject(identifier) || (typeof display === 'string' && !('code' in value) && !('system' in value));
  if (!looksLikeOne || literal.startsWith('#')) return false;
  if (literal !== '' && literal === reference) return false;
  if (literal === '' && isJsonObject(identifier) && `${textOf(identifier['system'])}|${textOf(identifier['value'])}` === key) return false;
  const named = /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(literal)?.[1] ?? textOf(type);
  return named === '' || references.has(named);
}

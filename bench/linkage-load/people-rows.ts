import { join } from 'node:path';
import type { Patient } from '@medplum/fhirtypes';
import type { JsonObject } from '../../src/fhir/json.ts';
import { nhsNumberSystem } from '../../src/fhir/nhs-number-status.ts';
import type { MappedRow } from '../../src/flow/intake/read-and-map.ts';
import { loadMappings } from '../../src/intake/load-mappings.ts';
import type { Feed, Kind, Part } from '../../src/intake/types.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';
import type { CityRecord } from '../linkage/city.ts';

/** A city's citizens carry their place in it, so that what is linked can be told from the truth. */
export function citizenAt(person: number): string {
  return `00000000-0000-4000-8000-${person.toString(16).padStart(12, '0')}`;
}

export interface BenchFeed {
  feed: Feed;
  kind: Kind;
  part: Part;
}

/** A part of a feed of the shipped mappings, to link what it might have said. */
export function benchFeed(wanted = 'bcc-cld'): BenchFeed {
  const mappings = loadMappings(join(import.meta.dirname, '../../mappings'));
  if ('problems' in mappings) throw new Error('mappings/ is not in order');
  const feed = mappings.feeds.find(({ key }) => key === wanted);
  const kind = mappings.kinds.get(feed?.kind ?? '');
  const part = kind?.parts[0];
  if (!feed || !kind || !part) throw new Error('the feed is not there');
  return { feed, kind, part };
}

/** What one partner's file said of somebody, as the linking step takes it. */
export function mappedRow({ feed, kind, part }: BenchFeed, { person, facts }: CityRecord, row: number): MappedRow {
  const personKey = `${person}`;
  return {
    row: { recordId: 1, row, line: row, feed: feed.key, part: part.name, personKey, content: '', messageId: null }, feed, kind, part, mapping: '', claims: {},
    resources: [patientOf(facts, `${feed.partner.identifierBase}/person`, personKey)], late: [], older: [], folds: [], warnings: [], ledger: [], record: {}, unmapped: [], blame: (problem) => problem,
  };
}

const statusUrl = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus';
const statusSystem = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland';

function patientOf({ family, given, birthDate, gender, postcode, house, lines = [], locality, phones = [], emails = [], nhsNumber, nhsNumberStatus }: PersonFacts, system: string, value: string): JsonObject {
  const number = nhsNumber === undefined ? [] : [{
    system: nhsNumberSystem, value: nhsNumber,
    ...(nhsNumberStatus !== undefined && { extension: [{ url: statusUrl, valueCodeableConcept: { coding: [{ system: statusSystem, code: nhsNumberStatus }] } }] }),
  }];
  const patient: Patient = {
    resourceType: 'Patient', identifier: [{ system, value }, ...number], name: [{ ...(family !== undefined && { family }), given }],
    ...(birthDate !== undefined && { birthDate }), ...(gender !== undefined && { gender: gender as NonNullable<Patient['gender']> }),
    ...(postcode !== undefined && { address: [{ use: 'home', line: [...(house === undefined ? [] : [house]), ...lines], ...(locality !== undefined && { district: locality }), postalCode: postcode }] }),
    telecom: [...phones.map((phone) => ({ system: 'phone' as const, value: phone })), ...emails.map((email) => ({ system: 'email' as const, value: email }))],
  };
  return patient as unknown as JsonObject;
}

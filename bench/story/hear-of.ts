import type { CarePlan, Encounter, Resource } from '@medplum/fhirtypes';
import { addDays, dayOf } from '../../src/demo/calendar.ts';
import type { Person } from '../../src/demo/person.ts';
import { randomFor, type Random } from '../../src/demo/random.ts';
import type { StoryRow } from '../../src/story/story-row.ts';

/** A stay or a plan of somebody else's that another hospital has on its own record as well. */
export interface HeardEvent {
  kind: 'stay' | 'plan';
  /** id of the record of whose it is */
  of: string;
  record: { type: 'Encounter' | 'CarePlan'; system: string; value: string };
}

const base = 'https://fhir.bicp.example/Id';
const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const orthopaedic = 'RRJ';

/**
 * What the orthopaedic hospital writes of a person whose other care it has heard of: about half of the stays and plans its
 * partners report, some with their number, the others with a day or an hour that is a little off; and, to be told apart from
 * them, stays and plans of its own of the same days, an earlier stay of the same hospital and a plan of the same author that
 * nobody else reported. A FHIR R4 transaction, and what is told twice in it.
 */
export function hearOf(seed: number, person: Person, rows: readonly StoryRow[]): { transaction: string; heard: HeardEvent[] } {
  const random = randomFor(seed, 'hear', person.index);
  const resources: Resource[] = [];
  const heard: HeardEvent[] = [];
  const keep = (resource: Encounter | CarePlan, of?: { kind: HeardEvent['kind']; id: string }): void => {
    const value = `${person.index}-${resources.length}`;
    const system = resource.resourceType === 'Encounter' ? 'roh/encounter' : 'roh/care-plan';
    resources.push({ ...resource, identifier: [{ system: `${base}/${system}`, value }, ...(resource.identifier ?? [])] });
    if (of) heard.push({ kind: of.kind, of: of.id, record: { type: resource.resourceType, system, value } });
  };
  for (const { id, resource, custodian } of rows) {
    if (resource.resourceType === 'Encounter' && isStay(resource)) hearOfStay(random, resource, custodian, (heardOf, ofIt) => keep(heardOf, ofIt ? { kind: 'stay', id } : undefined));
    if (resource.resourceType === 'CarePlan' && resource.identifier?.some(({ system = '' }) => system.endsWith('/care-plan'))) hearOfPlan(random, resource, custodian, (heardOf, ofIt) => keep(heardOf, ofIt ? { kind: 'plan', id } : undefined));
  }
  return { transaction: transactionOf(person, resources), heard };
}

function isStay({ status, class: { code } = {}, period }: Encounter): boolean {
  return code === 'IMP' && (status === 'in-progress' || status === 'finished') && period?.start !== undefined;
}

function hearOfStay(random: Random, stay: Encounter, custodian: string, keep: (resource: Encounter, ofIt: boolean) => void): void {
  const start = stay.period?.start ?? '';
  const at = (organisation: string, from: string, more: Partial<Encounter> = {}): Encounter => ({
    resourceType: 'Encounter', status: 'in-progress', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' }, period: { start: from },
    serviceProvider: { type: 'Organization', identifier: { system: ods, value: organisation } }, ...more,
  });
  const owner = codeOf(custodian);
  if (random.chance(0.5)) keep(random.chance(0.4) ? at(owner, start, { identifier: numbersOf(stay) }) : at(owner, aLittleOff(random, start)), true);
  if (random.chance(0.2)) keep(at(orthopaedic, dayOf(start)), false);
  if (random.chance(0.1)) keep(at(owner, addDays(dayOf(start), -random.between(4, 40))), false);
}

function hearOfPlan(random: Random, plan: CarePlan, custodian: string, keep: (resource: CarePlan, ofIt: boolean) => void): void {
  const start = plan.period?.start ?? plan.created ?? '';
  if (start === '') return;
  const by = (organisation: string, from: string, more: Partial<CarePlan> = {}): CarePlan => ({
    resourceType: 'CarePlan', status: 'active', intent: 'plan', title: 'Care plan', subject: {}, ...(random.chance(0.9) && { category: plan.category ?? [] }), extension: plan.extension ?? [], period: { start: from },
    author: { type: 'Organization', identifier: { system: ods, value: organisation } }, ...more,
  });
  const owner = codeOf(custodian);
  if (random.chance(0.5)) keep(random.chance(0.4) ? by(owner, start, { identifier: numbersOf(plan) }) : by(owner, aLittleOff(random, start)), true);
  if (random.chance(0.2)) keep(by(orthopaedic, dayOf(start)), false);
  if (random.chance(0.1)) keep(by(owner, addDays(dayOf(start), -random.between(10, 60))), false);
}

/** The day alone, or within some hours; of one in thirty another day altogether, as somebody remembered it. */
function aLittleOff(random: Random, start: string): string {
  if (random.chance(1 / 30)) return addDays(dayOf(start), random.between(3, 5));
  if (random.chance(0.5)) return dayOf(start);
  return new Date(Date.parse(start) + random.between(-8, 8) * 3_600_000).toISOString();
}

function numbersOf({ identifier = [] }: Encounter | CarePlan): NonNullable<Encounter['identifier']> {
  return identifier.filter(({ system = '' }) => ['/visit', '/inpatient', '/care-plan'].some((end) => system.endsWith(end))).map(({ system = '', value = '' }) => ({ system, value }));
}

function codeOf(custodian: string): string {
  return custodian.slice(custodian.indexOf('|') + 1);
}

function transactionOf({ index, name, birthDate, sex, nhsNumber }: Person, resources: readonly Resource[]): string {
  const key = { system: `${base}/roh/person`, value: `P-${index}` };
  const patient: Resource = {
    resourceType: 'Patient', identifier: [key, ...(nhsNumber === undefined ? [] : [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }])],
    name: [{ family: name.family, given: [name.given] }], birthDate, gender: sex,
  };
  const subject = { reference: 'urn:uuid:00000000-0000-4000-9000-000000000000' };
  const entry = [patient, ...resources.map((resource) => ({ ...resource, subject }))]
    .map((resource, n) => ({ fullUrl: `urn:uuid:00000000-0000-4000-9000-${String(n).padStart(12, '0')}`, resource, request: { method: 'POST', url: resource.resourceType } }));
  return JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
}

import { createSecretKey } from 'node:crypto';
import { nhsNumberAt } from '../../src/demo/nhs-number.ts';
import { randomFor, type Random } from '../../src/demo/random.ts';
import { nhsNumberSystem } from '../../src/fhir/nhs-number-status.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import type { SharingCategory } from '../../src/fhir/sharing.ts';
import { keyedUuid } from '../../src/store/secrets.ts';
import { community, endingCount, hospital, mentalHealth, practices, type BenchParty } from './partners.ts';

/** One resource as its custodian said it, with what decides who may see it. */
export interface BenchRecord {
  resource: JsonObject & { resourceType: string; id: string };
  custodian: BenchParty;
  category: SharingCategory;
  labels: string[];
}

export interface BenchCitizen {
  id: string;
  number: string;
  family: string;
  birthDate: string;
  records: BenchRecord[];
}

const seed = 2018;
const idKey = createSecretKey(Buffer.from('onestory-bench'));
export const serviceSystem = 'https://fhir.bicp.example/CodeSystem/service';
/** kinds of service in the whole city: `service-0` … */
export const services = 40;
/** a team has some 130 people, however many there are in the city; people and teams grow by blocks of this many teams */
export const teamsTogether = 20;
const peopleOfATeam = 130;
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const families = ['Archer', 'Bhogal', 'Carter', 'Dhillon', 'Evans', 'Farouk', 'Grainger', 'Hussain', 'Ibrahim', 'Jarrett', 'Kaur', 'Lindo', 'Malik', 'Norton', 'Osei', 'Parekh'];

/** What is special about the nth person: 4 of 13 of the first 13,000 object to sharing; a partner keeps back one in a hundred; one in twenty denies one practice. */
export function choiceOf(n: number): 'objects' | 'dissent' | 'denies-one' | null {
  if (n % 13 < 4 && n < 13_000) return 'objects';
  if (n % 100 === 99) return 'dissent';
  return n % 20 === 9 ? 'denies-one' : null;
}

/** Of 130,000 people the mental health trust is caring for 100,000. */
export function isRelated(n: number): boolean {
  return Math.floor(n / 13) % 13 < 10;
}

export function citizenId(n: number): string {
  return keyedUuid(idKey, 'citizen', String(n));
}

export function numberOf(n: number): string {
  return nhsNumberAt(n) ?? '';
}

/** Which of so many lists somebody is on. The first has nobody who chose anything or is kept back: there the door shows what the tables hold. */
function listOf(lists: number, choice: ReturnType<typeof choiceOf>, random: Random): number {
  return random.between(choice === null ? 0 : 1, lists - 1);
}

function teamOf(n: number, choice: ReturnType<typeof choiceOf>, random: Random): string {
  const block = Math.floor(n / (peopleOfATeam * teamsTogether));
  return teamId(block * teamsTogether + listOf(teamsTogether, choice, random));
}

export function teamId(team: number): string {
  return keyedUuid(idKey, 'team', String(team));
}

/** How many teams there are for so many people. */
export function teamsAmong(citizens: number): number {
  return Math.ceil(citizens / (peopleOfATeam * teamsTogether)) * teamsTogether;
}

/** The person whose assessment the nth agreement made to be ended opens; nobody who objects. */
export function endingCitizen(ending: number): number {
  return ending * 13 + 5;
}

/** Id of what is said of the nth person: `community-episode`, `Patient uhb` … */
export function recordId(n: number, what: string): string {
  return keyedUuid(idKey, what, String(n));
}

/**
 * The nth person with what four custodians say of them: twelve records, and a Consent where they chose something. The
 * same number is always the same person, whoever else there is.
 */
export function makeCitizen(n: number): BenchCitizen {
  const random = randomFor(seed, 'sharing', n);
  const id = citizenId(n);
  const person = { id, number: numberOf(n), family: random.pick(families), birthDate: `19${random.between(30, 59)}-0${random.between(1, 9)}-${random.between(10, 28)}` };
  const practice = practices[n % practices.length] ?? hospital;
  const ending = n % 13 === 5 && n < endingCitizen(endingCount) ? practices[(n - 5) / 13] ?? null : null;
  const choice = choiceOf(n);
  const say = sayer(n, choice === 'dissent');
  const subject = { reference: `Patient/${id}` };
  const day = (): string => `2025-${String(random.between(1, 12)).padStart(2, '0')}-${random.between(10, 28)}`;
  const active = random.chance(0.6);
  const service = { coding: [{ system: serviceSystem, code: `service-${listOf(services, choice, random)}` }] };
  const mentalHealthToo = random.chance(0.1) ? ['MH'] : [];
  return { ...person, records: [
    ...[hospital, community, practice].map((custodian) => say(custodian, 'identity', [], patientOf(person, custodian, n))),
    say(community, 'episode', mentalHealthToo, { resourceType: 'EpisodeOfCare', status: active ? 'active' : 'finished', type: [service], patient: subject,
      managingOrganization: { reference: `Organization/${teamOf(n, choice, random)}` }, period: active ? { start: day() } : { start: '2024-11-02', end: day() } }, 'community-episode'),
    say(hospital, 'episode', [], { resourceType: 'EpisodeOfCare', status: 'finished', type: [{ coding: [{ system: serviceSystem, code: 'ward' }] }], patient: subject, period: { start: '2025-01-05', end: '2025-01-19' } }, 'hospital-episode'),
    say(hospital, 'encounter', [], { resourceType: 'Encounter', status: 'finished', class: { system: actCode, code: 'IMP' }, subject, period: { start: '2025-01-05T09:30:00Z', end: '2025-01-19T14:00:00Z' } }, 'stay'),
    say(practice, 'encounter', [], { resourceType: 'Encounter', status: 'finished', class: { system: actCode, code: 'AMB' }, subject, period: { start: `${day()}T10:00:00Z`, end: `${day()}T10:10:00Z` } }, 'visit'),
    say(hospital, 'referral', [], referral(subject, day(), community), 'hospital-referral'),
    say(practice, 'referral', [], isRelated(n) ? referral(subject, day(), mentalHealth) : referral(subject, day(), community), 'practice-referral'),
    say(community, 'plan', [], { resourceType: 'CarePlan', status: 'active', intent: 'plan', subject, period: { start: day() }, title: 'Care and support plan', activity: [{ detail: { status: 'in-progress', description: 'Visits twice a day' } }] }),
    say(practice, 'plan', [], { resourceType: 'CarePlan', status: 'completed', intent: 'plan', subject, period: { start: '2024-03-01', end: '2024-09-01' }, title: 'Falls prevention plan' }, 'old-plan'),
    say(practice, 'contacts', [], { resourceType: 'CareTeam', status: 'active', subject, name: 'Practice team', period: { start: '2020-02-02' } }),
    ...(ending !== null ? [say(ending, 'assessment', [], { resourceType: 'ServiceRequest', status: 'completed', intent: 'order', subject, authoredOn: '2025-02-02' }, 'assessment')] : []),
    ...(choice === 'objects' || choice === 'denies-one' ? [say(practice, 'administration', [], consentOf(subject, choice))] : []),
  ] };
}

function sayer(n: number, dissent: boolean) {
  return (custodian: BenchParty, category: SharingCategory, labels: string[], content: JsonObject & { resourceType: string }, what = content.resourceType): BenchRecord => ({
    custodian, category, labels: [...labels, ...(dissent ? ['source-dissent'] : [])].sort(),
    resource: { ...content, id: recordId(n, content.resourceType === 'Patient' ? `Patient ${custodian.id}` : what) },
  });
}

function patientOf({ number, family, birthDate }: Omit<BenchCitizen, 'records'>, custodian: BenchParty, n: number): JsonObject & { resourceType: string } {
  return {
    resourceType: 'Patient', gender: n % 2 === 0 ? 'female' : 'male', birthDate, name: [{ use: 'official', family, given: ['Ann'] }],
    identifier: [...(number === '' ? [] : [{ system: nhsNumberSystem, value: number }]), { system: `https://fhir.bicp.example/Id/${custodian.id}/person`, value: `${custodian.id}-${n}` }],
    address: [{ line: [`${n % 300} Test Street`], city: 'Birmingham', postalCode: 'B1 1AA' }], telecom: [{ system: 'phone', value: '0121 496 0000' }],
  };
}

function referral(subject: JsonObject, authoredOn: string, to: BenchParty): JsonObject & { resourceType: string } {
  return {
    resourceType: 'ServiceRequest', status: 'active', intent: 'order', subject, authoredOn, code: { text: 'Community support after a stay' },
    performer: [{ type: 'Organization', identifier: { system: to.system, value: to.value } }],
  };
}

function consentOf(patient: JsonObject, choice: 'objects' | 'denies-one'): JsonObject & { resourceType: string } {
  const denied = practices[200];
  return {
    resourceType: 'Consent', status: 'active', patient, dateTime: '2025-01-01', scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: actCode, code: 'INFA' }] }], policyRule: { coding: [{ system: actCode, code: choice === 'objects' ? 'OPTOUT' : 'IMPLIED' }] },
    ...(choice === 'denies-one' && { provision: { provision: [{ type: 'deny', actor: [{
      role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
      reference: { type: 'Organization', identifier: { system: denied?.system ?? '', value: denied?.value ?? '' } },
    }] }] } }),
  };
}

import { addDays, demoReferenceDate } from './calendar.ts';
import { castIndex } from './cast.ts';
import { csvHeader } from './csv.ts';
import { demoFiles, type DemoFile } from './demo-files.ts';
import { personAt, type PopulationOptions } from './generate-people.ts';
import { consultants, frontDoorBed, wardBed } from './hospital-codes.ts';
import { nextVersion } from './next-version.ts';
import { rioColumns } from './rio-columns.ts';
import { adtMessages } from './write-adt.ts';
import { rioRows } from './write-rio.ts';

/** Something one of the personas does through the public API, once the files are in. */
export interface DemoAct {
  /** a persona */
  who: string;
  /** under the gateway's address */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** a text goes as it is, anything else as JSON */
  body: object | string;
  /** what is done with the answer; undefined where that was all */
  next?: (answer: unknown) => DemoAct | undefined;
}

/** An act and what follows from it, by the name under which it is known to be done. */
export interface NamedAct {
  name: string;
  first: DemoAct;
}

/** Beyond everybody of the demo, so that no number is used twice. */
const spareIndex = 9_901;

/** The files of the demo, and what came after them. */
export function* firstDayFiles(options: PopulationOptions): Generator<DemoFile, void, undefined> {
  yield* demoFiles(options);
  yield* laterFiles(options);
}

/** One that leaves a possible link to be decided, and one with a plan as it is after a review. */
export function laterFiles(options: PopulationOptions): DemoFile[] {
  return [registeredTwice(options), reviewedPlan(options)];
}

/** The community trust's next extract of care plans: after her review Alice is helped otherwise, and is to be seen again later. */
function reviewedPlan(options: PopulationOptions): DemoFile {
  const person = personAt(options, castIndex('alice'));
  const today = options.referenceDate ?? demoReferenceDate;
  const carePlans = person.community.carePlans.filter(({ ended }) => ended === undefined).map((plan) => ({
    ...plan, review: addDays(today, 38), intervention: 'Two visits a week, outdoor walking to the bus stop, a second rail on the stairs',
  }));
  const rows = rioRows('bchc', 'care-plan', { ...person, community: { ...person.community, carePlans } });
  return { feed: 'bchc-rio', part: 'care-plan', name: 'bchc-rio-care-plan-reviewed.csv', content: csvHeader(rioColumns['care-plan']) + rows.join('') };
}

/** Somebody the hospital registered a second time, without a number and under a pet name, and who is ready to leave it. */
function registeredTwice(options: PopulationOptions): DemoFile {
  const { nhsNumber: _, ...person } = personAt(options, castIndex('movedHouse'));
  const today = options.referenceDate ?? demoReferenceDate;
  const again = {
    ...person, index: spareIndex, traced: false, name: { ...person.name, given: 'Hala' }, known: { uhb: 'T9901' },
    hospital: [{
      visit: 'V7099011', admitted: `${addDays(today, -4)}T08:10`, bed: frontDoorBed('RRK15', 3), method: '21', source: '19', specialty: '430', consultant: consultants.geriatrician, reason: 'Dizzy spells', arrival: 'C',
      expectedDischarge: today, moves: [{ at: `${addDays(today, -4)}T15:40`, bed: wardBed('W14', 'RRK15', 7) }], fit: `${addDays(today, -1)}T09:05`,
    }],
  };
  return { feed: 'uhb-adt', part: '', name: 'uhb-adt-registered-twice.hl7', content: adtMessages(options.seed, again).map(({ text }) => text).join('') };
}

/** An emergency that is over and waits for its review, a referral that waits for its answer, and an agreement's next version that waits for signatures. */
export function firstDayActs(options: PopulationOptions, now: Date): NamedAct[] {
  return [{ name: 'emergency', first: emergencyAccess(options) }, { name: 'referral', first: referral(options, now) }, { name: 'next-version', first: { who: 'governance-lead', path: '/governance/agreements', headers: { 'Content-Type': 'application/yaml' }, body: nextVersion() } }];
}

/** A social worker needed the record of somebody who had objected, read it, and ended it. */
function emergencyAccess(options: PopulationOptions): DemoAct {
  const { nhsNumber = '', birthDate, name } = personAt(options, castIndex('objected'));
  const inputs = [['nhs-number', 'valueString', nhsNumber], ['birth-date', 'valueDate', birthDate], ['family', 'valueString', name.family], ['reason', 'valueCode', 'serious-harm-person'], ['explanation', 'valueString', 'Found on the floor at home, cannot say who cares for him']];
  return {
    who: 'social-worker', path: '/fhir/Patient/$break-glass', body: { resourceType: 'Parameters', parameter: inputs.map(([input = '', type = '', value]) => ({ name: input, [type]: value })) },
    next: (answer) => {
      const { parameter = [] } = answer as { parameter?: { name: string; valueReference?: { reference?: string } }[] };
      const patient = parameter.find(({ name: input }) => input === 'patient')?.valueReference?.reference;
      if (patient === undefined) return undefined;
      const ask = (operation: string): DemoAct => ({ who: 'social-worker', path: `/fhir/${patient}/${operation}`, body: { resourceType: 'Parameters' } });
      return { ...ask('$story'), next: () => ask('$end-break-glass') };
    },
  };
}

/** The ward doctor refers one of the twins to the community team; asked again, nothing is written. */
function referral(options: PopulationOptions, now: Date): DemoAct {
  const system = 'https://fhir.bicp.example/Id/viewer-referral';
  const organisation = (value: string, display: string) => ({ type: 'Organization', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value }, display });
  return {
    who: 'ward-doctor', path: '/fhir/ServiceRequest', headers: { 'If-None-Exist': `identifier=${encodeURIComponent(`${system}|demo-1`)}` }, body: {
      resourceType: 'ServiceRequest', status: 'active', intent: 'order', priority: 'urgent', authoredOn: now.toISOString(), identifier: [{ system, value: 'demo-1' }],
      extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/component', valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/ei-component', code: 'community-team', display: 'Integrated community team' } }],
      subject: { type: 'Patient', identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: personAt(options, castIndex('firstTwin')).nhsNumber } },
      requester: organisation('RRK', 'University Hospitals Birmingham NHS Foundation Trust'), performer: [organisation('RYW', 'Birmingham Community Healthcare NHS Foundation Trust')],
      code: { text: 'Early intervention community team (EICT)' }, reasonCode: [{ text: 'Seen at the front door after a fall, home the same day, unsure on the stairs' }],
    },
  };
}

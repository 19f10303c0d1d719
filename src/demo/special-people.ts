import { addDays, addMinutes, type Day } from './calendar.ts';
import type { CouncilEvent } from './council-record.ts';
import { drawCare, type Care } from './draw-care.ts';
import { rioNumber } from './draw-community.ts';
import { homeSupport, referenceFor } from './draw-council.ts';
import type { Identity } from './draw-identity.ts';
import { localId } from './local-id.ts';
import type { DemoPartner, Person } from './person.ts';
import { noRioCare } from './rio-care.ts';
import { communityStaff, mentalHealthStaff } from './rio-codes.ts';

interface World {
  seed: number;
  today: Day;
}

/** Where Alice stands in every population: the carer is her son. */
const aliceIndex = 1;

/** Twins: family name, day of birth and address the same, the given name and the number not. */
export function twin(given: string, sister: string, partners: readonly DemoPartner[]) {
  return (drawn: Identity, { seed, today }: World): Person => ({
    ...drawn,
    traced: true,
    name: { family: 'Mirza', given, title: 'Miss' },
    sex: 'female',
    birthDate: '1951-09-03',
    ethnicity: { code: 'J', text: 'Asian or Asian British: Pakistani' },
    language: 'UR',
    marital: 'S',
    address: { line: '7 BALTI MEWS', area: 'SMALL HEATH', postcode: 'B10 7XX' },
    phone: '0121 496 0307',
    kin: { family: 'Mirza', given: sister, title: 'Miss', relationship: '14', phone: '0121 496 0307' },
    ...drawCare(seed, drawn.index, partners, today),
  });
}

/** Lived in Handsworth until the spring: the community trust still has that address, the council the new one. */
export function movedHouse(drawn: Identity, { seed, today }: World): Person {
  return {
    ...drawn,
    traced: true,
    name: { family: 'Kowalczyk', given: 'Halina', title: 'Mrs' },
    sex: 'female',
    birthDate: '1949-12-19',
    marital: 'M',
    kin: { family: 'Kowalczyk', given: 'Marek', title: 'Mr', relationship: '1', phone: '07700 900215' },
    ethnicity: { code: 'C', text: 'White: Any other White background' },
    language: 'PL',
    address: { line: '88 TEASEL DRIVE', area: 'SUTTON COLDFIELD', postcode: 'B74 4XX' },
    former: { address: { line: '15 OLD KILN WALK', area: 'HANDSWORTH', postcode: 'B21 2XX' }, movedOn: addDays(today, -3) },
    ...drawCare(seed, drawn.index, ['uhb', 'bchc', 'bcc'], today),
  };
}

/** Told the hospital not to share the detailed record; the council has never heard of him. */
export function objected(drawn: Identity, { seed, today }: World): Person {
  return {
    ...drawn,
    traced: true,
    name: { family: 'Blagrove', given: 'Neville', title: 'Mr' },
    sex: 'male',
    birthDate: '1946-04-02',
    marital: 'W',
    kin: { family: 'Blagrove', given: 'Sonia', title: 'Mrs', relationship: '9', phone: '07700 900316' },
    ethnicity: { code: 'M', text: 'Black, Black British, Caribbean or African: Caribbean' },
    language: 'EN',
    objectedOn: `${addDays(today, -2)}T10:15`,
    ...drawCare(seed, drawn.index, ['uhb', 'bchc'], today),
  };
}

/** On a mental-health ward under section 3 of the Mental Health Act. */
export function restrictedStay(drawn: Identity, { seed, today }: World): Person {
  const { index } = drawn;
  const admitted = `${addDays(today, -38)}T18:20`;
  const referral = rioNumber('MR', index, 0);
  return {
    ...drawn,
    traced: true,
    name: { family: 'Tierney', given: 'Desmond', title: 'Mr' },
    sex: 'male',
    birthDate: '1954-07-28',
    marital: 'S',
    kin: { family: 'Tierney', given: 'Noreen', title: 'Miss', relationship: '14', phone: '07700 900417' },
    ethnicity: { code: 'B', text: 'White: Irish' },
    language: 'EN',
    ...drawCare(seed, index, ['uhb', 'bsmhft', 'bcc'], today),
    mentalHealth: {
      referrals: [{
        number: referral, made: addMinutes(admitted, -600), received: addMinutes(admitted, -590), accepted: addMinutes(admitted, -300), source: 'P1',
        reason: 'Needs care on a ward', urgency: '1', team: 'OAIP',
      }],
      carePlans: [{
        id: rioNumber('MP', index, 0), referral, team: 'OAIP', type: 'MH', start: addMinutes(admitted, 120), review: addDays(today, 4),
        problem: 'Very low, not eating', intervention: 'Close support, medication review', author: mentalHealthStaff.nurse,
      }],
      cpa: [{
        id: rioNumber('MC', index, 0), level: 'CPA', team: 'OAIP', start: admitted, nextReview: addDays(today, 60),
        coordinator: { ...mentalHealthStaff.socialWorker, phone: '0121 496 0311', role: 'SW' },
      }],
      inpatient: [{
        id: rioNumber('MI', index, 0), referral, admitted, method: '25', source: '19', ward: 'OAW1', consultant: mentalHealthStaff.doctor,
        intended: addDays(today, 21), legalStatus: 'S3',
      }],
    },
  };
}

/** Died at home five weeks ago with the end-of-life team's care; the council closed her package. */
export function died(drawn: Identity, { seed, today }: World): Person {
  const { index } = drawn;
  const death = addDays(today, -36);
  const referral = rioNumber('BR', index, 1);
  const reference = referenceFor(index);
  const care = drawCare(seed, index, ['uhb', 'bchc', 'bcc'], addDays(death, -30));
  return {
    ...drawn,
    traced: true,
    name: { family: 'Whitcombe', given: 'Dorothy', title: 'Mrs' },
    sex: 'female',
    birthDate: '1933-10-08',
    marital: 'W',
    kin: { family: 'Whitcombe', given: 'Graham', title: 'Mr', relationship: '9', phone: '07700 900518' },
    ethnicity: { code: 'A', text: 'White: English, Welsh, Scottish, Northern Irish or British' },
    language: 'EN',
    death,
    ...care,
    hospital: care.hospital.filter((stay) => stay.discharged !== undefined || stay.cancelled !== undefined),
    community: {
      ...noRioCare,
      referrals: [{
        number: referral, made: `${addDays(death, -25)}T10:00`, received: `${addDays(death, -25)}T10:20`, accepted: `${addDays(death, -25)}T12:00`,
        source: 'GP', reason: 'Care at home in the last weeks of life', urgency: 'U', team: 'EOLC',
        discharged: { at: `${death}T15:00`, reason: 'DIED' },
      }],
      carePlans: [{
        id: rioNumber('BP', index, 1), referral, team: 'EOLC', type: 'EOL', start: `${addDays(death, -24)}T11:00`,
        problem: 'Wishes to stay at home', intervention: 'Daily nurse visit, medicines kept at home', author: communityStaff.nurse,
        ended: { at: `${death}T15:00`, reason: 'DIED' },
      }],
    },
    council: {
      role: 'service-user', caresFor: [], supportReason: 'Physical Support: Personal care support', accommodation: 'Owner occupier or shared ownership scheme',
      events: [{
        reference: reference('SV', 1), type: 'Service', start: addDays(death, -120), end: death, description: 'Home support',
        outcome: 'NFA: Deceased', service: homeSupport,
      }],
    },
  };
}

/** Where she lives is hidden by the national flag. */
export function hiddenLocation(drawn: Identity, { seed, today }: World): Person {
  return {
    ...drawn,
    traced: true,
    name: { family: 'Farah', given: 'Sahra', title: 'Ms' },
    sex: 'female',
    birthDate: '1988-03-14',
    marital: 'D',
    kin: { family: 'Farah', given: 'Hodan', title: 'Mrs', relationship: '14', phone: '07700 900619' },
    ethnicity: { code: 'N', text: 'Black, Black British, Caribbean or African: African' },
    language: 'SO',
    locationHidden: true,
    ...drawCare(seed, drawn.index, ['uhb', 'bchc', 'bcc'], today),
  };
}

/** Alice's son, known to the council as her unpaid carer and to nobody else. */
export function carer(drawn: Identity, { today }: World): Person {
  const reference = referenceFor(drawn.index);
  const care: Care = {
    known: { bcc: localId('bcc', drawn.index) },
    hospital: [],
    community: noRioCare,
    mentalHealth: noRioCare,
    council: { role: 'carer', caresFor: [localId('bcc', aliceIndex)], hoursPerWeek: '20-49', events: carerEvents(reference, today) },
  };
  return {
    ...drawn,
    name: { family: 'Okafor', given: 'Chidi', title: 'Mr' },
    sex: 'male',
    birthDate: '1964-11-05',
    marital: 'S',
    kin: { family: 'Okafor', given: 'Ngozi', title: 'Miss', relationship: '14', phone: '07700 900720' },
    ethnicity: { code: 'N', text: 'Black, Black British, Caribbean or African: African' },
    language: 'EN',
    ...care,
  };
}

function carerEvents(reference: ReturnType<typeof referenceFor>, today: Day): CouncilEvent[] {
  const day = (n: number): Day => addDays(today, n);
  return [
    {
      reference: reference('AS', 1), type: 'Assessment', start: day(-22), end: day(-20), description: 'Assessment of the carer',
      assessmentType: 'Long term assessment', outcome: 'Progress to support planning or services',
    },
    {
      reference: reference('SV', 1), type: 'Service', start: day(-18), description: 'Short breaks for the carer',
      service: {
        type: 'Carer Support: Support involving the person cared-for', component: 'Carer Respite', delivery: 'CASSR Commissioned Support',
        provider: { name: 'Lock Keepers Day Centre', location: '1-1000000004' }, unitCost: '58.00', costFrequency: 'Per session', unitsPerWeek: '1',
      },
    },
  ];
}

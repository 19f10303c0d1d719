import { addDays, type Day } from './calendar.ts';
import { reablement, referenceFor } from './draw-council.ts';
import type { Identity } from './draw-identity.ts';
import { rioNumber } from './draw-community.ts';
import { visitNumber } from './draw-hospital.ts';
import { consultants, frontDoorBed } from './hospital-codes.ts';
import { localId } from './local-id.ts';
import type { Person } from './person.ts';
import { practices } from './places.ts';
import { noRioCare } from './rio-care.ts';
import { communityStaff } from './rio-codes.ts';

/**
 * Abdul Rahman falls at home three weeks before the reference date. The front door sends him home the same day with
 * the early intervention community team; the council's reablement follows and still runs.
 */
export function abdul(drawn: Identity, { today }: { today: Day }): Person {
  const day = (n: number): Day => addDays(today, n);
  const { index } = drawn;
  return {
    ...drawn,
    traced: true,
    name: { family: 'Rahman', given: 'Abdul', title: 'Mr' },
    sex: 'male',
    birthDate: '1941-05-17',
    ethnicity: { code: 'K', text: 'Asian or Asian British: Bangladeshi' },
    language: 'BN',
    marital: 'W',
    address: { line: '41 BRASSFOUNDER STREET', area: 'SALTLEY', postcode: 'B8 3XX' },
    phone: '0121 496 0141',
    practice: practices[1],
    kin: { family: 'Begum', given: 'Shahana', title: 'Mrs', relationship: '9', phone: '07700 900141' },
    known: { uhb: localId('uhb', index), bchc: localId('bchc', index), bcc: localId('bcc', index) },
    hospital: [{
      visit: visitNumber(index, 1), admitted: `${day(-21)}T09:40`, bed: frontDoorBed('RRK15', 1), method: '21', source: '19', specialty: '430',
      consultant: consultants.geriatrician, reason: 'Fall at home', arrival: 'A', moves: [], expectedDischarge: day(-21),
      referral: { source: '04', serviceType: '1', made: `${day(-21)}T08:55`, received: `${day(-21)}T09:05`, method: '01' },
      fit: `${day(-21)}T14:30`,
      discharged: { at: `${day(-21)}T17:05`, disposition: '11', destination: '19' },
    }],
    community: communityCare(index, day),
    mentalHealth: noRioCare,
    council: {
      role: 'service-user', caresFor: [], supportReason: 'Physical Support: Personal care support',
      accommodation: 'Tenant: Local authority or other social housing provider',
      events: councilEvents(index, day),
    },
  };
}

function communityCare(index: number, day: (n: number) => Day): Person['community'] {
  const referral = rioNumber('BR', index, 1);
  return {
    referrals: [{
      number: referral, made: `${day(-21)}T14:50`, received: `${day(-21)}T15:05`, accepted: `${day(-21)}T15:50`, source: 'HOSP', referrer: 'RRK',
      reason: 'Fall at home, seen at the front door, safe to go home with support', urgency: '2D', team: 'EICT-E',
    }],
    carePlans: [{
      id: rioNumber('BP', index, 1), referral, team: 'EICT-E', type: 'REHAB', start: `${day(-20)}T10:30`, review: day(14),
      problem: 'Unsteady on the stairs and afraid of falling again', intervention: 'Walking practice with a frame, stair rail, visits four times a week',
      author: communityStaff.therapist,
    }],
    cpa: [{
      id: rioNumber('BC', index, 0), level: 'KW', team: 'EICT-E', start: `${day(-20)}T10:30`, nextReview: day(14),
      coordinator: { ...communityStaff.caseManager, phone: '0121 496 0210', role: 'CN' },
    }],
    inpatient: [],
  };
}

function councilEvents(index: number, day: (n: number) => Day): Person['council']['events'] {
  const reference = referenceFor(index);
  return [
    {
      reference: reference('RQ', 1), type: 'Request', start: day(-20), end: day(-20), description: 'Help at home after a fall, asked for by the community team',
      route: 'Diversion from Hospital Services', outcome: 'Progress to reablement/ST-Max',
    },
    {
      reference: reference('AS', 1), type: 'Assessment', start: day(-19), end: day(-19), description: 'Reablement assessment at home',
      assessmentType: 'Short term assessment', outcome: 'Progress to reablement/ST-Max',
    },
    { reference: reference('SV', 1), type: 'Service', start: day(-18), description: 'Reablement at home, mornings and evenings', service: reablement },
  ];
}

import { addDays, type Day } from './calendar.ts';
import { homeSupport, referenceFor } from './draw-council.ts';
import type { Identity } from './draw-identity.ts';
import { rioNumber } from './draw-community.ts';
import { visitNumber } from './draw-hospital.ts';
import { assessmentBed, consultants, wardBed } from './hospital-codes.ts';
import { localId } from './local-id.ts';
import type { Person } from './person.ts';
import { practices } from './places.ts';
import { communityStaff, mentalHealthStaff } from './rio-codes.ts';

/**
 * Alice Okafor goes into hospital nine weeks before the reference date, is fit to leave four days before she does,
 * has three weeks in an intermediate-care bed and is home with a council package. Four partners tell of her.
 */
export function alice(drawn: Identity, { today }: { today: Day }): Person {
  const day = (n: number): Day => addDays(today, n);
  const { index } = drawn;
  return {
    ...drawn,
    traced: true,
    name: { family: 'Okafor', given: 'Alice', title: 'Mrs', preferred: 'Ally' },
    sex: 'female',
    birthDate: '1938-02-11',
    ethnicity: { code: 'N', text: 'Black, Black British, Caribbean or African: African' },
    language: 'EN',
    marital: 'W',
    address: { line: '12 EXAMPLE ROAD', area: 'MOSELEY', postcode: 'B13 8XX' },
    phone: '0121 496 0123',
    practice: practices[0],
    kin: { family: 'Okafor', given: 'Chidi', title: 'Mr', relationship: '9', phone: '07700 900123' },
    known: { uhb: localId('uhb', index), bchc: localId('bchc', index), bsmhft: localId('bsmhft', index), bcc: localId('bcc', index) },
    hospital: [{
      visit: visitNumber(index, 1), admitted: `${day(-64)}T14:10`, bed: assessmentBed('RRK15', 3), method: '21', source: '19', specialty: '430',
      consultant: consultants.geriatrician, reason: 'Chest infection and not coping at home', arrival: 'A', expectedDischarge: day(-55),
      moves: [{ at: `${day(-63)}T11:30`, bed: wardBed('W12', 'RRK15', 10) }],
      fit: `${day(-54)}T09:00`,
      discharged: { at: `${day(-50)}T14:20`, disposition: '11', destination: '51' },
    }],
    community: communityCare(index, day),
    mentalHealth: mentalHealthCare(index, day),
    council: {
      role: 'service-user', caresFor: [], supportReason: 'Physical Support: Personal care support', accommodation: 'Owner occupier or shared ownership scheme',
      events: councilEvents(index, day),
    },
  };
}

function communityCare(index: number, day: (n: number) => Day): Person['community'] {
  const bed = rioNumber('BR', index, 0);
  const home = rioNumber('BR', index, 1);
  return {
    referrals: [
      {
        number: bed, made: `${day(-53)}T10:25`, received: `${day(-53)}T10:40`, accepted: `${day(-53)}T16:20`, source: 'HOSP', referrer: 'RRK',
        reason: 'Bed for rehabilitation before going home', urgency: '2D', team: 'P2BED',
        discharged: { at: `${day(-26)}T11:00`, reason: 'GOALS' },
      },
      {
        number: home, made: `${day(-28)}T15:20`, received: `${day(-28)}T15:35`, accepted: `${day(-27)}T10:05`, source: 'CN', referrer: 'RYW',
        reason: 'Support at home after the intermediate-care bed', urgency: '2D', team: 'EICT-S',
      },
    ],
    carePlans: [
      {
        id: rioNumber('BP', index, 0), referral: bed, team: 'P2BED', type: 'REHAB', start: `${day(-49)}T10:00`, review: day(-42),
        problem: 'Weak after a chest infection, not yet safe to walk alone', intervention: 'Physiotherapy each weekday, home visit before leaving',
        author: communityStaff.therapist, ended: { at: `${day(-26)}T11:00`, reason: 'GM' },
      },
      {
        id: rioNumber('BP', index, 1), referral: home, team: 'EICT-S', type: 'INT', start: `${day(-25)}T09:45`, review: day(10),
        problem: 'Tires on the stairs, wants to get to church again', intervention: 'Two visits a week, outdoor walking, review with the home support provider',
        author: communityStaff.nurse,
      },
    ],
    cpa: [{
      id: rioNumber('BC', index, 0), level: 'KW', team: 'EICT-S', start: `${day(-25)}T09:45`, nextReview: day(10),
      coordinator: { ...communityStaff.caseManager, phone: '0121 496 0210', role: 'CN' },
    }],
    inpatient: [{
      id: rioNumber('BI', index, 0), referral: bed, admitted: `${day(-50)}T16:00`, method: '81', source: '51', ward: 'MHH1', consultant: communityStaff.doctor,
      intended: day(-28), ready: `${day(-29)}T09:30`, discharged: { at: `${day(-26)}T11:00`, method: '1', destination: '19' },
    }],
  };
}

function mentalHealthCare(index: number, day: (n: number) => Day): Person['mentalHealth'] {
  const referral = rioNumber('MR', index, 0);
  const closed = `${day(-8)}T14:30`;
  return {
    referrals: [{
      number: referral, made: `${day(-43)}T11:10`, received: `${day(-43)}T11:40`, accepted: `${day(-41)}T13:00`, source: 'H2', referrer: 'RYW',
      reason: 'Low mood and poor sleep on the rehabilitation ward', urgency: '3', team: 'OACMHT-S', discharged: { at: closed, reason: 'GP' },
    }],
    carePlans: [{
      id: rioNumber('MP', index, 0), referral, team: 'OACMHT-S', type: 'MH', start: `${day(-40)}T10:00`, review: day(-12),
      problem: 'Low mood since a long hospital stay', intervention: 'Three visits, activity diary, advice to her doctor',
      author: mentalHealthStaff.nurse, ended: { at: closed, reason: 'ACHV' },
    }],
    cpa: [{
      id: rioNumber('MC', index, 0), level: 'NCPA', team: 'OACMHT-S', start: `${day(-40)}T10:00`, nextReview: day(-12),
      coordinator: { ...mentalHealthStaff.nurse, phone: '0121 496 0310', role: 'CPN' }, ended: { at: closed, reason: 'DISCH' },
    }],
    inpatient: [],
  };
}

function councilEvents(index: number, day: (n: number) => Day): Person['council']['events'] {
  const reference = referenceFor(index);
  return [
    {
      reference: reference('RQ', 2), type: 'Request', start: day(-52), end: day(-51), description: 'The ward says that she will need help after hospital',
      route: 'Discharge from Hospital', outcome: 'NFA: Referral to NHS services or NHS funded social care',
    },
    {
      reference: reference('RQ', 1), type: 'Request', start: day(-33), end: day(-32), description: 'Support at home after the intermediate-care bed',
      route: 'Discharge from Hospital', outcome: 'Progress to assessment, review or reassessment',
    },
    {
      reference: reference('AS', 1), type: 'Assessment', start: day(-29), end: day(-28), description: 'Care and support needs assessment on the ward',
      assessmentType: 'Long term assessment', outcome: 'Progress to support planning or services',
    },
    { reference: reference('SV', 1), type: 'Service', start: day(-26), description: 'Home support, two visits a day', service: homeSupport },
  ];
}

import { addDays, addMinutes, dayOf, type LocalTime } from './calendar.ts';
import { ifPast, workingTime, type Journey } from './journey.ts';
import type { Random } from './random.ts';
import type { RioCare, RioCarePlan, RioCpa, RioReferral, RioStay } from './rio-care.ts';
import { communityNeeds, communityStaff, communityWards, localities } from './rio-codes.ts';

/**
 * The community trust's side of a journey: after the hospital some go to an intermediate-care bed first, most straight
 * home with a team; without a hospital stay the practice or the person asks.
 */
export function drawCommunity(random: Random, index: number, journey: Journey, fromHospital: boolean): RioCare {
  const bed = fromHospital && !journey.sameDay && random.chance(0.3);
  const care = bed ? bedCare(random, index, journey) : { referrals: [], carePlans: [], inpatient: [] };
  const bedEnd = care.inpatient[0]?.discharged?.at;
  const homeFrom = bed ? bedEnd : workingTime(addDays(journey.home, fromHospital ? (journey.sameDay ? 0 : -1) : random.between(0, 10)), random);
  const home = homeFrom && ifPast(homeFrom, journey.today) ? homeCare(random, index, homeFrom, journey, fromHospital) : undefined;
  return {
    referrals: [...care.referrals, ...(home ? [home.referral] : [])],
    carePlans: [...care.carePlans, ...(home?.plan ? [home.plan] : [])],
    cpa: home?.plan && random.chance(0.35) ? [keyWorker(random, index, home.plan)] : [],
    inpatient: care.inpatient,
  };
}

/** Ten numbers of each kind are kept for each person. */
export function rioNumber(prefix: string, index: number, n: number): string {
  return `${prefix}${1_000_000 + index * 10 + n}`;
}

function bedCare(random: Random, index: number, journey: Journey): { referrals: RioReferral[]; carePlans: RioCarePlan[]; inpatient: RioStay[] } {
  const made = workingTime(addDays(journey.home, -2), random);
  const admitted = ifPast(workingTime(journey.home, random), journey.today);
  const nights = random.between(12, 28);
  const ready = ifPast(`${addDays(journey.home, nights - random.between(0, 4))}T09:15`, journey.today);
  const leave = ifPast(`${addDays(journey.home, nights)}T11:${random.between(10, 50)}`, journey.today);
  const referral = rioNumber('BR', index, 0);
  const accepted = ifPast(addMinutes(made, random.between(60, 300)), journey.today);
  return {
    referrals: ifPast(made, journey.today) ? [{
      number: referral, made, received: addMinutes(made, random.between(5, 50)), ...(accepted && { accepted }), source: 'HOSP', referrer: 'RRK',
      reason: 'Bed for rehabilitation before going home', urgency: '2D', team: 'P2BED',
      ...(leave && { discharged: { at: leave, reason: 'GOALS' } }),
    }] : [],
    carePlans: admitted ? [{
      id: rioNumber('BP', index, 0), referral, team: 'P2BED', type: 'REHAB', start: addMinutes(admitted, 120), review: addDays(journey.home, 7),
      problem: 'Not yet safe to walk alone', intervention: 'Physiotherapy each weekday, home visit before leaving', author: communityStaff.therapist,
      ...(leave && { ended: { at: leave, reason: 'DISCH' } }),
    }] : [],
    inpatient: admitted ? [{
      id: rioNumber('BI', index, 0), referral, admitted, method: '81', source: '51', ward: random.pick(communityWards), consultant: communityStaff.doctor,
      intended: addDays(journey.home, nights - 2), ...(ready && { ready }), ...(leave && { discharged: { at: leave, method: '1', destination: '19' } }),
    }] : [],
  };
}

function homeCare(random: Random, index: number, made: LocalTime, journey: Journey, fromHospital: boolean): { referral: RioReferral; plan?: RioCarePlan } {
  const { today } = journey;
  const need = random.pick(communityNeeds);
  const team = need.team === 'UCR' ? 'UCR' : `${need.team}-${random.pick(localities)}`;
  const received = addMinutes(made, random.between(5, 60));
  const number = rioNumber('BR', index, 1);
  const source = fromHospital ? { source: 'HOSP', referrer: 'RRK' } : { source: random.pick(['GP', 'GP', 'SELF', 'FAM']) };
  const referral: RioReferral = { number, made, received, ...source, reason: need.reason, urgency: need.urgency, team };
  if (random.chance(0.08)) {
    const removed = { at: addMinutes(received, random.between(60, 300)), code: random.pick(['REJ', 'INAPP', 'DECL']) };
    return { referral: { ...referral, removed } };
  }
  const accepted = ifPast(addMinutes(received, random.between(20, 240)), today);
  const end = random.chance(0.4) ? undefined : ifPast(workingTime(addDays(dayOf(made), random.between(14, 60)), random), today);
  const start = ifPast(workingTime(addDays(dayOf(made), 1), random), today);
  return {
    referral: { ...referral, ...(accepted && { accepted }), ...(end && { discharged: { at: end, reason: random.pick(['GOALS', 'GOALS', 'HOME', 'SIGN']) } }) },
    ...(start && {
      plan: {
        id: rioNumber('BP', index, 1), referral: number, team, type: need.type, start, review: addDays(dayOf(start), 14), problem: need.problem,
        intervention: need.intervention, author: need.type === 'NURS' ? communityStaff.nurse : communityStaff.therapist,
        ...(end && { ended: { at: end, reason: 'GM' } }),
      },
    }),
  };
}

/** One named person to talk to, for as long as the plan runs. */
function keyWorker(random: Random, index: number, plan: RioCarePlan): RioCpa {
  return {
    id: rioNumber('BC', index, 0), level: random.pick(['KW', 'KW', 'CM']), team: plan.team, start: plan.start,
    nextReview: plan.review ?? dayOf(plan.start), coordinator: { ...communityStaff.caseManager, phone: '0121 496 0210', role: 'CN' },
    ...(plan.ended && { ended: { at: plan.ended.at, reason: plan.ended.reason } }),
  };
}

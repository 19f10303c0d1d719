import { addDays, addMinutes, dayOf, type LocalTime } from './calendar.ts';
import { rioNumber } from './draw-community.ts';
import { ifPast, workingTime, type Journey } from './journey.ts';
import type { Random } from './random.ts';
import type { RioCare, RioReferral } from './rio-care.ts';
import { mentalHealthNeeds, mentalHealthStaff, mentalHealthWards } from './rio-codes.ts';

/** The mental-health trust's side: a referral, for most a plan and a care coordinator, for a few a stay on a ward. */
export function drawMentalHealth(random: Random, index: number, journey: Journey): RioCare {
  const { today } = journey;
  const ward = random.chance(0.15);
  const need = random.pick(mentalHealthNeeds);
  const team = ward ? 'OAIP' : need.team === 'OACMHT' ? `OACMHT-${random.pick(['N', 'C', 'S'])}` : need.team;
  const made = workingTime(addDays(journey.start, random.between(-40, 5)), random);
  if (!ifPast(made, today)) return { referrals: [], carePlans: [], cpa: [], inpatient: [] };
  const refused = random.chance(0.08) ? { at: addMinutes(made, 1440), code: random.pick(['INAPP', 'REJ', 'DECL']) } : undefined;
  const accepted = refused ? undefined : ifPast(addMinutes(made, 1440 * random.between(1, 5)), today);
  const end = accepted === undefined || random.chance(0.5) ? undefined : ifPast(workingTime(addDays(dayOf(made), random.between(40, 160)), random), today);
  const number = rioNumber('MR', index, 0);
  const referral: RioReferral = {
    number, made, received: addMinutes(made, random.between(10, 300)), ...(accepted && { accepted }), source: random.pick(['A1', 'A1', 'H2', 'B2']),
    reason: need.reason, urgency: need.urgency, team,
    ...(refused && ifPast(refused.at, today) && { removed: refused }), ...(end && { discharged: { at: end, reason: random.pick(['COMP', 'GP']) } }),
  };
  const planned = accepted && (ward || random.chance(0.8));
  return {
    referrals: [referral],
    carePlans: planned ? [{
      id: rioNumber('MP', index, 0), referral: number, team, type: 'MH', start: accepted, review: addDays(dayOf(accepted), 90), problem: need.problem,
      intervention: need.intervention, author: mentalHealthStaff.nurse, ...(end && { ended: { at: end, reason: 'ACHV' } }),
    }] : [],
    cpa: planned && random.chance(0.5) ? [{
      id: rioNumber('MC', index, 0), level: random.pick(['CPA', 'NCPA']), team, start: accepted, nextReview: addDays(dayOf(accepted), 180),
      coordinator: { ...mentalHealthStaff.nurse, phone: '0121 496 0310', role: 'CPN' }, ...(end && { ended: { at: end, reason: 'DISCH' } }),
    }] : [],
    inpatient: ward && accepted ? [wardStay(random, index, number, accepted, end)] : [],
  };
}

function wardStay(random: Random, index: number, referral: string, accepted: LocalTime, end: LocalTime | undefined): RioCare['inpatient'][number] {
  const discharged = end && addMinutes(end, -60);
  return {
    id: rioNumber('MI', index, 0), referral, admitted: addMinutes(accepted, 180), method: '25', source: '19', ward: random.pick(mentalHealthWards),
    consultant: mentalHealthStaff.doctor, intended: addDays(dayOf(accepted), 42), legalStatus: 'INF',
    ...(discharged && { ready: addMinutes(discharged, -1440 * random.between(1, 6)), discharged: { at: discharged, method: '1', destination: '19' } }),
  };
}

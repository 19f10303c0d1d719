import { addDays, addMinutes, daysBetween, type Day } from './calendar.ts';
import { assessmentBed, consultants, emergencies, frontDoorBed, planned, sites, wardBed, type Site } from './hospital-codes.ts';
import type { HospitalStay } from './hospital-stay.ts';
import { ifPast, timeOn, workingTime, type Journey } from './journey.ts';
import type { Random } from './random.ts';

/** A person's stays in the acute hospital: the one the journey tells of, and for some an earlier one. */
export function drawHospital(random: Random, index: number, journey: Journey): HospitalStay[] {
  const site = random.pick(sites);
  const earlierDay = addDays(journey.start, -random.between(30, 150));
  const earlier = random.chance(0.2)
    ? [random.chance(0.75) ? plannedStay(random, visitNumber(index, 0), site, earlierDay) : mistakenStay(random, visitNumber(index, 0), site, earlierDay)]
    : [];
  const main = journey.sameDay
    ? frontDoorStay(random, visitNumber(index, 1), site, journey)
    : emergencyStay(random, visitNumber(index, 1), site, journey);
  return [...earlier, main];
}

/** Ten numbers are kept for each person. */
export function visitNumber(index: number, n: number): string {
  return `V${7_000_000 + index * 10 + n}`;
}

function frontDoorStay(random: Random, visit: string, site: Site, journey: Journey): HospitalStay {
  const admitted = timeOn(journey.start, random.between(8, 12), random.between(0, 59));
  const made = addMinutes(admitted, -random.between(30, 90));
  return {
    visit, admitted, bed: frontDoorBed(site, random.between(1, 8)), method: '21', source: '19', specialty: '430',
    consultant: consultants.geriatrician, reason: random.pick(['Fall at home', 'Not coping at home', 'Dizzy spells']),
    arrival: random.pick(['A', 'A', 'C']), moves: [],
    referral: { source: '04', serviceType: '1', made, received: addMinutes(made, 10), method: '01' },
    discharged: { at: addMinutes(admitted, random.between(180, 420)), disposition: '11', destination: '19' },
  };
}

function emergencyStay(random: Random, visit: string, site: string, journey: Journey): HospitalStay {
  const { start, home, today } = journey;
  const kind = random.pick(emergencies);
  const admitted = timeOn(start, random.between(8, 21), random.between(0, 59));
  const moved = ifPast(timeOn(addDays(start, 1), random.between(8, 11), random.between(0, 59)), today);
  const left = ifPast(workingTime(home, random), today);
  const fit = ifPast(timeOn(addDays(home, -random.between(0, Math.min(5, daysIn(journey) - 2))), 8, random.between(0, 50)), today);
  return {
    visit, admitted, bed: assessmentBed(site, random.between(1, 12)), method: random.pick(['21', '21', '21', '22', '23']), source: '19',
    specialty: kind.specialty, consultant: kind.consultant, reason: kind.reason, arrival: random.pick(['A', 'A', 'A', 'C', 'O']),
    expectedDischarge: addDays(home, -random.between(0, 2)),
    moves: moved ? [{ at: moved, bed: wardBed(kind.ward, site, random.between(1, 24)) }] : [],
    ...(fit && { fit }),
    ...(left && { discharged: { at: left, disposition: random.pick(['2', '3', '11']), destination: random.pick(['19', '19', '19', '19', '51']) } }),
  };
}

function plannedStay(random: Random, visit: string, site: string, day: Day): HospitalStay {
  const kind = random.pick(planned);
  const made = workingTime(addDays(day, -random.between(60, 120)), random);
  return {
    visit, admitted: timeOn(day, 7, random.between(15, 55)), bed: wardBed(kind.ward, site, random.between(1, 24)), method: '11', source: '19',
    specialty: kind.specialty, consultant: kind.consultant, reason: kind.reason, arrival: 'C',
    expectedDischarge: addDays(day, 3), moves: [],
    referral: { source: '03', serviceType: '2', made, received: addMinutes(made, 1440), method: '02' },
    discharged: { at: workingTime(addDays(day, random.between(1, 4)), random), disposition: '6', destination: '19' },
  };
}

/** Admitted by mistake, taken back within the hour. */
function mistakenStay(random: Random, visit: string, site: string, day: Day): HospitalStay {
  const admitted = workingTime(day, random);
  return {
    visit, admitted, bed: assessmentBed(site, random.between(1, 12)), method: '21', source: '19', specialty: '300',
    consultant: consultants.physician, reason: 'Chest pain', arrival: 'O', moves: [], cancelled: addMinutes(admitted, random.between(10, 55)),
  };
}

function daysIn(journey: Journey): number {
  return Math.max(2, daysBetween(journey.start, journey.home));
}

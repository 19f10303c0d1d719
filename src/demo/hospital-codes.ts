import type { Bed, Consultant } from './hospital-stay.ts';

/** What the hospital's messages choose from: site codes of the trust's four hospitals, the front door of each; people are invented. */
const frontDoors = { RRK15: 'OPAL', RRK97: 'OPAL-BHH', RRK98: 'OPAL-GHH', RRK99: 'OPAL-SOL' } as const;
export type Site = keyof typeof frontDoors;
export const sites = Object.keys(frontDoors) as Site[];

export const consultants = {
  geriatrician: { code: 'C9999901', family: 'Geraghty', given: 'Sunniva' },
  physician: { code: 'C9999902', family: 'Adeyemi', given: 'Tola' },
  surgeon: { code: 'C9999903', family: 'Pargeter', given: 'Hugh' },
  orthopaedic: { code: 'C9999904', family: 'Mistry', given: 'Anjali' },
} as const satisfies { [post: string]: Consultant };

/** The frailty assessment area at the front door. */
export function frontDoorBed(site: Site, chair: number): Bed {
  return { pointOfCare: frontDoors[site], room: 'A', bed: String(chair), site };
}

export function assessmentBed(site: string, bed: number): Bed {
  return { pointOfCare: 'AMU', room: 'BAY1', bed: `B${bed}`, site };
}

export function wardBed(ward: string, site: string, bed: number): Bed {
  return { pointOfCare: ward, room: `BAY${1 + Math.floor((bed - 1) / 6)}`, bed: `B${bed}`, site };
}

/** Treatment function, ward, consultant and a reason that goes with them. */
export const emergencies = [
  { specialty: '430', ward: 'W12', consultant: consultants.geriatrician, reason: 'Fall at home' },
  { specialty: '430', ward: 'W14', consultant: consultants.geriatrician, reason: 'Reduced mobility' },
  { specialty: '300', ward: 'W20', consultant: consultants.physician, reason: 'Chest infection' },
  { specialty: '300', ward: 'W21', consultant: consultants.physician, reason: 'Shortness of breath' },
  { specialty: '110', ward: 'W8', consultant: consultants.orthopaedic, reason: 'Broken hip' },
] as const;

export const planned = [
  { specialty: '110', ward: 'W9', consultant: consultants.orthopaedic, reason: 'Knee replacement' },
  { specialty: '100', ward: 'W5', consultant: consultants.surgeon, reason: 'Hernia repair' },
] as const;

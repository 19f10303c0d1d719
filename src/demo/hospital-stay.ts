import type { Day, LocalTime } from './calendar.ts';

/** HL7 PL: point of care, room or bay, bed, site. */
export interface Bed {
  pointOfCare: string;
  room: string;
  bed: string;
  site: string;
}

export interface Consultant {
  code: string;
  family: string;
  given: string;
}

/** One hospital provider spell, with the codes of the NHS Data Dictionary that the hospital's messages carry. */
export interface HospitalStay {
  visit: string;
  admitted: LocalTime;
  bed: Bed;
  /** ADMISSION METHOD CODE */
  method: string;
  /** ADMISSION SOURCE */
  source: string;
  /** treatment function code */
  specialty: string;
  consultant: Consultant;
  reason: string;
  /** HL7 table 0430 */
  arrival: string;
  expectedDischarge?: Day;
  /** what led to a planned stay or to a front-door assessment */
  referral?: { source: string; serviceType: string; made: LocalTime; received: LocalTime; method: string };
  moves: readonly { at: LocalTime; bed: Bed }[];
  /** when the person became medically fit for discharge */
  fit?: LocalTime;
  /** PV1-36 disposition (table 0112), PV1-37 discharge destination */
  discharged?: { at: LocalTime; disposition: string; destination: string };
  /** the admission was entered by mistake and taken back */
  cancelled?: LocalTime;
}

import type { Day, LocalTime } from './calendar.ts';

/** What a RiO trust holds about one person, apart from who the person is. Codes are the trust's own. */
export interface RioCare {
  referrals: readonly RioReferral[];
  carePlans: readonly RioCarePlan[];
  cpa: readonly RioCpa[];
  inpatient: readonly RioStay[];
}

export const noRioCare: RioCare = { referrals: [], carePlans: [], cpa: [], inpatient: [] };

export interface RioReferral {
  number: string;
  made: LocalTime;
  received: LocalTime;
  accepted?: LocalTime;
  source: string;
  /** ODS code of the organisation that referred; absent for the person's own practice and for the person */
  referrer?: string;
  reason: string;
  urgency: string;
  team: string;
  discharged?: { at: LocalTime; reason: string };
  /** turned down, or taken off the list before it began */
  removed?: { at: LocalTime; code: string };
}

export interface RioCarePlan {
  id: string;
  referral: string;
  team: string;
  type: string;
  start: LocalTime;
  ended?: { at: LocalTime; reason: string };
  review?: Day;
  problem: string;
  intervention: string;
  author: RioStaff;
}

/** A period under the care programme approach with its care coordinator. */
export interface RioCpa {
  id: string;
  level: string;
  team: string;
  start: LocalTime;
  ended?: { at: LocalTime; reason: string };
  nextReview: Day;
  coordinator: RioStaff & { phone: string; role: string };
}

export interface RioStay {
  id: string;
  referral: string;
  admitted: LocalTime;
  method: string;
  source: string;
  ward: string;
  consultant: RioStaff;
  intended?: Day;
  ready?: LocalTime;
  awaiting?: string;
  discharged?: { at: LocalTime; method: string; destination: string };
  /** code of the Mental Health Act status under which the person is kept; absent in community wards */
  legalStatus?: string;
}

export interface RioStaff {
  id: string;
  name: string;
}

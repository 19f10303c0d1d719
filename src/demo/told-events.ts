import type { Person } from './person.ts';
import { refMessages } from './write-ref.ts';

/** A record as its partner calls it. */
export interface ToldRecord {
  type: 'ServiceRequest' | 'Encounter';
  /** identifier system without its beginning, `bchc/referral` */
  system: string;
  value: string;
}

/** Records of several partners that speak of one event, as whoever made the person up knows. */
export interface ToldEvent {
  kind: 'referral' | 'discharge';
  records: ToldRecord[];
}

/** Routes by which the council is asked because somebody leaves, or is kept out of, a hospital. */
const hospitalRoutes = new Set(['Discharge from Hospital', 'Diversion from Hospital Services']);

/**
 * What is told by more than one of a drawn person's records: each referral the hospital sent with the receiver's own record
 * of it, and leaving the hospital with what was asked and who took the person in because of it. Not for the cast, whose
 * stories are written by hand.
 */
export function toldEvents(seed: number, person: Person): ToldEvent[] {
  const referrals = refMessages(seed, person).map(({ number, reportedAs }): ToldEvent => ({ kind: 'referral', records: [
    { type: 'ServiceRequest', system: 'uhb/referral-request', value: number },
    { type: 'ServiceRequest', system: reportedAs.partner === 'bchc' ? 'bchc/referral' : 'bcc/event', value: reportedAs.number },
  ] }));
  const stay = person.hospital.at(-1);
  if (!stay?.discharged) return referrals;
  const bed = person.community.inpatient[0];
  // after an intermediate-care bed the team at home is asked because that stay ends, not the one in hospital
  const asked = person.community.referrals.filter(({ number, referrer }) => referrer === 'RRK' && (bed === undefined || number === bed.referral));
  const requests = person.council.events.filter(({ type, route }) => type === 'Request' && route !== undefined && hospitalRoutes.has(route));
  const mentions: ToldRecord[] = [
    ...asked.map(({ number }): ToldRecord => ({ type: 'ServiceRequest', system: 'bchc/referral', value: number })),
    ...(bed ? [{ type: 'Encounter', system: 'bchc/inpatient', value: bed.id } as const] : []),
    ...requests.map(({ reference }): ToldRecord => ({ type: 'ServiceRequest', system: 'bcc/event', value: reference })),
  ];
  return mentions.length === 0 ? referrals : [...referrals, { kind: 'discharge', records: [{ type: 'Encounter', system: 'uhb/visit', value: stay.visit }, ...mentions] }];
}

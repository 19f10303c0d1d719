import { addMinutes, earlierFirst, type LocalTime } from './calendar.ts';
import { components, headerSegment, repetitions, segment } from './hl7-segment.ts';
import type { Person } from './person.ts';
import { randomFor } from './random.ts';
import type { RioReferral } from './rio-care.ts';

/** A referral the hospital sends: HL7 v2.4 REF^I12, as its receiver will report it too. */
export interface RefMessage {
  at: LocalTime;
  /** RF1-6: the hospital's own number */
  number: string;
  /** what the receiver calls the same referral */
  reportedAs: { partner: 'bchc' | 'bcc'; number: string };
  text: string;
}

const hospital = 'RRK';
const receivers = { bchc: { code: 'RYW', register: 'ODS', name: 'Community services' }, bcc: { code: 'E08000025', register: 'ONS', name: 'Adult social care' } } as const;
const fromHospital = new Set(['Discharge from Hospital', 'Diversion from Hospital Services']);
/** the hospital's system sends most of what its wards write, and the rest goes by telephone */
const sentShare = 0.7;

/** What the hospital's system says of the referrals it sent for one person, in the order it sent them. Its clock differs from the receiver's. */
export function refMessages(seed: number, person: Person): RefMessage[] {
  if (person.known.uhb === undefined) return [];
  const random = randomFor(seed, 'ref', person.index);
  const asked = [
    ...person.community.referrals.filter(({ referrer }) => referrer === hospital).map((referral) => ({ at: referral.made, reason: referral.reason, reportedAs: { partner: 'bchc' as const, number: referral.number } })),
    ...person.council.events.filter(({ type, route }) => type === 'Request' && route !== undefined && fromHospital.has(route))
      .map(({ start, description, reference }) => ({ at: `${start}T10:${random.between(10, 59)}`, reason: description, reportedAs: { partner: 'bcc' as const, number: reference } })),
  ].filter(() => random.chance(sentShare));
  return asked.sort(earlierFirst).map(({ at, reason, reportedAs }, i) => {
    const sent = addMinutes(at, -random.between(1, 25));
    const number = `R${4_000_000 + person.index * 10 + i}`;
    return { at: sent, number, reportedAs, text: message(person, { sent, number, reason, to: receivers[reportedAs.partner] }) };
  });
}

function message(person: Person, { sent, number, reason, to }: { sent: LocalTime; number: string; reason: RioReferral['reason']; to: (typeof receivers)[keyof typeof receivers] }): string {
  return [
    headerSegment({ 3: 'PAS', 4: hospital, 5: 'BICP', 6: 'QHL', 7: stamp(sent), 9: components('REF', 'I12', 'REF_I12'), 10: `${hospital}REF${number}`, 11: 'P', 12: '2.4', 17: 'GBR', 18: 'UNICODE', 19: 'EN', 21: 'iTKv1.0' }),
    segment('RF1', { 1: components('P', 'Pending'), 2: components('R', 'Routine'), 6: components(number, 'UHB'), 7: stamp(sent), 10: components(undefined, reason) }),
    segment('PRD', { 1: components('RT', 'Referred to'), 2: components(to.name), 7: components(to.code, to.register) }),
    segment('PID', {
      1: '1', 3: repetitions(person.nhsNumber && components(person.nhsNumber, undefined, undefined, 'NHS'), components(person.known.uhb, undefined, undefined, hospital)),
      5: components(person.name.family.toUpperCase(), person.name.given.toUpperCase(), undefined, undefined, person.name.title.toUpperCase(), undefined, 'L'),
      7: stamp(person.birthDate), 8: person.sex === 'male' ? '1' : '2', 32: person.nhsNumber === undefined ? 'NSTS04' : person.traced ? 'NSTS01' : 'NSTS02',
    }),
    '',
  ].join('\r');
}

function stamp(time: string): string {
  const digits = time.replace(/\D/g, '');
  return digits.length > 8 ? digits.padEnd(14, '0') : digits;
}

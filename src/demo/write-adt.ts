import { addMinutes, earlierFirst, type LocalTime } from './calendar.ts';
import { components, headerSegment, repetitions, segment } from './hl7-segment.ts';
import type { Bed, Consultant, HospitalStay } from './hospital-stay.ts';
import type { Address, Person } from './person.ts';
import { randomFor } from './random.ts';

/** One ADT message, segments parted by CR, with the time the thing happened. */
export interface AdtMessage {
  at: LocalTime;
  text: string;
}

interface Happening {
  at: LocalTime;
  event: 'A01' | 'A02' | 'A03' | 'A08' | 'A11' | 'A28' | 'A31';
  stay?: HospitalStay;
}

/** Message structures of HL7 v2.4 table 0354 for the events the hospital sends. */
const structures = { A01: 'ADT_A01', A02: 'ADT_A02', A03: 'ADT_A03', A08: 'ADT_A01', A11: 'ADT_A09', A28: 'ADT_A05', A31: 'ADT_A05' } as const;
const hospital = 'RRK';
/** Messages of one person are numbered below this, so that message ids never meet. */
const messagesPerPerson = 100;

/**
 * Everything the hospital's patient administration system says about one person, in the order it happened: HL7 v2.4
 * ADT as HL7 UK and the ITK profile it. Times are London local time without an offset. A person the hospital does
 * not know has no messages.
 */
export function adtMessages(seed: number, person: Person): AdtMessage[] {
  if (person.known.uhb === undefined) return [];
  const random = randomFor(seed, 'adt', person.index);
  return happenings(person).map((happening, i) => ({
    at: happening.at,
    text: message(person, happening, messageId(person.index, i), addMinutes(happening.at, random.between(1, 12))),
  }));
}

function happenings(person: Person): Happening[] {
  const visits = person.hospital.flatMap(stayHappenings);
  const changes = [person.former && `${person.former.movedOn}T09:30`, person.objectedOn, person.death && `${person.death}T16:00`]
    .filter((at) => at !== undefined)
    .map((at): Happening => ({ at, event: 'A31' }));
  const later = [...visits, ...changes].sort(earlierFirst);
  const first = later[0];
  return first ? [{ at: addMinutes(first.at, -20), event: 'A28' }, ...later] : [];
}

function stayHappenings(stay: HospitalStay): Happening[] {
  return [
    { at: stay.admitted, event: 'A01', stay },
    ...stay.moves.map((move): Happening => ({ at: move.at, event: 'A02', stay })),
    ...(stay.fit ? [{ at: addMinutes(stay.fit, 45), event: 'A08', stay } as const] : []),
    ...(stay.discharged ? [{ at: stay.discharged.at, event: 'A03', stay } as const] : []),
    ...(stay.cancelled ? [{ at: stay.cancelled, event: 'A11', stay } as const] : []),
  ];
}

function messageId(index: number, n: number): string {
  return hospital + String(index * messagesPerPerson + n).padStart(9, '0');
}

function message(person: Person, happening: Happening, id: string, recorded: LocalTime): string {
  const { at, event, stay } = happening;
  const segments = [
    headerSegment({
      3: 'PAS', 4: hospital, 5: 'BICP', 6: 'QHL', 7: stamp(recorded), 9: components('ADT', event, structures[event]), 10: id,
      11: 'P', 12: '2.4', 17: 'GBR', 18: 'UNICODE', 19: 'EN', 21: 'iTKv1.0',
    }),
    segment('EVN', { 2: stamp(recorded), 5: components('U4411', 'Tranter', 'Gail', undefined, undefined, 'Ms'), 6: stamp(at) }),
    pid(person, at),
    segment('PD1', {
      3: components(person.practice.name, undefined, person.practice.code),
      4: clinician(person.practice.doctor, 'GMP'),
    }),
    ...(person.kin ? [nk1(person.kin)] : []),
    ...(stay ? visitSegments(stay, at, event) : []),
    ...zu8(person, at, event),
  ];
  return segments.join('\r') + '\r';
}

function pid(person: Person, at: LocalTime): string {
  const { name } = person;
  const died = person.death !== undefined && at >= person.death;
  return segment('PID', {
    1: '1',
    3: repetitions(
      person.nhsNumber && components(person.nhsNumber, undefined, undefined, 'NHS'),
      components(person.known.uhb, undefined, undefined, hospital),
    ),
    5: repetitions(
      components(capitals(name.family), capitals(name.given), undefined, undefined, capitals(name.title), undefined, 'L'),
      name.preferred && components(capitals(name.family), capitals(name.preferred), undefined, undefined, undefined, undefined, 'PREFERRED'),
    ),
    7: stamp(person.birthDate),
    8: person.sex === 'male' ? '1' : '2',
    11: addressField(addressAt(person, at)),
    13: repetitions(components(person.phone, 'PRN', 'PH'), person.mobile && components(person.mobile, 'PRN', 'CP')),
    15: person.language,
    16: person.marital,
    22: person.ethnicity.code,
    ...(died && { 29: stamp(person.death ?? '') }),
    30: died ? 'Y' : 'N',
    32: numberStatus(person),
  });
}

/** NSTS codes of the ITK table: verified, present but not traced, or traced without a match. */
function numberStatus(person: Person): string {
  if (person.nhsNumber === undefined) return 'NSTS04';
  return person.traced ? 'NSTS01' : 'NSTS02';
}

function addressAt(person: Person, at: LocalTime): Address {
  return person.former && at < person.former.movedOn ? person.former.address : person.address;
}

function addressField(address: Address): string {
  return components(address.line, address.area, 'BIRMINGHAM', undefined, address.postcode, 'GBR', 'H');
}

function nk1(kin: NonNullable<Person['kin']>): string {
  return segment('NK1', {
    1: '1',
    2: components(capitals(kin.family), capitals(kin.given), undefined, undefined, capitals(kin.title), undefined, 'L'),
    3: kin.relationship,
    5: components(kin.phone, 'PRN', 'CP'),
  });
}

function visitSegments(stay: HospitalStay, at: LocalTime, event: Happening['event']): string[] {
  const discharged = event === 'A03' ? stay.discharged : undefined;
  const { now, before } = bedsAt(stay, at, event);
  return [
    segment('PV1', {
      1: '1', 2: 'I', 3: place(now), 4: stay.method, ...(before && { 6: place(before) }), 7: clinician(stay.consultant, 'GMC'),
      10: stay.specialty, 14: stay.source, 19: components(stay.visit, undefined, undefined, hospital),
      36: discharged?.disposition, 37: discharged?.destination, 44: stamp(stay.admitted), 45: discharged && stamp(discharged.at),
    }),
    segment('PV2', {
      3: components(undefined, stay.reason), 8: stay.referral && stamp(stay.admitted.slice(0, 10)),
      9: stay.expectedDischarge && stamp(stay.expectedDischarge), 38: stay.arrival,
    }),
    ...zu1(stay, at),
  ];
}

/** The bed at that time; in a transfer also the bed before it. */
function bedsAt(stay: HospitalStay, at: LocalTime, event: Happening['event']): { now: Bed; before?: Bed } {
  const beds = [stay.bed, ...stay.moves.filter((move) => move.at <= at).map((move) => move.bed)];
  const now = beds.at(-1) ?? stay.bed;
  const before = event === 'A02' ? beds.at(-2) : undefined;
  return { now, ...(before && { before }) };
}

/** The UK segment for referral and readiness: left out when it would say nothing. */
function zu1(stay: HospitalStay, at: LocalTime): string[] {
  const { referral, fit } = stay;
  const isFit = fit !== undefined && at >= fit;
  if (!referral && !isFit) return [];
  return [segment('ZU1', {
    ...(referral && {
      13: referral.source, 14: referral.serviceType, 15: stamp(referral.received), 16: stamp(referral.made), 17: referral.method,
      18: referral.method === '02' ? 'Y' : 'N',
    }),
    ...(isFit && { 22: 'Y', 24: stamp(fit) }),
  })];
}

/** What the person said about sharing, and whether the national flag hides where they live. */
function zu8(person: Person, at: LocalTime, event: Happening['event']): string[] {
  const objects = event === 'A31' && person.objectedOn !== undefined && at >= person.objectedOn;
  const hides = (event === 'A28' || event === 'A31') && person.locationHidden;
  return objects || hides ? [segment('ZU8', { 2: objects ? '2' : undefined, 4: hides ? '2' : undefined })] : [];
}

function place(bed: Bed): string {
  return components(bed.pointOfCare, bed.room, bed.bed, bed.site);
}

/** HL7 XCN; the authority says which register the code is from. */
function clinician(doctor: Consultant, authority: 'GMC' | 'GMP'): string {
  return components(doctor.code, doctor.family, doctor.given, undefined, undefined, 'Dr', undefined, undefined, authority);
}

/** HL7 TS: digits only, to the second when there is a time. */
function stamp(time: string): string {
  const digits = time.replace(/\D/g, '');
  return digits.length > 8 ? digits.padEnd(14, '0') : digits;
}

function capitals(text: string): string {
  return text.toUpperCase();
}

import type { Day, LocalTime } from './calendar.ts';
import type { CouncilRecord } from './council-record.ts';
import type { HospitalStay } from './hospital-stay.ts';
import type { Practice } from './places.ts';
import type { RioCare } from './rio-care.ts';

/** The four partners whose files the generator writes. */
export const demoPartners = ['uhb', 'bchc', 'bsmhft', 'bcc'] as const;
export type DemoPartner = (typeof demoPartners)[number];

export interface Address {
  line: string;
  area: string;
  postcode: string;
}

/** One synthetic person with everything that happened to them, told once; each partner's writer takes its own part. */
export interface Person {
  /** position in the generated population, from 0 */
  index: number;
  /** absent: no number is known to anyone */
  nhsNumber?: string;
  /** whether the hospital's number was traced with the national service */
  traced: boolean;
  name: { family: string; given: string; title: string; preferred?: string };
  sex: 'female' | 'male';
  birthDate: Day;
  death?: Day;
  /** NHS ethnic category code, and the council's words for it */
  ethnicity: { code: string; text: string };
  /** ISO 639-1 in capitals */
  language: string;
  /** HL7 table 0002 */
  marital: string;
  address: Address;
  /** where the person lived until `movedOn`; partners that were not told still say so */
  former?: { address: Address; movedOn: Day };
  phone: string;
  mobile?: string;
  practice: Practice;
  kin?: { family: string; given: string; title: string; relationship: string; phone: string };
  /** the person told the hospital not to share the detailed record (ZU8-2 = 2) */
  objectedOn?: LocalTime;
  /** the national flag hides where the person lives (ZU8-4 = 2) */
  locationHidden: boolean;
  /** each partner's own number for the person; absent = not known there */
  known: { readonly [partner in DemoPartner]?: string };
  hospital: readonly HospitalStay[];
  community: RioCare;
  mentalHealth: RioCare;
  council: CouncilRecord;
}

import type { GradedPair } from './grade-pair.ts';

/** What a source Patient tells about who it is, already normalised for comparing. */
export interface PersonFacts {
  nhsNumber?: string;
  /** NHS number verification status 01..08; absent = not said */
  nhsNumberStatus?: string;
  /** partner identifiers: system + value, for example https://fhir.bicp.example/Id/uhb/person */
  local: { system: string; value: string }[];
  family?: string;
  given: string[];
  /** other names: maiden, alias, preferred */
  otherFamily: string[];
  otherGiven: string[];
  /** FHIR date, may be partial */
  birthDate?: string;
  birthDateEstimated?: boolean;
  gender?: string;
  postcode?: string;
  /** number or name of the house, `12a` */
  house?: string;
  /** lines of the home address without house, locality and postcode */
  lines?: string[];
  /** town or suburb */
  locality?: string;
  /** digits only, national form: 07700900123 */
  phones?: string[];
  /** lower case */
  emails?: string[];
  /** PID-31 = Y: never match on anything but the partner's own identifier */
  identityUnknown?: boolean;
}

/** A citizen that a blocking key found, with every source Patient's facts already linked to it. */
export interface Candidate {
  citizen: string;
  facts: PersonFacts[];
}

export type LinkDecision =
  | { kind: 'certain'; citizen: string; rule: string; agreed: string[]; graded?: GradedPair }
  /** nobody found: a new citizen; `traced` false when there is no NHS number */
  | { kind: 'new'; traced: boolean; rule: string }
  /** parked for a person to settle: stored as a new citizen marked not traced */
  | { kind: 'possible'; candidates: string[]; rule: string; graded?: readonly { citizen: string; pair: GradedPair }[] }
  /** must not be stored: the number belongs to somebody else, or is not an NHS number; or the partner's own identifiers point at two citizens */
  | { kind: 'refused'; code: 'nhs-number-invalid' | 'nhs-number-of-another-person' | 'nhs-number-changed' | 'identifiers-of-two-people'; rule: string };

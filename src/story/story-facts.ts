import type { Coding, Patient, Provenance } from '@medplum/fhirtypes';
import type { PlanChangeBounds, StoryEvent } from './event-types.ts';
import type { Patience } from './lanes.ts';
import type { StoryRow } from './story-row.ts';

/** Everything a story is told from: what one caller may see of one citizen at one moment, and nothing else. */
export interface StoryFacts {
  citizen: string;
  /** composed */
  patient: Patient;
  /** who says which element of the composed Patient */
  provenance: readonly Provenance[];
  /** the source Patients it was composed from */
  people: readonly StoryRow[];
  /** everything else */
  rows: readonly StoryRow[];
  /** versions before those of `rows` of the records that plans are made of, as far as they are compared; none that was deleted */
  earlier: readonly StoryRow[];
  /** what happened, each event once */
  events: readonly StoryEvent[];
  /** how long a referral may wait, and how far back changes of a plan are told */
  rule: Patience & { planChanges: PlanChangeBounds };
  /** that a row was still right, newest first */
  confirmations: readonly Confirmation[];
  /** the programme a component belongs to; undefined for one that is in none */
  programmeOf: (component: Coding | undefined) => Coding | undefined;
  /** numbers of an organisation's switchboard, by `Organization/{id}` */
  phonesOf: (organisation: string | undefined) => readonly string[];
  /** numbers its organisation answers out of hours, of a custodian by key */
  outOfHoursOf: (custodian: string) => readonly string[];
  /** what may be said of what is kept back or has not arrived; never empty */
  notices: readonly Notice[];
  now: Date;
}

/** One line about what is not told. */
export interface Notice {
  /** CodeSystem story-item: what is kept back, what has not arrived, or what is always so */
  kind: 'notice' | 'withheld' | 'incomplete';
  text: string;
}

/** Somebody asked the person, and what a row says was still right. */
export interface Confirmation {
  /** the row and the version that was right */
  id: string;
  version: number;
  /** instant */
  at: string;
  /** who asked: organisation by key and name, and the person */
  organisation: string;
  organisationName: string;
  person: string;
}

const targetElementUrl = 'http://hl7.org/fhir/StructureDefinition/targetElement';

/** The source Patients that say an element of the composed Patient, by the element's id. */
export function witnessesOf({ provenance, people }: Pick<StoryFacts, 'provenance' | 'people'>, element: string): StoryRow[] {
  const ids = provenance.filter(({ target }) => target[0]?.extension?.some(({ url, valueUri }) => url === targetElementUrl && valueUri === element))
    .flatMap(({ entity }) => entity?.[0]?.what.reference?.split('/')[1] ?? []);
  return people.filter(({ id }) => ids.includes(id));
}

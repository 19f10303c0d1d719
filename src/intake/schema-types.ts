import type { JsonObject } from '../fhir/json.ts';
import type { Joining } from './joining.ts';

/** The schema file of a document kind. The expressions are FHIRPath, which reads any JSON tree. */
export interface DocumentSchema {
  /** the list of records in a document; absent: the document is one record */
  rows?: string;
  /** the sender's person id, of a record */
  personKey: string;
  /** the sender's id of the message, of a record: the same id with other content is refused */
  messageId?: string;
  /**
   * Records that say only what is new (`update: patch`): each has a member `person` and one of this name, folded under the id
   * found by `id`; `at` is when it was said (a date-time), the latest counts
   */
  fold?: { name: string; id: string; at: string };
  /** what makes a record the same record: two that differ under one key in one document are both refused */
  recordKey?: string;
  /** of when a record is (a date or date-time): of each thing it speaks of the newest counts, whatever order documents come in */
  asOf?: string;
  /**
   * records that replace each other: `of` names what they are versions of, `number` is whole and grows. The map then reads
   * `person`: its `key`, and as `versions` all that are known, oldest first, each with `until` when a later one is known
   */
  versions?: { of: string; number: string };
  /** XML: the namespaces its elements may be in; `` for none */
  namespaces?: string[];
  /** JSON Schema (draft 7) of a record */
  schema: JsonObject;
}

/** schema.json of an HL7 v2 kind. Fields are named `PID-3`. */
export interface MessageSchema {
  /** MSH-9.1 */
  type: string;
  /** MSH-12 values accepted */
  versions: string[];
  limits: { segments: number; fields: number; repetitions: number; components: number; fieldLength: number };
  /** what a message is about beside the person, folded under the id in this field: the visit, the referral; `account`: the field that says which of them move together */
  about: { name: string; id: string; account?: string };
  /**
   * `message` segments are read for the envelope only, those of the person and of what the message is about are folded (a
   * repeating one as one field), `other` ones are shown to the map as this message has them, as are all Z segments not listed
   */
  segments: { [name: string]: { scope: 'message' | 'person' | 'about' | 'other'; repeats?: boolean } };
  /** what every message must hold */
  always: { segments: string[]; fields: string[] };
  events: { [event: string]: EventSchema };
  /** fields that say when it happened: the first that holds a time counts */
  time: string[];
  /** fields whose first component must be a date (and time) that exists */
  dates: string[];
  /** days that senders write for "unknown" or "no end" (`19000101`): taken as nothing said, with a warning */
  placeholders: string[];
  /** components with sub-components (`PID-5.1`); elsewhere the separator is text, as senders often write it unescaped */
  subcomponents: string[];
  /** every occurrence of fields of one segment, in the named events (absent: in all), in time order: `{ at, until?, f22, f24 }` under `name` */
  histories: { name: string; fields: string[]; events?: string[] }[];
  /** when a field last held one of the values (`""` = cleared): `{ at }` under `name` in the person or visit */
  latest: { name: string; field: string; values: string[] }[];
}

export interface EventSchema {
  /** segments that must be present besides MSH, EVN and PID */
  segments: string[];
  /** fields that must have a value */
  fields: string[];
  /** status of what the message is about that this event brings about; absent = it says nothing about it */
  status?: string;
  /** status of the person's record this event brings about */
  person?: string;
  /** field that names where the person is from this event on */
  place?: string;
  /** this event takes back one of these: the one that happened when EVN-6 says, else the last before */
  undoes?: string[];
  /** status when nothing is left that sets one */
  otherwise?: string;
  /** fields this event empties, whatever it repeats in them */
  clears?: string[];
  /** whose identifiers the event joins, moves or tells apart: nothing else is taken from it */
  merges?: 'people' | 'visits' | 'visit-of-person' | 'account-of-person' | 'two-people';
  /** what it does with them */
  does?: Joining['act'];
}

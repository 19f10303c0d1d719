import type { JsonObject } from '../fhir/json.ts';
import type { Problem } from '../fhir/problem.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { FormatName } from './formats.ts';

/** A row of mappings/partners.yaml. */
export interface Partner {
  partnerKey: string;
  name: string;
  organisation: OrganisationKey;
  telecom?: { system: string; value: string }[];
  address?: { line: string[]; city: string; postalCode: string };
  /** `https://fhir.bicp.example/Id/{partnerKey}` */
  identifierBase: string;
}

export interface Feed {
  /** `uhb-adt`: also the OAuth client id of the sender */
  key: string;
  kind: string;
  partner: Partner;
  /** HL7: MSH-4 values this feed may claim */
  senders?: string[];
  title: string;
  /** the sender's own system in plain words, for readers */
  system: string;
  /** begins beside the record, unseen, until it is approved; once it has begun the database knows better */
  shadow?: boolean;
  /** nothing for longer than this is told as late; absent: nobody expects anything */
  expectedWithinHours?: number;
}

/** The part of a kind: one table of a multi-table feed, or the whole feed (part name ''). */
export interface Part {
  name: string;
  /** entry map file inside the kind's folder */
  map: string;
  /** CSV: every column of the table, in order */
  columns?: Column[];
  /** HL7 v2: what a message of this feed may and must hold */
  messages?: MessageSchema;
  /** JSON and other documents: where the records are, and what each must hold */
  document?: DocumentSchema;
}

/** The schema file of a document kind. The expressions are FHIRPath, which reads any JSON tree. */
export interface DocumentSchema {
  /** the list of records in a document; absent: the document is one record */
  rows?: string;
  /** the sender's person id, of a record */
  personKey: string;
  /** the sender's id of the message, of a record: the same id with other content is refused */
  messageId?: string;
  /** JSON Schema (draft 7) of a record */
  schema: JsonObject;
}

/** schema.json of an HL7 v2 kind. Fields are named `PID-3`. */
export interface MessageSchema {
  /** MSH-12 values accepted */
  versions: string[];
  limits: { segments: number; fields: number; repetitions: number; components: number; fieldLength: number };
  /** `message` segments are read for the envelope only; a repeating segment is folded as one field */
  segments: { [name: string]: { scope: 'message' | 'person' | 'visit'; repeats?: boolean } };
  events: { [event: string]: EventSchema };
  /** fields whose first component must be a date (and time) that exists */
  dates: string[];
  /** components with sub-components (`PID-5.1`); elsewhere the separator is text, as senders often write it unescaped */
  subcomponents: string[];
  /** every occurrence of a field in the named events, in time order: `{ at, until?, f3 }` under `name` in the visit */
  histories: { name: string; field: string; events: string[] }[];
  /** when a field last held one of the values (`""` = cleared): `{ at }` under `name` in the person or visit */
  latest: { name: string; field: string; values: string[] }[];
}

export interface EventSchema {
  /** segments that must be present besides MSH, EVN and PID */
  segments: string[];
  /** fields that must have a value */
  fields: string[];
  /** Encounter status this event brings about; absent = it says nothing about it */
  status?: string;
  /** the event is known but must wait: the problem code that says for what */
  parked?: string;
}

/** An organisation the records name that is not a partner: a practice, a team. Directory data, never person data. */
export interface DirectoryEntry {
  name: string;
  organisation: OrganisationKey;
  type: 'gp-practice' | 'site' | 'team' | 'organisation';
  partOf?: OrganisationKey;
  telecom?: { system: string; value: string }[];
  address?: { line: string[]; city: string; postalCode: string };
}

/** A row of dropped.csv: a source field deliberately not carried, and who agreed. */
export interface DroppedField {
  /** ledger path; a trailing `.*` covers everything below */
  field: string;
  reason: string;
  approvedBy: string;
  date: string;
}

export interface Column {
  header: string;
  /** element name in the source model the map reads */
  name: string;
  required?: boolean;
  /** this column is the sender's person id */
  personKey?: boolean;
  format?: 'date' | 'dateTime' | 'integer' | 'decimal' | 'nhs-number' | 'text' | 'code' | 'boolean';
  maxLength?: number;
}

export interface CategoryRule {
  type: string;
  partner?: string;
  /** matches any coding of the resource (system|code) or a component code */
  code?: string;
  category: string;
  /** given to every such record, because of where it comes from */
  labels?: readonly string[];
}

/** mappings/<kind>/kind.json, read and checked, with its files resolved for one partner. */
export interface Kind {
  name: string;
  title: string;
  format: FormatName;
  update: 'snapshot' | 'patch';
  zone: string;
  parts: Part[];
  categories: CategoryRule[];
  limits: { maxBytes: number; maxRows: number };
}

/** One row of a source record, as split at receipt. */
export interface SplitRow {
  /** 1-based */
  row: number;
  /** line in the file where it begins, 1-based */
  line: number;
  /** the sender's person id; '' when it cannot be found */
  personKey: string;
  /** the row's own text: one HL7 message, the CSV cells as a JSON array, one record of a document */
  content: string;
  /** sender's message id (HL7 MSH-10), for idempotency; absent for CSV */
  messageId?: string;
  /** a row that can never be read: goes to quarantine at once */
  problem?: Problem;
}

/** A row read and checked, ready to fold or map. */
export interface RowInput {
  /** tree the map reads (for patch kinds: of this message alone) */
  record: JsonObject;
  /** event instant, UTC ISO; orders patches */
  eventAt: string;
  /** `A01`, or the part's name */
  event: string;
  /** keys under which this row's fields are folded; empty for snapshot kinds */
  foldKeys: string[];
  warnings: Problem[];
}

/** Last-writer-wins state of one fold key: field name → value with the event that set it. */
export type FoldState = { [field: string]: { v: JsonObject[string]; at: string; by: string } };

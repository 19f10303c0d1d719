import type { JsonObject } from '../fhir/json.ts';
import type { Problem } from '../fhir/problem.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { BundleSchema } from './fhir/bundle-schema.ts';
import type { FormatName } from './formats.ts';
import type { Joining } from './joining.ts';
import type { PersonOperation, PullPlan } from './pull-plan.ts';
import type { DocumentSchema, MessageSchema } from './schema-types.ts';

/** A row of mappings/partners.yaml. */
export interface Partner {
  partnerKey: string;
  name: string;
  organisation: OrganisationKey;
  /** a practice that sends its own records is still where people are registered */
  type?: 'gp-practice';
  /** that it holds a record tells where the person is: a home, a hospice; of a practice this need not be said */
  tellsWhere?: boolean;
  /** parts of the programme it takes referrals for: codes of `ei-component` */
  takes?: string[];
  telecom?: { system: string; value: string; outOfHours?: true }[];
  address?: { line: string[]; city: string; postalCode: string };
  /** `https://fhir.bicp.example/Id/{partnerKey}` */
  identifierBase: string;
}

export interface Feed {
  /** `uhb-adt`: also the OAuth client id of the sender */
  key: string;
  kind: string;
  partner: Partner;
  /** organisations this feed may claim to be from: MSH-4, the `sender` column of a package */
  senders?: string[];
  title: string;
  /** the sender's own system in plain words, for readers */
  system: string;
  /** absent: the sender pushes */
  pull?: PullPlan;
  /** begins beside the record, unseen, until it is approved; once it has begun the database knows better */
  shadow?: boolean;
  /** nothing for longer than this is told as late; absent: nobody expects anything */
  expectedWithinHours?: number;
}

/** A table that partners may pack and nothing is taken from, and who agreed. */
export interface LeftOutTable {
  /** name of its file, with `*` for what varies */
  file: string;
  reason: string;
  approvedBy: string;
  date: string;
}

/** The part of a kind: one table of a multi-table feed, or the whole feed (part name ''). */
export interface Part {
  name: string;
  /** entry map file inside the kind's folder */
  map: string;
  /** its rows add to people whom other parts describe, even where they become a Patient: about anybody else they wait */
  knownPeople?: boolean;
  /** name of its file in a package, with `*` for what varies: `CYP001*.csv` */
  file?: string;
  /** a package without it is refused */
  needed?: boolean;
  /** this table is about the package itself and no person: one row, every value read before anything else */
  cover?: boolean;
  /** the part this one's rows are read with, by that part's map: they add to its records and have none of their own */
  readAs?: string;
  /** CSV: rows of other tables of the package that a row of this one is read with */
  relations?: Relation[];
  /** CSV: every column of the table, in the order rows are kept */
  columns?: Column[];
  /** CSV: the file is a sheet somebody keeps by hand and saves as CSV, with what spreadsheets leave at its edges */
  spreadsheet?: boolean;
  /** CSV: columns that say who the row is about beside the person key: what differs from the sender's own record of that person refuses the row */
  claims?: PersonClaims;
  /** CSV: rows are statements of which, for each person, only the latest of a sort counts, whatever order they come in */
  latest?: LatestStatements;
  /** CSV: columns that together say of when a row is; of the table about a package: of when all its rows are. Of each record the newest counts, whatever order files come in */
  asOf?: string[];
  /** HL7 v2: what a message of this feed may and must hold */
  messages?: MessageSchema;
  /** JSON and XML documents: where the records are, and what each must hold */
  document?: DocumentSchema;
  /** FHIR: what a Bundle may be and hold */
  bundle?: BundleSchema;
}

/** How a table of a package hangs together with another one. */
export interface Relation {
  part: string;
  /** columns of both tables that must be equal; none: the other table's only row */
  by: string[];
  /** `one`: the row this one belongs to, and, without a person key of its own, whose person it is about (the map reads that key as `person`). `many`: those that belong to this one */
  rows: 'one' | 'many';
  /** branch of the source tree that holds them; absent: they are only looked up */
  as?: string;
  /** columns the map is given; absent: all but those of `by` */
  columns?: string[];
  /** columns of this table that are filled from the other's column of the same name where they are blank; such rows belong to nobody by that */
  fills?: string[];
  /** a `many` of which one cannot be read refuses this row; otherwise it is left out with a warning */
  whole?: boolean;
}

/** An organisation the records name that is not a partner: a practice, a team. Directory data, never person data. */
export interface DirectoryEntry {
  name: string;
  organisation: OrganisationKey;
  type: 'gp-practice' | 'site' | 'team' | 'organisation';
  partOf?: OrganisationKey;
  /** parts of the programme it takes referrals for: codes of `ei-component` */
  takes?: string[];
  telecom?: { system: string; value: string; outOfHours?: true }[];
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
  /** a file may come without this column */
  optional?: boolean;
  /** a file may come without this column, whose value is then looked up in another table of the package */
  lookedUp?: boolean;
  /** this column is the sender's person id */
  personKey?: boolean;
  /** this column names the sending organisation: one of those the feed may speak for */
  sender?: boolean;
  format?: 'date' | 'dateTime' | 'time' | 'sheet-date' | 'integer' | 'decimal' | 'nhs-number' | 'text' | 'code' | 'boolean';
  maxLength?: number;
}

/** Names of the columns, or their values in one row. */
export interface PersonClaims {
  nhsNumber?: string;
  family?: string;
}

/** Which statement a row makes. The map reads `person`: its `key`, and under every statement ever made `{ at }`, its last time. */
export interface LatestStatements {
  /** column with the code */
  column: string;
  /** column with the date */
  at: string;
  /** code → statement, from a code table; `*` for codes it does not have */
  statements: ReadonlyMap<string, string>;
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
  /** other kinds whose maps and tables its maps use */
  shares?: string[];
  /** name of the file that says a folder of tables is whole, with `*` for what varies: empty, or a line for each of the others */
  complete?: string;
  /** tables of a package that are deliberately not carried */
  leftOut?: LeftOutTable[];
  /** how a source is asked for the record of one person */
  perPerson?: PersonOperation;
  parts: Part[];
  categories: CategoryRule[];
  limits: { maxBytes: number; maxRows: number };
}

/** One row of a source record, as split at receipt. */
export interface SplitRow {
  /** 1-based, over all tables of a package */
  row: number;
  /** line in its file where it begins, 1-based */
  line: number;
  /** in a package: the table it is in */
  part?: string;
  /** the sender's person id; '' when it cannot be found */
  personKey: string;
  /** the row's own text: one HL7 message, the CSV cells as JSON (csv/row-content.ts), one record of a document */
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
  /** event instant, UTC ISO; orders patches. Of a row that is not folded: of when it is, in a form that sorts; '' when it does not say */
  eventAt: string;
  /** `A01`, or the part's name */
  event: string;
  /** keys under which this row's fields are folded; empty: the row says all there is */
  foldKeys: string[];
  /** fold keys of records that are taken only while there is none of that name (FHIR `ifNoneExist`) */
  onlyNew?: string[];
  /** FHIR: where in the Bundle the record of each fold key stands, as a JSON pointer */
  entries?: ReadonlyMap<string, string>;
  /** the row says nothing of anybody but whom it joins or tells apart */
  joins?: Joining;
  warnings: Problem[];
}

/** Last-writer-wins state of one fold key: field name → value with the event that set it. */
export type FoldState = { [field: string]: { v: JsonObject[string]; at: string; by: string } };

import type { JsonObject } from '../fhir/json.ts';
import type { Problem } from '../fhir/problem.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';

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
}

/** The part of a kind: one table of a multi-table feed, or the whole feed (part name ''). */
export interface Part {
  name: string;
  /** entry map file inside the kind's folder */
  map: string;
  columns?: Column[];
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
}

/** mappings/<kind>/kind.json, read and checked, with its files resolved for one partner. */
export interface Kind {
  name: string;
  title: string;
  format: 'hl7v2' | 'csv';
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
  /** the row's own text: one HL7 message, or the CSV cells as a JSON array */
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

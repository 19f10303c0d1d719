import type { JsonObject } from '../fhir/json.ts';
import type { Problem } from '../fhir/problem.ts';

/** One text a map may be built from: the entry map and those it may import. */
export interface MapFile {
  /** name relative to the kind's folder, used in positions */
  file: string;
  text: string;
}

/** A code table: one CSV, one ConceptMap. */
export interface CodeTable {
  /** file name without .csv: what translate() names, as '#name' or 'name' */
  name: string;
  rows: ReadonlyMap<string, { system: string; code: string; display: string }>;
  /** the row with source `*`: used when no row matches */
  fallback?: { system: string; code: string; display: string };
  /** the name ends in `.loose`: keys and codes are compared in lower case with punctuation squashed */
  loose?: boolean;
}

/** Where every source field of one record went. */
export interface LedgerEntry {
  /** path in the source tree with indexes removed: `PID.f3.c1`, `nhsNumber` */
  field: string;
  /** target path it was carried to; absent = read only by a condition */
  to?: string;
  state: 'carried' | 'read' | 'unmapped';
}

/** A source code that no row of a table has. */
export interface UnmappedCode {
  /** as problems name it: `tables/sex.csv` */
  table: string;
  /** path in the source tree */
  field: string;
  source: string;
}

export interface MapResult {
  /** resources in the order they were created: the entries of the target Bundle */
  resources: JsonObject[];
  ledger: LedgerEntry[];
  log: string[];
  unmapped: UnmappedCode[];
  /** errors mean nothing of `resources` may be used; warnings may stand beside them */
  problems: Problem[];
}

export interface CompiledMap {
  run(source: JsonObject): MapResult;
}

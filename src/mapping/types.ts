import type { JsonObject } from '../fhir/json.ts';
import type { Position, Problem } from '../fhir/problem.ts';

/** One text a map may be built from: the entry map and those it may import. */
export interface MapFile {
  /** name relative to the kind's folder, used in positions */
  file: string;
  text: string;
}

/** A code table: one CSV, one ConceptMap. */
export interface CodeTable {
  /** file name without its extension: what translate() names, as '#name' or 'name' */
  name: string;
  /** how problems name it; default `tables/{name}.csv` */
  file?: string;
  rows: ReadonlyMap<string, { system: string; code: string; display: string }>;
  /** codes that are known and have no target that stands for them: meeting one is an error */
  unusable?: ReadonlySet<string>;
  /** codes that are in no row pass through unchanged */
  provided?: boolean;
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

/** A place in the source tree. */
export interface FieldPlace {
  /** as in the ledger: `PID.f3.c1` */
  path: string;
  /** of the lists on the way, outermost first, 0-based; shorter than the lists where a value was made of several repeats, absent where nothing is known */
  indexes?: readonly number[];
}

/** One value a rule set: where it went, which rule did it, from which source fields. */
export interface TraceEntry {
  /** index in `resources` */
  resource: number;
  /** FHIRPath in that resource, indexes of lists included: `Patient.name[0].family`. An object set as a whole has one entry. */
  to: string;
  /** of the target in the map */
  at: Position;
  /** name of the rule where it has one */
  rule?: string;
  /** what the value was made from; empty for what the map itself says */
  fields: FieldPlace[];
  /** the source elements the rule ran for */
  firedBy: FieldPlace[];
}

/** A target a map's rules give a value. */
export interface NamedTarget {
  /** from the type its group is given: `Patient.birthDate`, `HumanName.family`; begins with the variable's name where the type is open */
  path: string;
  /** as in the entries of a trace */
  at: Position;
  rule?: string;
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
  /** what the map's author says of the record in fixed words, `log ('…')`: warnings for its sender, with the field */
  notices: Problem[];
  unmapped: UnmappedCode[];
  /** errors mean nothing of `resources` may be used; warnings may stand beside them */
  problems: Problem[];
  /** where every value came from; only of a run that was asked for it */
  trace?: TraceEntry[];
  /** what rules would have set had their source been there, or their value not been empty; only beside a trace */
  gaps?: TraceEntry[];
}

/** What one run is asked for beside what its map was compiled with. */
export interface RunAsk {
  /** to tell of every value where it came from, which is slower; default: as the map was compiled */
  trace?: boolean;
}

export interface CompiledMap {
  /** every target of this map and of those it imports that is given a value, in the order of the texts */
  targets: readonly NamedTarget[];
  run(source: JsonObject, ask?: RunAsk): MapResult;
}

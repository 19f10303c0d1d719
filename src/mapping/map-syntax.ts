/**
 * The syntax tree of a map. `at` is always an offset into `MapSyntax.text`, which turns it into a line and a column. A
 * `documentation` is the comments before (and inside) something, without their slashes.
 */

export type Expression =
  | { kind: 'literal'; at: number; end: number; value: string | number | boolean }
  /** `{}` */
  | { kind: 'empty'; at: number; end: number }
  /** dates, quantities, long numbers: only the FHIRPath library knows these */
  | { kind: 'other-literal'; at: number; end: number }
  /** `( … )` */
  | { kind: 'brackets'; at: number; end: number; inner: Expression }
  /** `name` at the start of a path, or `target.name` */
  | { kind: 'member'; at: number; end: number; target?: Expression; name: string }
  | { kind: 'call'; at: number; end: number; target?: Expression; name: string; args: Expression[] }
  | { kind: 'index'; at: number; end: number; target: Expression; index: Expression }
  /** `%name` */
  | { kind: 'variable'; at: number; end: number; name: string }
  /** `$this`, `$index`, `$total` */
  | { kind: 'special'; at: number; end: number; name: string }
  | { kind: 'unary'; at: number; end: number; operator: string; operand: Expression }
  | { kind: 'binary'; at: number; end: number; operator: string; left: Expression; right: Expression }
  | { kind: 'type'; at: number; end: number; operator: 'is' | 'as'; operand: Expression; type: string };

export type SourceListMode = 'first' | 'not_first' | 'last' | 'not_last' | 'only_one';
export type TargetListMode = 'first' | 'last' | 'single';

export interface SourceSyntax {
  at: number;
  context: string;
  /** element names below the context; `*` = every child */
  path: string[];
  type?: string;
  min?: number;
  /** Infinity for `*` */
  max?: number;
  defaultValue?: Expression;
  listMode?: SourceListMode;
  alias?: string;
  where?: Expression;
  check?: Expression;
  log?: Expression;
}

export interface CallSyntax {
  at: number;
  name: string;
  args: Expression[];
}

export type TransformSyntax = { kind: 'call'; call: CallSyntax } | { kind: 'expression'; at: number; expression: Expression };

export interface TargetSyntax {
  at: number;
  /** absent for a bare transform: `create('Patient') as p` */
  context?: string;
  path: string[];
  transform?: TransformSyntax;
  alias?: string;
  listMode?: TargetListMode;
  /** label of `share` */
  share?: string;
}

export interface RuleSyntax {
  at: number;
  documentation?: string;
  name?: string;
  sources: SourceSyntax[];
  targets: TargetSyntax[];
  calls: CallSyntax[];
  /** undefined = no block, or an empty one */
  block?: RuleSyntax[];
}

export interface ParameterSyntax {
  at: number;
  mode: 'source' | 'target';
  name: string;
  type?: string;
}

export interface GroupSyntax {
  at: number;
  documentation?: string;
  name: string;
  parameters: ParameterSyntax[];
  extends?: { at: number; name: string };
  typeMode?: 'types' | 'type+';
  rules: RuleSyntax[];
}

export interface ConceptMapSyntax {
  at: number;
  id: string;
  /** true when source codes without an entry pass through unchanged */
  provided: boolean;
  entries: ConceptMapEntry[];
}

export interface ConceptMapEntry {
  at: number;
  sourceSystem: string;
  source: string;
  /** symbol of the relationship: `==`, `-`, … */
  relationship: string;
  /** may the target stand for the source? */
  usable: boolean;
  /** both empty where there is no target */
  system: string;
  code: string;
}

/** A part of a text that was made from JSON. */
export interface TextPart {
  from: number;
  to: number;
  /** RFC 6901 */
  pointer: string;
}

export interface MapSyntax {
  file: string;
  text: string;
  /** for a StructureMap, from which `text` was made: where each part of the text stands in it, outer parts first */
  pointers?: readonly TextPart[];
  url?: string;
  name?: string;
  /** the other lines of metadata, in their order */
  metadata: { key: string; value: string }[];
  uses: { at: number; documentation?: string; url: string; alias?: string; mode: string }[];
  imports: { at: number; url: string }[];
  constants: { at: number; name: string; value: Expression }[];
  conceptMaps: ConceptMapSyntax[];
  groups: GroupSyntax[];
}

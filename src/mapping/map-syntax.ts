/** The syntax tree of a map. `at` is always an offset into the file's text; `MapSyntax.text` turns it into a line and a column. */

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
export type TargetListMode = 'first' | 'last' | 'single' | 'collate';

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
  name?: string;
  sources: SourceSyntax[];
  targets: TargetSyntax[];
  calls: CallSyntax[];
  /** undefined = no block */
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
  entries: { at: number; source: string; usable: boolean; system: string; code: string }[];
}

export interface MapSyntax {
  file: string;
  text: string;
  url?: string;
  name?: string;
  uses: { at: number; url: string; alias?: string; mode: string }[];
  imports: { at: number; url: string }[];
  constants: { at: number; name: string; value: Expression }[];
  conceptMaps: ConceptMapSyntax[];
  groups: GroupSyntax[];
}

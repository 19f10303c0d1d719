import { randomUUID } from 'node:crypto';
import { elementOf, isKnownResourceType } from '../fhir/definitions.ts';
import type { JsonObject } from '../fhir/json.ts';
import { localTime } from '../fhir/local-time.ts';
import type { Zone } from '../fhir/local-time.ts';
import type { Position, Problem } from '../fhir/problem.ts';
import { codeTables } from './code-tables.ts';
import { compileConstants } from './compile-constants.ts';
import { compileGroup, declareGroup } from './compile-group.ts';
import type { GroupPlan, MapPlan } from './compile-group.ts';
import { ledgerOf } from './ledger.ts';
import { MapUnit } from './map-unit.ts';
import { parseMap } from './parse-map.ts';
import { pruneNode } from './prune-node.ts';
import { newFrame, RunState, RunStop } from './run-state.ts';
import { SourceField } from './source-field.ts';
import { TargetPlace } from './target-place.ts';
import type { CodeTable, CompiledMap, MapFile, MapResult } from './types.ts';

export interface CompileInput {
  entry: MapFile;
  /** maps that `imports` may name by their URL */
  imports: MapFile[];
  tables: CodeTable[];
  /** IANA zone of local times in the source: Europe/London */
  zone: string;
  /** rule firings one record may use; default 100,000 */
  maxSteps?: number;
  /** false leaves the ledger empty */
  ledger?: boolean;
  /** for uuid(), reference() and pointer(); default: random */
  newId?: () => string;
}

type Compiled = { map: CompiledMap; warnings: Problem[] } | { problems: Problem[] };

/**
 * Compiles a map of the FHIR Mapping Language (https://hl7.org/fhir/R4/mapping-language.html and its later editions) into
 * closures. `loadDefinitions()` must have run. All mistakes of all texts are reported together.
 *
 * What authors can rely on:
 *
 *     map "https://…/StructureMap/x" = "X"
 *     imports "https://…/StructureMap/common"       // groups of direct imports; * is a wildcard
 *     let system = 'https://…';                     // constant
 *
 *     group Main(source src, target bundle : Bundle) {
 *       src -> bundle.entry as e, e.resource = create('Patient') as p then Person(src, p);
 *     }
 *     group Person(source src, target p : Patient) {
 *       src.person.PID as pid then {                // a rule runs once for each element it finds, `then { }` nests
 *         pid.f5.c1 as v -> p.name as n, n.family = v;          // paths may be deep; a list element is appended to
 *         pid.f7.c1 as v -> p.birthDate = toDate(v, 'hl7');
 *         pid.f8.c1 as v -> p.gender = translate(v, '#gender', 'code');
 *         pid.f3 as x where (x.c5 = 'NH') -> p.identifier = id(system, (x.c1));
 *       };
 *       src.note where ($this.length() > 3) -> p.active = true "rule name";
 *     }
 *
 * Sources: `ctx.path : type 0..1 default (expr) first|not_first|last|not_last|only_one as v where (…) check (…) log (…)`;
 * several with commas run for every combination. The focus of where, check and log is the element itself (`$this`); a
 * variable of the same name as a child of it needs `%v`. The list mode and the cardinality count all elements of the
 * whole path. Targets: `ctx.path = transform as v first|share label|single`. Without a transform a node is made (list:
 * a new one; single: the one there). A value that is missing sets nothing, and its variable stays unbound.
 *
 * Values: a variable, a literal, `(FHIRPath)`, or a transform: create('Type') copy(v) truncate(s, n) escape(s, from, to)
 * cast(v, 'type') append(a, b, …) translate(v, '#table', 'code'|'system'|'display'|'Coding'|'CodeableConcept')
 * cc(system, code, display?) cc(text) c(system, code, display?) id(system, value, type?) cp(system?, value)
 * qty(text) qty(value, unit, system?, code?) reference(resource) pointer(resource) uuid() evaluate(ctx, expr)
 * toDate(v, format?) toDateTime(v, format?) toTime(v, format?). Arguments are variables, literals or FHIRPath.
 * Formats: 'hl7', 'iso' (default), or a pattern such as 'dd/MM/yyyy[ HH:mm]'. cast(v, 'decimal') keeps every digit.
 * Text of a JSON source is never converted silently: a boolean or number element needs cast.
 */
export function compileMap(input: CompileInput): Compiled {
  if (!elementOf('Patient', 'name')) throw new Error('loadDefinitions() must run before compileMap()');
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const entry = new MapLoader(input, problems, warnings).load(input.entry);
  if (problems.length > 0) return { problems };
  const main = checkEntry(entry, entry.unit);
  compileBodies(entry, new Set(), { zone: localTime(input.zone), newId: input.newId ?? randomUUID });
  if (problems.length > 0 || !main) return { problems };
  return { map: { run: runner(main, input) }, warnings };
}

/** Reads maps and what they import, each once. */
class MapLoader {
  private readonly input: CompileInput;
  private readonly problems: Problem[];
  private readonly warnings: Problem[];
  private readonly loaded = new Map<MapFile, MapPlan>();
  private readonly parsed = new Map<MapFile, ReturnType<typeof parseMap>>();

  constructor(input: CompileInput, problems: Problem[], warnings: Problem[]) {
    this.input = input;
    this.problems = problems;
    this.warnings = warnings;
  }

  load(file: MapFile): MapPlan {
    const known = this.loaded.get(file);
    if (known) return known;
    const { syntax, problems, warnings } = this.parse(file);
    this.problems.push(...problems);
    this.warnings.push(...warnings);
    const unit = new MapUnit(syntax, this.problems, this.warnings);
    const plan: MapPlan = { unit, groups: new Map(), imports: [], constants: compileConstants(unit), tables: codeTables(this.input.tables, syntax) };
    this.loaded.set(file, plan);
    for (const group of syntax.groups) {
      if (plan.groups.has(group.name)) unit.report(group.at, 'duplicate', `The group ${group.name} is declared twice`);
      plan.groups.set(group.name, declareGroup(group, plan));
    }
    for (const { at, url } of syntax.imports) {
      const found = this.input.imports.filter((other) => other !== file && matches(this.parse(other).syntax.url, url));
      if (found.length === 0) unit.report(at, 'unknown-import', `No known map has the URL ${url}`);
      for (const other of found) plan.imports.push(this.load(other));
    }
    return plan;
  }

  private parse(file: MapFile): ReturnType<typeof parseMap> {
    const known = this.parsed.get(file);
    if (known) return known;
    const parsed = parseMap(file);
    this.parsed.set(file, parsed);
    return parsed;
  }
}

/** One `*` stands for anything. */
function matches(url: string | undefined, pattern: string): boolean {
  const star = pattern.indexOf('*');
  if (url === undefined || star === -1) return url === pattern;
  const start = pattern.slice(0, star);
  const end = pattern.slice(star + 1);
  return url.length >= start.length + end.length && url.startsWith(start) && url.endsWith(end);
}

/** The first group is where a record enters: one source and one target, a Bundle (or a single resource). */
function checkEntry(entry: MapPlan, unit: MapUnit): GroupPlan | undefined {
  const [first] = entry.groups.values();
  if (!first) return undefined;
  const [source, target] = first.parameters;
  const isFit = first.parameters.length === 2 && source?.mode === 'source' && target?.mode === 'target' && target.type !== undefined && isKnownResourceType(target.type);
  if (isFit) return first;
  unit.report(first.syntax.at, 'map-entry', 'The first group takes (source src, target bundle : Bundle)');
  return undefined;
}

function compileBodies(plan: MapPlan, done: Set<MapPlan>, context: { zone: Zone; newId: () => string }): void {
  if (done.has(plan)) return;
  done.add(plan);
  for (const group of plan.groups.values()) compileGroup(group, context);
  for (const other of plan.imports) compileBodies(other, done, context);
}

function runner(main: GroupPlan, input: CompileInput): (source: JsonObject) => MapResult {
  const root = new SourceField('');
  const type = main.parameters[1]?.type ?? 'Bundle';
  const place = new TargetPlace(type, type);
  const [sourceSlot, targetSlot] = main.parameters.map((parameter) => parameter.slot);
  const at = main.map.unit.position(main.syntax.at);
  let runs = 0;
  return (source) => {
    runs += 1;
    const run = new RunState(runs, input.maxSteps ?? 100_000);
    const target: JsonObject = { resourceType: type };
    const frame = newFrame();
    frame.values[sourceSlot ?? 0] = source;
    frame.fields[sourceSlot ?? 0] = root;
    frame.values[targetSlot ?? 1] = target;
    frame.places[targetSlot ?? 1] = place;
    const resources = attempt(() => {
      main.run(frame, run);
      return resourcesOf(target);
    }, run, at);
    const ledger = input.ledger === false ? [] : ledgerOf(source, root, runs);
    return { resources, ledger, log: run.log, unmapped: run.unmapped, problems: run.problems };
  };
}

/** A record that uses up its budget, or is too deep for the stack, ends with a problem and without resources. */
function attempt(work: () => JsonObject[], run: RunState, at: Position): JsonObject[] {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) run.fail('map-budget', 'This record is nested too deeply', at, undefined);
    else if (!(error instanceof RunStop)) throw error;
    return [];
  }
}

function resourcesOf(target: JsonObject): JsonObject[] {
  if (target['resourceType'] !== 'Bundle') {
    pruneNode(target);
    return [target];
  }
  const resources: JsonObject[] = [];
  for (const entry of Array.isArray(target['entry']) ? target['entry'] : []) {
    const resource = (entry as JsonObject)['resource'];
    if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) continue;
    pruneNode(resource);
    resources.push(resource);
  }
  return resources;
}

import { randomUUID } from 'node:crypto';
import { elementOf, isKnownResourceType } from '../fhir/definitions.ts';
import { localTime } from '../fhir/local-time.ts';
import type { Zone } from '../fhir/local-time.ts';
import type { Problem } from '../fhir/problem.ts';
import { rememberRecent } from '../fhir/remember-recent.ts';
import { codeTables } from './code-tables.ts';
import { compileConstants } from './compile-constants.ts';
import { compileGroup, declareGroup } from './compile-group.ts';
import type { GroupPlan, MapPlan } from './compile-group.ts';
import { MapUnit } from './map-unit.ts';
import { parseFile } from './parse-file.ts';
import type { ParsedMap } from './parse-map.ts';
import { recordRunner } from './run-record.ts';
import type { RunOptions } from './run-record.ts';
import type { CodeTable, CompiledMap, MapFile, NamedTarget } from './types.ts';

export interface CompileInput extends RunOptions {
  entry: MapFile;
  /** maps that `imports` may name by their URL */
  imports: MapFile[];
  tables: CodeTable[];
  /** IANA zone of local times in the source: Europe/London */
  zone: string;
  /** for uuid(), reference() and pointer(); default: random */
  newId?: () => string;
}

type Compiled = { map: CompiledMap; warnings: Problem[] } | { problems: Problem[] };

/**
 * Compiles a map of the FHIR Mapping Language (https://hl7.org/fhir/R4/mapping-language.html and its later editions) into
 * closures. `loadDefinitions()` must have run. All mistakes of all texts are reported together.
 * What authors can rely on is told in docs/mapping-language.md.
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
  return { map: { targets: targetsOf(entry), run: recordRunner(main, input) }, warnings };
}

/** Parts, kinds and partners share maps; what a parse finds depends on nothing but the file. */
const parsedFiles = rememberRecent<ParsedMap>(200);

/** Reads maps and what they import, each once. */
class MapLoader {
  private readonly input: CompileInput;
  private readonly problems: Problem[];
  private readonly warnings: Problem[];
  private readonly loaded = new Map<MapFile, MapPlan>();

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

  private parse(file: MapFile): ParsedMap {
    return parsedFiles(`${file.file}\n${file.text}`, () => parseFile(file));
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

function targetsOf(plan: MapPlan, done = new Set<MapPlan>()): NamedTarget[] {
  if (done.has(plan)) return [];
  done.add(plan);
  const own = [...plan.unit.targets].sort(([a], [b]) => a - b).map(([, target]) => target);
  return [...own, ...plan.imports.flatMap((other) => targetsOf(other, done))];
}

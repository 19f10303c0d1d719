import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import type { Problem } from '../../src/fhir/problem.ts';
import { compileMap } from '../../src/mapping/compile-map.ts';
import type { CompileInput } from '../../src/mapping/compile-map.ts';
import type { CompiledMap, LedgerEntry } from '../../src/mapping/types.ts';

/** A whole map around rules that fill one resource. */
export function mapOf(rules: string, type = 'Patient', before = '', after = ''): string {
  return `map "https://test.example/map" = "Test"\n${before}\ngroup Main(source src, target tgt : ${type}) {\n${rules}\n}\n${after}`;
}

export type Options = Partial<Omit<CompileInput, 'entry' | 'imports'>> & { imports?: string[] };

export function tryCompile(text: string, options: Options = {}): ReturnType<typeof compileMap> {
  loadDefinitions();
  const { imports = [], ...rest } = options;
  const files = imports.map((other, index) => ({ file: `import-${index}.map`, text: other }));
  return compileMap({ entry: { file: 'test.map', text }, tables: [], zone: 'Europe/London', ...rest, imports: files });
}

export function compiled(text: string, options: Options = {}): CompiledMap {
  const result = tryCompile(text, options);
  if ('problems' in result) throw new Error(result.problems.map((problem) => `${problem.at?.line}:${problem.at?.column} ${problem.text}`).join('\n'));
  return result.map;
}

export interface Outcome {
  /** the first resource as it would be stored */
  resource: unknown;
  resources: unknown[];
  problems: Problem[];
  codes: string[];
  log: string[];
  ledger: LedgerEntry[];
}

export function runMap(text: string, source: JsonObject, options: Options = {}): Outcome {
  const result = compiled(text, options).run(source);
  const resources = result.resources.map((resource): unknown => JSON.parse(JSON.stringify(resource)));
  return { resource: resources[0], resources, problems: result.problems, codes: result.problems.map((problem) => problem.code), log: result.log, ledger: result.ledger };
}

/** Codes of what keeps a map from compiling, with line and column. */
export function compileProblems(text: string, options: Options = {}): string[] {
  const result = tryCompile(text, options);
  return 'problems' in result ? result.problems.map((problem) => `${problem.code} ${problem.at?.line}:${problem.at?.column}`) : [];
}

import type { Position, Problem } from '../fhir/problem.ts';
import type { MapSyntax } from './map-syntax.ts';
import type { NamedTarget } from './types.ts';
import { mapPosition, mapProblem } from './text-position.ts';

/** Thrown while compiling to give up on one rule or group; its problem is already recorded. */
export class CompileStop extends Error {}

/** One map text being compiled, with what was found wrong in it. */
export class MapUnit {
  readonly syntax: MapSyntax;
  readonly problems: Problem[];
  readonly warnings: Problem[];
  readonly targets = new Map<number, NamedTarget>();

  constructor(syntax: MapSyntax, problems: Problem[], warnings: Problem[]) {
    this.syntax = syntax;
    this.problems = problems;
    this.warnings = warnings;
  }

  /** Whether its sources are of FHIR's own types, in which a choice is named without its branch. */
  get readsFhir(): boolean {
    return this.syntax.uses.some(({ mode, url }) => mode === 'source' && url.startsWith('http://hl7.org/fhir/StructureDefinition/'));
  }

  /** Notes a target that is given a value, once however often it is compiled. */
  nameTarget(offset: number, path: string, rule: string | undefined): void {
    this.targets.set(offset, { path, at: this.position(offset), ...(rule === undefined ? {} : { rule }) });
  }

  position(offset: number): Position {
    return mapPosition(this.syntax, offset);
  }

  report(offset: number, code: string, text: string, fix?: string): void {
    this.problems.push(mapProblem(this.syntax, offset, code, text, fix));
  }

  fail(offset: number, code: string, text: string, fix?: string): never {
    this.report(offset, code, text, fix);
    throw new CompileStop();
  }

  warn(offset: number, code: string, text: string): void {
    this.warnings.push({ ...mapProblem(this.syntax, offset, code, text), severity: 'warning' });
  }
}

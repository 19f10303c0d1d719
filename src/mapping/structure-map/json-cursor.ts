import { isJsonObject } from '../../fhir/json.ts';
import type { Json } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';

/** What a reading of a JSON resource found wrong, by RFC 6901 pointer. */
export interface JsonReport {
  file: string;
  problems: Problem[];
}

/** A place in a JSON resource. Reading what is not there gives nothing; reading what is of the wrong kind is reported. */
export class JsonCursor {
  readonly value: Json | undefined;
  readonly pointer: string;
  private readonly report: JsonReport;
  private readonly code: string;

  constructor(value: Json | undefined, report: JsonReport, pointer = '', code = 'map-syntax') {
    this.value = value;
    this.report = report;
    this.pointer = pointer;
    this.code = code;
  }

  member(name: string): JsonCursor {
    const value = isJsonObject(this.value) && Object.hasOwn(this.value, name) ? this.value[name] : undefined;
    return new JsonCursor(value, this.report, `${this.pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, this.code);
  }

  /** the elements of a list; none when it is absent */
  items(name: string): JsonCursor[] {
    const list = this.member(name);
    if (list.value === undefined) return [];
    if (!Array.isArray(list.value)) return list.wrong('a list');
    return list.value.map((item, index) => new JsonCursor(item, this.report, `${list.pointer}/${index}`, this.code));
  }

  /** the text of a member */
  text(name: string): string | undefined {
    const { value } = this.member(name);
    if (value === undefined || typeof value === 'string') return value;
    this.member(name).wrong('a text');
    return undefined;
  }

  needed(name: string): string {
    const text = this.text(name);
    if (text === undefined) this.problem(`The member ${name} is missing`);
    return text ?? '';
  }

  /** Reports what this is not; the answer is an empty list of anything. */
  wrong(expected: string): never[] {
    this.problem(`This must be ${expected}`);
    return [];
  }

  /** Members nobody reads would change what a map means without a word. */
  only(...names: string[]): void {
    if (!isJsonObject(this.value)) {
      this.wrong('an object');
      return;
    }
    const known = new Set([...names, 'id', 'extension']);
    for (const name of Object.keys(this.value)) {
      if (!known.has(name) && !(name.startsWith('_') && known.has(name.slice(1)))) this.member(name).problem(`The member ${name} is not read here`);
    }
  }

  problem(text: string): void {
    const { file, problems } = this.report;
    if (problems.length < 100) problems.push({ category: 'invalid', code: this.code, text, at: { file, pointer: this.pointer }, severity: 'error' });
  }
}

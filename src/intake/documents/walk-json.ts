import type { Json, JsonObject } from '../../fhir/json.ts';

export type JsonVisit = (value: Json, path: readonly (string | number)[], start: number, end: number) => void;

/**
 * Tells where every value of a JSON text stands: its offsets, its path, and the same value in the parsed tree. Inner values
 * come before the one they are in. Recursive: only for text that passed `scanJson`, which limits depth.
 */
export function walkJson(text: string, parsed: Json, visit: JsonVisit): void {
  new JsonWalker(text, visit).value(parsed, []);
}

class JsonWalker {
  private readonly text: string;
  private readonly visit: JsonVisit;
  private at = 0;

  constructor(text: string, visit: JsonVisit) {
    this.text = text;
    this.visit = visit;
  }

  value(value: Json, path: (string | number)[]): void {
    const mark = this.next();
    const start = this.at;
    if (mark === '{') this.members(value as JsonObject, path);
    else if (mark === '[') this.elements(value as Json[], path);
    else if (mark === '"') this.string();
    else this.word();
    this.visit(value, path, start, this.at);
  }

  private members(value: JsonObject, path: (string | number)[]): void {
    this.at += 1;
    while (this.next() !== '}') {
      const key = this.string();
      path.push(key);
      this.value(value[key] ?? null, path);
      path.pop();
    }
    this.at += 1;
  }

  private elements(value: Json[], path: (string | number)[]): void {
    this.at += 1;
    for (let index = 0; this.next() !== ']'; index += 1) {
      path.push(index);
      this.value(value[index] ?? null, path);
      path.pop();
    }
    this.at += 1;
  }

  private string(): string {
    const start = this.at;
    this.at += 1;
    while (this.text[this.at] !== '"') this.at += this.text[this.at] === '\\' ? 2 : 1;
    this.at += 1;
    return JSON.parse(this.text.slice(start, this.at)) as string;
  }

  private word(): void {
    while (!',:]} \n\r\t'.includes(this.text[this.at] ?? ',')) this.at += 1;
  }

  /** The next mark that is not white space, a comma or a colon. */
  private next(): string | undefined {
    while (' \n\r\t,:'.includes(this.text[this.at] ?? '!')) this.at += 1;
    return this.text[this.at];
  }
}

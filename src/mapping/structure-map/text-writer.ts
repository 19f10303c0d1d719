import type { TextPart } from '../map-syntax.ts';
import type { JsonCursor } from './json-cursor.ts';

/** Writes the text of a map and remembers from which place of the resource each part came. */
export class TextWriter {
  text = '';
  readonly parts: TextPart[] = [];
  private indent = '';

  write(text: string): void {
    this.text += text;
  }

  line(text = ''): void {
    this.text += `${this.indent}${text}\n`;
  }

  /** `write` puts down what stands at `place`. */
  part(place: JsonCursor, write: () => void): void {
    const part = { from: this.text.length, to: this.text.length, pointer: place.pointer };
    this.parts.push(part);
    write();
    part.to = this.text.length;
  }

  startLine(): void {
    this.text += this.indent;
  }

  /** Parts with a separator between them. */
  list(places: JsonCursor[], separator: string, write: (place: JsonCursor) => void): void {
    for (const [index, place] of places.entries()) {
      if (index > 0) this.write(separator);
      this.part(place, () => { write(place); });
    }
  }

  block(write: () => void): void {
    const outer = this.indent;
    this.indent += '  ';
    write();
    this.indent = outer;
  }

  comment(text: string | undefined): void {
    for (const line of text?.split(/\r\n|\r|\n/) ?? []) this.line(`// ${line}`.trimEnd());
  }
}

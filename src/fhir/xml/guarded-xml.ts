import { SaxesParser, type SaxesTagNS } from 'saxes';
import { Refusal, type Problem } from '../problem.ts';
import { textLines, type TextLines } from '../text-lines.ts';

export interface XmlLimits {
  /** levels of elements */
  depth: number;
  elements: number;
  /** of one element, declarations of namespaces among them */
  attributes: number;
  /** characters */
  nameLength: number;
}

/** What is made of a document, piece by piece. */
export interface XmlPieces {
  /** `start` is the offset of its `<` */
  element: (tag: SaxesTagNS, start: number) => void;
  /** `end` is the offset after its `>` */
  end: (end: number) => void;
  text: (piece: string) => void;
}

/** Declarations of namespaces, and where a schema might be found, which is never fetched: they say nothing of their own. */
export function isDeclaration({ uri, local }: { uri: string; local: string }): boolean {
  return uri === 'http://www.w3.org/2000/xmlns/' || local === 'xmlns' || (uri === 'http://www.w3.org/2001/XMLSchema-instance' && local.endsWith('chemaLocation'));
}

/**
 * Reads XML 1.0 (lines ending in a line feed). It has no way to reach a file or an address: a document type declaration is
 * refused, and with it every entity but the five of XML and numbered characters; processing instructions and comments are
 * passed over. Throws a `Refusal` with line and column, and never with a value, for what is not well-formed, a declared
 * encoding other than UTF-8 and all beyond `limits`.
 */
export class GuardedXml {
  readonly lines: TextLines;
  private readonly text: string;
  private readonly limits: XmlLimits;
  private readonly parser = new SaxesParser({ xmlns: true });
  private depth = 0;
  private elements = 0;
  private attributes = 0;
  private start = 0;

  constructor(text: string, limits: XmlLimits) {
    this.text = text;
    this.limits = limits;
    this.lines = textLines(text);
  }

  read(pieces: XmlPieces): void {
    const { parser } = this;
    parser.on('error', ({ message }) => { throw this.problem('xml-syntax', `The file is not well-formed XML: ${reasonOf(message)}.`, { fix: 'Export the document again with a tool that writes XML.' }); });
    parser.on('doctype', () => { throw this.problem('xml-doctype', 'The file has a document type declaration (DOCTYPE).', { expected: 'no DOCTYPE and no entities of its own', fix: 'Leave the declaration out and write the text of every entity.' }); });
    parser.on('xmldecl', ({ version, encoding }) => this.declared(version, encoding));
    parser.on('opentagstart', ({ name }) => this.begin(name));
    parser.on('attribute', ({ name }) => this.count(name));
    parser.on('opentag', (tag) => pieces.element(tag, this.start));
    parser.on('closetag', () => {
      this.depth -= 1;
      pieces.end(parser.position);
    });
    parser.on('text', (piece) => pieces.text(piece));
    parser.on('cdata', (piece) => pieces.text(piece));
    parser.write(this.text).close();
  }

  /** At the place that is being read. */
  problem(code: string, text: string, { category = 'malformed', pointer, ...more }: { category?: Problem['category']; expected?: string; fix?: string; pointer?: string } = {}): Refusal {
    const at = { ...this.lines.placeAt(Math.min(this.parser.position, this.text.length)), ...(pointer !== undefined && { pointer }) };
    return new Refusal({ category, code, text, at, ...more });
  }

  checkLength(name: string): void {
    if (name.length > this.limits.nameLength) throw this.problem('xml-name-too-long', 'The name of an element or attribute is longer than is accepted.', { expected: `at most ${this.limits.nameLength} characters` });
  }

  private declared(version: string | undefined, encoding: string | undefined): void {
    if (version !== undefined && version !== '1.0') throw this.problem('xml-version', 'The file declares a version of XML that is not read.', { expected: '1.0' });
    if (encoding !== undefined && encoding.toUpperCase() !== 'UTF-8') throw this.problem('encoding', 'The file declares an encoding other than UTF-8.', { expected: 'UTF-8', fix: 'Set the export to UTF-8 and send the file again.' });
  }

  /** Called when the name and the mark after it have been read. */
  private begin(name: string): void {
    const { elements, depth } = this.limits;
    this.start = this.parser.position - name.length - 2;
    this.elements += 1;
    this.depth += 1;
    this.attributes = 0;
    if (this.elements > elements) throw this.problem('xml-too-many-elements', 'The file holds more elements than are accepted.', { category: 'too-large', expected: `at most ${elements} elements`, fix: 'Send it in several files.' });
    if (this.depth > depth) throw this.problem('xml-too-deep', 'The elements are nested deeper than is accepted.', { expected: `at most ${depth} levels` });
    this.checkLength(name);
  }

  private count(name: string): void {
    this.attributes += 1;
    if (this.attributes > this.limits.attributes) throw this.problem('xml-too-many-attributes', 'An element has more attributes than are accepted.', { expected: `at most ${this.limits.attributes} attributes` });
    this.checkLength(name);
  }
}

/** `1:6: unclosed tag: name` → `unclosed tag`: a name is the sender's, and may be anything. */
function reasonOf(message: string): string {
  return message.replace(/^\d+:\d+: /, '').replace(/[:.].*$/s, '');
}

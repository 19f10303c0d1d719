import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from 'saxes';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { textLines, type TextLines } from './text-lines.ts';

export const xmlLimits = { depth: 64, elements: 500_000, attributes: 64, nameLength: 128 };

const xmlns = 'http://www.w3.org/2000/xmlns/';
const instance = 'http://www.w3.org/2001/XMLSchema-instance';
const xml = 'http://www.w3.org/XML/1998/namespace';
const textName = 'xmlText';
const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * What a map reads of an XML document. The tree has one member, named as the root element. An element is an object: its
 * child elements under their local names, always as lists; its attributes under theirs, as strings; its own text, trimmed,
 * as `xmlText`. Namespaces are checked and then left out, so a name must come from one of them only within its element.
 */
export interface XmlTree {
  tree: JsonObject;
  /** offset of each element's `<` in the text */
  starts: ReadonlyMap<Json, number>;
  lines: TextLines;
}

/**
 * Reads XML 1.0 (lines ending in a line feed). It has no way to reach a file or an address: a document type declaration is
 * refused, and with it every entity but the five of XML and numbered characters; processing instructions and comments are
 * passed over, XInclude is an element of a namespace no schema lists. Refused with line and column, never with a value:
 * what is not well-formed, a declared encoding other than UTF-8, names and namespaces not agreed, and all beyond `xmlLimits`.
 */
export function parseXml(text: string, namespaces: readonly string[]): XmlTree | { problem: Problem } {
  const reader = new XmlReader(text, new Set(namespaces));
  try {
    return reader.read();
  } catch (error) {
    if (error instanceof Refusal && error.problems[0]) return { problem: error.problems[0] };
    throw error;
  }
}

interface OpenElement {
  node: JsonObject;
  /** where each name of the node comes from: two sources of one name could not be told apart */
  origins: Map<string, string>;
  texts: string[];
}

class XmlReader {
  private readonly text: string;
  private readonly lines: TextLines;
  private readonly namespaces: ReadonlySet<string>;
  private readonly starts = new Map<Json, number>();
  private readonly parser = new SaxesParser({ xmlns: true });
  private readonly open: OpenElement[] = [{ node: {}, origins: new Map(), texts: [] }];
  private elements = 0;
  private attributes = 0;
  private start = 0;

  constructor(text: string, namespaces: ReadonlySet<string>) {
    this.text = text;
    this.lines = textLines(text);
    this.namespaces = namespaces;
  }

  read(): XmlTree {
    const { parser } = this;
    parser.on('error', ({ message }) => { throw this.problem('xml-syntax', `The file is not well-formed XML: ${reasonOf(message)}.`, { fix: 'Export the document again with a tool that writes XML.' }); });
    parser.on('doctype', () => { throw this.problem('xml-doctype', 'The file has a document type declaration (DOCTYPE).', { expected: 'no DOCTYPE and no entities of its own', fix: 'Leave the declaration out and write the text of every entity.' }); });
    parser.on('xmldecl', ({ version, encoding }) => this.declared(version, encoding));
    parser.on('opentagstart', ({ name }) => this.begin(name));
    parser.on('attribute', () => this.count());
    parser.on('opentag', (tag) => this.element(tag));
    parser.on('closetag', () => this.close());
    parser.on('text', (piece) => this.open.at(-1)?.texts.push(piece));
    parser.on('cdata', (piece) => this.open.at(-1)?.texts.push(piece));
    parser.write(this.text).close();
    return { tree: this.open[0]?.node ?? {}, starts: this.starts, lines: this.lines };
  }

  private declared(version: string | undefined, encoding: string | undefined): void {
    if (version !== undefined && version !== '1.0') throw this.problem('xml-version', 'The file declares a version of XML that is not read.', { expected: '1.0' });
    if (encoding !== undefined && encoding.toUpperCase() !== 'UTF-8') throw this.problem('encoding', 'The file declares an encoding other than UTF-8.', { expected: 'UTF-8', fix: 'Set the export to UTF-8 and send the file again.' });
  }

  /** Called when the name and the mark after it have been read. */
  private begin(name: string): void {
    this.start = this.parser.position - name.length - 2;
    this.elements += 1;
    this.attributes = 0;
    if (this.elements > xmlLimits.elements) throw this.problem('xml-too-many-elements', 'The file holds more elements than are accepted.', { category: 'too-large', expected: `at most ${xmlLimits.elements} elements`, fix: 'Send it in several files.' });
    if (this.open.length > xmlLimits.depth) throw this.problem('xml-too-deep', 'The elements are nested deeper than is accepted.', { expected: `at most ${xmlLimits.depth} levels` });
    this.checkLength(name);
  }

  private count(): void {
    this.attributes += 1;
    if (this.attributes > xmlLimits.attributes) throw this.problem('xml-too-many-attributes', 'An element has more attributes than are accepted.', { expected: `at most ${xmlLimits.attributes} attributes` });
  }

  private element({ local, uri, attributes }: SaxesTagNS): void {
    this.checkNamespace(uri);
    const node: JsonObject = {};
    this.starts.set(node, this.start);
    const parent = this.open.at(-1);
    if (parent) {
      this.claim(parent, local, uri);
      ((parent.node[local] ??= []) as Json[]).push(node);
    }
    const opened: OpenElement = { node, origins: new Map(), texts: [] };
    for (const attribute of Object.values(attributes)) this.attribute(opened, attribute);
    this.open.push(opened);
  }

  /** Declarations of namespaces, and where a schema might be found, say nothing about a person; the latter is never fetched. */
  private attribute(opened: OpenElement, { uri, local, value }: SaxesAttributeNS): void {
    this.checkLength(local);
    if (uri === xmlns || local === 'xmlns' || (uri === instance && local.endsWith('chemaLocation'))) return;
    if (uri !== '' && uri !== instance && uri !== xml) this.checkNamespace(uri);
    this.claim(opened, local, `@${uri}`);
    opened.node[local] = value;
  }

  private close(): void {
    const closed = this.open.pop();
    const text = closed?.texts.join('').trim() ?? '';
    this.open.at(-1)?.texts.push(' ');
    if (!closed || text === '') return;
    this.claim(closed, textName, '#text');
    closed.node[textName] = text;
  }

  private claim({ origins }: OpenElement, name: string, origin: string): void {
    if (forbiddenNames.has(name)) throw this.problem('xml-forbidden-name', 'An element or attribute has a name that is never accepted.', { expected: 'no name __proto__, constructor or prototype' });
    const standing = origins.get(name) ?? origin;
    if (standing !== origin) throw this.problem('xml-name-ambiguous', 'Two things of one name stand in one element, from different namespaces or as element and attribute.', { fix: 'Send only what the feed\'s schema names.' });
    origins.set(name, origin);
  }

  private checkLength(name: string): void {
    if (name.length > xmlLimits.nameLength) throw this.problem('xml-name-too-long', 'The name of an element or attribute is longer than is accepted.', { expected: `at most ${xmlLimits.nameLength} characters` });
  }

  private checkNamespace(uri: string): void {
    if (this.namespaces.has(uri)) return;
    throw this.problem('xml-namespace', 'An element or attribute is of a namespace this feed does not use.', { expected: [...this.namespaces].map((each) => each || 'none').join(', '), fix: 'Send only what the feed\'s schema names, or have the schema extended.' });
  }

  private problem(code: string, text: string, { category = 'malformed', ...more }: { category?: Problem['category']; expected?: string; fix?: string }): Refusal {
    const at = this.lines.placeAt(Math.min(this.parser.position, this.text.length));
    return new Refusal({ category, code, text, at, ...more });
  }
}

/** `1:6: unclosed tag: name` → `unclosed tag`: a name is the sender's, and may be anything. */
function reasonOf(message: string): string {
  return message.replace(/^\d+:\d+: /, '').replace(/[:.].*$/s, '');
}

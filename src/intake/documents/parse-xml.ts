import type { SaxesAttributeNS, SaxesTagNS } from 'saxes';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { TextLines } from '../../fhir/text-lines.ts';
import { GuardedXml, isDeclaration } from '../../fhir/xml/guarded-xml.ts';

export const xmlLimits = { depth: 64, elements: 500_000, attributes: 64, nameLength: 128 };

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
 * Reads XML 1.0 (lines ending in a line feed) as `GuardedXml` does; XInclude is an element of a namespace no schema lists.
 * Refused besides, with line and column and never with a value: names and namespaces not agreed.
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

/** Whether an attribute of this namespace may stand in every document: it has none, or one of XML's own. */
export function isOwnNamespace(uri: string): boolean {
  return uri === '' || uri === instance || uri === xml;
}

interface OpenElement {
  node: JsonObject;
  /** where each name of the node comes from: two sources of one name could not be told apart */
  origins: Map<string, string>;
  texts: string[];
}

class XmlReader {
  private readonly xml: GuardedXml;
  private readonly namespaces: ReadonlySet<string>;
  private readonly starts = new Map<Json, number>();
  private readonly open: OpenElement[] = [{ node: {}, origins: new Map(), texts: [] }];

  constructor(text: string, namespaces: ReadonlySet<string>) {
    this.xml = new GuardedXml(text, xmlLimits);
    this.namespaces = namespaces;
  }

  read(): XmlTree {
    this.xml.read({ element: (tag, start) => this.element(tag, start), end: () => this.close(), text: (piece) => this.open.at(-1)?.texts.push(piece) });
    return { tree: this.open[0]?.node ?? {}, starts: this.starts, lines: this.xml.lines };
  }

  private element({ local, uri, attributes }: SaxesTagNS, start: number): void {
    this.checkNamespace(uri);
    const node: JsonObject = {};
    this.starts.set(node, start);
    const parent = this.open.at(-1);
    if (parent) {
      this.claim(parent, local, uri);
      ((parent.node[local] ??= []) as Json[]).push(node);
    }
    const opened: OpenElement = { node, origins: new Map(), texts: [] };
    for (const attribute of Object.values(attributes)) this.attribute(opened, attribute);
    this.open.push(opened);
  }

  private attribute(opened: OpenElement, { uri, local, value }: SaxesAttributeNS): void {
    if (isDeclaration({ uri, local })) return;
    if (!isOwnNamespace(uri)) this.checkNamespace(uri);
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
    if (forbiddenNames.has(name)) throw this.xml.problem('xml-forbidden-name', 'An element or attribute has a name that is never accepted.', { expected: 'no name __proto__, constructor or prototype' });
    const standing = origins.get(name) ?? origin;
    if (standing !== origin) throw this.xml.problem('xml-name-ambiguous', 'Two things of one name stand in one element, from different namespaces or as element and attribute.', { fix: 'Send only what the feed\'s schema names.' });
    origins.set(name, origin);
  }

  private checkNamespace(uri: string): void {
    if (this.namespaces.has(uri)) return;
    throw this.xml.problem('xml-namespace', 'An element or attribute is of a namespace this feed does not use.', { expected: [...this.namespaces].map((each) => each || 'none').join(', '), fix: 'Send only what the feed\'s schema names, or have the schema extended.' });
  }
}

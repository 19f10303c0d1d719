import type { SaxesAttributeNS, SaxesTagNS } from 'saxes';
import { isKnownResourceType } from '../definitions.ts';
import { membersOf, type ElementMember } from '../element-tree.ts';
import type { Json, JsonObject } from '../json.ts';
import { Refusal, type Problem } from '../problem.ts';
import { readPrimitive } from './read-primitive.ts';
import { GuardedXml, isDeclaration } from './guarded-xml.ts';

export interface XmlBodyLimits {
  maxBytes: number;
  /** levels of elements; default 64 */
  maxDepth?: number;
  /** default 200,000 */
  maxElements?: number;
}

const fhirNamespace = 'http://hl7.org/fhir';
const xhtmlNamespace = 'http://www.w3.org/1999/xhtml';

/**
 * Bytes from outside → one resource, the same value `readJson` makes of its JSON: numbers print as they came, narrative is
 * the text it was (R4, xml.html). Refused with line, column and element, and never with a value: more than `maxBytes`, text
 * that is not UTF-8, what `GuardedXml` refuses, and whatever base R4 does not define at its place. The order of elements is
 * not checked; what is left to check is what `validateResource` checks of JSON. `loadDefinitions` must have run.
 */
export function readXml(bytes: Uint8Array, limits: XmlBodyLimits): { value: JsonObject } | { problem: Problem } {
  if (bytes.byteLength > limits.maxBytes) return { problem: { category: 'too-large', code: 'xml-too-large', text: 'The body is larger than is accepted.', expected: `at most ${limits.maxBytes} bytes` } };
  const text = decode(bytes);
  if (text === undefined) return { problem: { category: 'malformed', code: 'encoding', text: 'The body is not UTF-8 text.', expected: 'UTF-8' } };
  try {
    return { value: new ResourceReader(text, limits).read() };
  } catch (error) {
    if (error instanceof Refusal && error.problems[0]) return { problem: error.problems[0] };
    throw error;
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch {
    return undefined;
  }
}

/** An element that is open. */
interface Frame {
  /** what its child elements become members of; of a primitive what stands beside its value */
  node: JsonObject;
  /** what `membersOf` takes; empty where one resource is awaited */
  at: string;
  /** of what it is a member; absent for a resource */
  member?: ElementMember;
  value?: Json;
  /** JSON pointer */
  pointer: string;
}

class ResourceReader {
  private readonly text: string;
  private readonly xml: GuardedXml;
  private readonly open: Frame[] = [];
  private root: JsonObject = {};
  /** the narrative being read: where it began, and how deep in it we are */
  private narrative = { start: 0, depth: 0 };

  constructor(text: string, { maxDepth = 64, maxElements = 200_000 }: XmlBodyLimits) {
    this.text = text;
    this.xml = new GuardedXml(text, { depth: maxDepth, elements: maxElements, attributes: 64, nameLength: 128 });
  }

  read(): JsonObject {
    this.xml.read({ element: (tag, start) => this.element(tag, start), end: (end) => this.end(end), text: (piece) => this.checkText(piece) });
    return this.root;
  }

  private element(tag: SaxesTagNS, start: number): void {
    const parent = this.open.at(-1);
    if (this.narrative.depth > 0) return this.inNarrative(tag);
    const member = parent === undefined || parent.at === '' ? undefined : membersOf(parent.at).get(tag.local);
    if (member?.form === 'xhtml') return this.beginNarrative(tag, start);
    if (tag.uri !== fhirNamespace) throw this.problem('xml-namespace', 'An element is not of the namespace of FHIR.', fhirNamespace);
    if (parent === undefined || parent.at === '') return this.beginResource(tag, parent);
    if (member === undefined || member.attribute) throw this.problem('xml-unexpected', 'There is no such element here in FHIR R4.', `an element of ${parent.at}`);
    this.beginMember(tag, member, parent);
  }

  private beginResource({ local, attributes }: SaxesTagNS, parent: Frame | undefined): void {
    if (!isKnownResourceType(local)) throw this.problem('xml-unexpected', 'An element does not name a resource type of FHIR R4.', 'a resource');
    if (parent?.value !== undefined) throw this.problem('xml-repeated', 'A second resource stands where one may be.', 'one resource');
    this.checkAttributes(attributes, []);
    const node: JsonObject = { resourceType: local };
    if (parent) parent.value = node;
    else this.root = node;
    this.open.push({ node, at: local, pointer: parent?.pointer ?? '' });
  }

  private beginMember({ attributes }: SaxesTagNS, member: ElementMember, { node, pointer: above }: Frame): void {
    const { name, list, form, type } = member;
    const given = node[name] ?? node[`_${name}`];
    if (given !== undefined && !list) throw this.problem('xml-repeated', 'An element is given twice that may be there once.', 'one');
    const pointer = `${above}/${name}${list ? `/${Array.isArray(given) ? given.length : 0}` : ''}`;
    const frame: Frame = { node: {}, at: form === 'primitive' ? 'Element' : form === 'resource' ? '' : member.at, member, pointer };
    this.open.push(frame);
    const own = [...membersOf(frame.at).values()].filter((each) => each.attribute).map((each) => each.name);
    for (const { local, value } of this.checkAttributes(attributes, form === 'primitive' ? [...own, 'value'] : own)) {
      if (local === 'value' && form === 'primitive') frame.value = this.primitive(type, value);
      else frame.node[local] = value;
    }
  }

  private primitive(type: string, text: string): Json {
    const read = readPrimitive(type, text);
    if (read === undefined) throw this.problem('xml-value', 'A value is empty or not written as its type asks.', type.startsWith('http') ? 'text' : type);
    return read;
  }

  /** Those that say something: each known here, and not empty. */
  private checkAttributes(attributes: SaxesTagNS['attributes'], known: readonly string[]): SaxesAttributeNS[] {
    const given = Object.values(attributes).filter((attribute) => !isDeclaration(attribute));
    if (given.some(({ uri, local }) => uri !== '' || !known.includes(local))) throw this.problem('xml-unexpected', 'There is no such attribute here in FHIR R4.', known.join(', ') || 'no attribute');
    if (given.some(({ value }) => value === '')) throw this.problem('xml-value', 'An attribute is empty.', 'a value, or no attribute');
    return given;
  }

  private end(at: number): void {
    if (this.narrative.depth > 0) return this.endNarrative(at);
    const closed = this.open.pop();
    const parent = this.open.at(-1);
    if (!closed || !parent) return;
    padLists(closed);
    if (closed.member) this.put(closed, closed.member, parent.node);
  }

  private put({ node, value }: Frame, { name, list, form }: ElementMember, parent: JsonObject): void {
    const beside = Object.keys(node).length > 0;
    if (value === undefined && (form === 'primitive' ? node['extension'] === undefined : !beside)) throw this.problem('xml-value', 'An element has neither a value nor anything in it.', 'a value, or no element');
    if (form !== 'primitive') return void (list ? ((parent[name] ??= []) as Json[]).push(value ?? node) : (parent[name] = value ?? node));
    if (!list) {
      if (value !== undefined) parent[name] = value;
      if (beside) parent[`_${name}`] = node;
      return;
    }
    const values = (parent[name] ??= []) as Json[];
    values.push(value ?? null);
    if (beside) ((parent[`_${name}`] ??= []) as Json[])[values.length - 1] = node;
  }

  private beginNarrative({ uri, prefix }: SaxesTagNS, start: number): void {
    if (uri !== xhtmlNamespace || prefix !== '') throw this.problem('xml-namespace', 'A narrative is not a division of XHTML without a prefix.', `<div xmlns="${xhtmlNamespace}">`);
    this.narrative = { start, depth: 1 };
  }

  private inNarrative({ uri }: SaxesTagNS): void {
    if (uri !== xhtmlNamespace) throw this.problem('xml-namespace', 'An element of a narrative is not XHTML.', xhtmlNamespace);
    this.narrative.depth += 1;
  }

  private endNarrative(end: number): void {
    this.narrative.depth -= 1;
    const frame = this.open.at(-1);
    if (this.narrative.depth > 0 || !frame) return;
    if (frame.node['div'] !== undefined) throw this.problem('xml-repeated', 'An element is given twice that may be there once.', 'one');
    frame.node['div'] = this.text.slice(this.narrative.start, end);
  }

  private checkText(piece: string): void {
    if (this.narrative.depth === 0 && piece.trim() !== '') throw this.problem('xml-unexpected', 'There is text between elements: values are attributes in FHIR.', 'value="…"');
  }

  private problem(code: string, text: string, expected: string): Refusal {
    const pointer = this.open.at(-1)?.pointer ?? '';
    return this.xml.problem(code, text, { expected, ...(pointer !== '' && { pointer }) });
  }
}

/** Lists of primitives and what stands beside them are equally long, with null where there is nothing; a list of nothing is none. */
function padLists({ node }: Frame): void {
  for (const [name, beside] of Object.entries(node)) {
    const values = name.startsWith('_') ? node[name.slice(1)] : undefined;
    if (!Array.isArray(beside) || !Array.isArray(values)) continue;
    node[name] = Array.from(values, (_, i) => beside[i] ?? null);
    if (values.every((value) => value === null)) delete node[name.slice(1)];
  }
}

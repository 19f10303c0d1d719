import { membersOf, type ElementMember } from '../element-tree.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { GuardedXml } from './guarded-xml.ts';

const fhirNamespace = 'http://hl7.org/fhir';
const xhtmlNamespace = 'http://www.w3.org/1999/xhtml';

/**
 * A resource as FHIR XML (R4, xml.html): elements in the order of the definitions, numbers as they were written, narrative
 * as it is. `indent` puts each element on a line of its own. Numbers are exact where `parseExact` made the value. A
 * character XML cannot hold becomes U+FFFD. Throws on a member R4 does not define: it would be lost, and nothing like it
 * is stored or composed. `loadDefinitions` must have run.
 */
export function writeXml(resource: JsonObject, { indent = false } = {}): string {
  const out = new XmlText(indent);
  writeResource(out, resource, ` xmlns="${fhirNamespace}"`);
  return out.text();
}

class XmlText {
  private readonly indent: boolean;
  private readonly parts: string[] = ['<?xml version="1.0" encoding="UTF-8"?>'];
  private level = 0;

  constructor(indent: boolean) {
    this.indent = indent;
  }

  text(): string {
    return this.parts.join('');
  }

  raw(text: string): void {
    this.parts.push(this.line(), text);
  }

  /** An element with what `inside` writes into it; without anything it closes itself. */
  element(name: string, attributes: string, inside: () => void): void {
    this.raw(`<${name}${attributes}`);
    const opened = this.parts.push('>');
    this.level += 1;
    inside();
    this.level -= 1;
    if (this.parts.length === opened) this.parts[opened - 1] = '/>';
    else this.raw(`</${name}>`);
  }

  private line(): string {
    return this.indent ? `\n${'  '.repeat(this.level)}` : '';
  }
}

function writeResource(out: XmlText, resource: JsonObject, namespace = ''): void {
  const type = typeof resource['resourceType'] === 'string' ? resource['resourceType'] : '';
  out.element(type, namespace, () => writeMembers(out, resource, type));
}

function writeMembers(out: XmlText, object: JsonObject, at: string): void {
  const members = membersOf(at);
  const unknown = Object.keys(object).find((name) => name !== 'resourceType' && !members.has(name.replace(/^_/, '')));
  if (unknown !== undefined) throw new Error('a member that is not defined cannot be written as XML');
  for (const member of members.values()) {
    if (member.attribute) continue;
    const values = listOf(object[member.name]);
    const beside = listOf(object[`_${member.name}`]);
    for (let i = 0; i < Math.max(values.length, beside.length); i += 1) writeOne(out, member, values[i] ?? null, beside[i] ?? null);
  }
}

function listOf(value: Json | undefined): Json[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function writeOne(out: XmlText, { name, form, at }: ElementMember, value: Json, beside: Json): void {
  if (form === 'xhtml') return out.raw(narrative(textOf(value)));
  if (form === 'resource') return out.element(name, '', () => writeResource(out, isJsonObject(value) ? value : {}));
  if (form === 'object') return writeObject(out, name, isJsonObject(value) ? value : {}, at);
  const own = isJsonObject(beside) ? beside : {};
  const attributes = `${attribute('id', own['id'])}${value === null ? '' : ` value="${escaped(textOf(value))}"`}`;
  out.element(name, attributes, () => writeMembers(out, own['extension'] === undefined ? {} : { extension: own['extension'] }, 'Element'));
}

function writeObject(out: XmlText, name: string, object: JsonObject, at: string): void {
  const attributes = [...membersOf(at).values()].filter((member) => member.attribute).map((member) => attribute(member.name, object[member.name])).join('');
  out.element(name, attributes, () => writeMembers(out, object, at));
}

function attribute(name: string, value: Json | undefined): string {
  return value === undefined || value === null ? '' : ` ${name}="${escaped(textOf(value))}"`;
}

/** A number that was kept exact prints as it was written. */
function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' };
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** For an attribute: white space in it is numbered, or a reader would make blanks of it. */
function escaped(text: string): string {
  return text.toWellFormed().replace(unwritable, '\ufffd').replace(/[&<>"\t\n\r]/g, (mark) => marks[mark] ?? mark);
}

/** As it stands where it is one well-formed `div` of XHTML; else its text, so that it cannot break the document around it. */
function narrative(text: string): string {
  return isDivision(text) ? text : `<div xmlns="${xhtmlNamespace}">${escaped(text)}</div>`;
}

function isDivision(text: string): boolean {
  const roots: boolean[] = [];
  let depth = 0;
  try {
    new GuardedXml(text, { depth: 64, elements: 100_000, attributes: 64, nameLength: 128 }).read({
      element: ({ local, uri }) => {
        if (depth === 0) roots.push(local === 'div' && uri === xhtmlNamespace);
        depth += 1;
      },
      end: () => { depth -= 1; },
      text: () => undefined,
    });
  } catch {
    return false;
  }
  return roots.length === 1 && roots[0] === true && text.startsWith('<div');
}

import { readFileSync } from 'node:fs';
import { SaxesParser } from 'saxes';
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import { sharedSamples } from '../shared-data.ts';

export const published = sharedSamples('fhir_test_cases/r4/patch/fhir-patch-tests.xml');

export interface PatchCase {
  name: string;
  input: JsonObject;
  diff: JsonObject;
  /** absent: it is refused */
  output?: JsonObject;
}

interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  /** from `<` to the end, as text */
  from: number;
  until: number;
}

const repeating = new Set(['identifier', 'contact', 'name', 'telecom', 'address', 'given', 'line', 'coding', 'extension', 'relationship', 'parameter', 'part']);

/** The cases HL7 publishes in XML, as JSON: only what these cases hold is understood. */
export function patchCases(): PatchCase[] {
  const text = readFileSync(published.path, 'utf8');
  const [tests] = parse(text);
  return (tests?.children ?? []).map((each) => {
    const part = (name: string): JsonObject | undefined => {
      const [resource] = each.children.find((child) => child.name === name)?.children ?? [];
      return resource && { resourceType: resource.name, ...elementOf(resource, text) };
    };
    const output = part('output');
    return { name: each.attributes['name'] ?? '', input: part('input') ?? {}, diff: part('diff') ?? {}, ...(output && { output }) };
  });
}

function parse(text: string): Node[] {
  const root: Node = { name: '', attributes: {}, children: [], from: 0, until: 0 };
  const open = [root];
  const parser = new SaxesParser();
  let from = 0;
  parser.on('opentagstart', () => { from = text.lastIndexOf('<', parser.position - 1); });
  parser.on('opentag', ({ name, attributes }) => {
    const node = { name, attributes, children: [], from, until: 0 };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on('closetag', () => {
    const node = open.pop();
    if (node) node.until = parser.position;
  });
  parser.write(text).close();
  return root.children;
}

function elementOf(node: Node, text: string): JsonObject {
  const made: JsonObject = {};
  if (node.attributes['id'] !== undefined) made['id'] = node.attributes['id'];
  if (node.attributes['url'] !== undefined) made['url'] = node.attributes['url'];
  for (const child of node.children) {
    const { value } = child.attributes;
    const list = repeating.has(child.name) && !(child.name === 'name' && value !== undefined) && !(child.name === 'name' && node.name === 'contact') && !(child.name === 'family');
    const beside = value !== undefined && child.children.length > 0 ? elementOf({ ...child, attributes: {} }, text) : undefined;
    const said: Json = child.name === 'div' ? text.slice(child.from, child.until) : value === undefined ? elementOf(child, text) : primitive(child.name, value);
    const standing = made[child.name];
    made[child.name] = list ? [...(Array.isArray(standing) ? standing : []), said] : said;
    if (beside) made[`_${child.name}`] = beside;
  }
  return made;
}

function primitive(name: string, value: string): Json {
  if (name === 'valueInteger') return Number(value);
  return name === 'active' || name === 'deceasedBoolean' ? value === 'true' : value;
}

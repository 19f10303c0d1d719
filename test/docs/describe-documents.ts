import { isJsonObject, textOf, type JsonObject } from '../../src/fhir/json.ts';
import type { DocumentSchema } from '../../src/intake/schema-types.ts';

/** What a JSON or XML document must look like, from its kind's schema file. */
export function documentLines({ rows, personKey, messageId, asOf, versions, namespaces, schema }: DocumentSchema): string[] {
  return [
    `${rows === undefined ? 'A document is one record' : `The records are \`${rows}\``}. The sender's person id is \`${personKey}\`${messageId === undefined ? '' : `, the id of a message \`${messageId}\``}.`,
    ...(versions ? [`Of \`${versions.of}\` the highest \`${versions.number}\` holds, in whatever order they come; earlier ones are kept and marked as replaced.`] : []),
    ...(asOf === undefined ? [] : [`Of each record the newest by \`${asOf}\` counts, in whatever order documents come; one that does not say counts by its arrival.`]),
    ...(namespaces ? [`Namespaces: ${namespaces.map((each) => (each === '' ? 'none' : `\`${each}\``)).join(', ')}. Elements are named by their local names, attributes with \`@\`.`] : []),
    '', '| element | must be there | form |', '| --- | --- | --- |', ...elementLines(schema, schema, '', namespaces !== undefined, []),
  ];
}

/** A line for every leaf, lists passed through; what a document refers to by `$ref` stands where it is used, once below itself. */
function elementLines(root: JsonObject, schema: JsonObject, path: string, xml: boolean, above: readonly string[]): string[] {
  const name = textOf(schema['$ref']).split('/').at(-1) ?? '';
  if (name !== '') return above.includes(name) ? [] : elementLines(root, objectAt(root, 'definitions', name), path, xml, [...above, name]);
  if (schema['type'] === 'array') return elementLines(root, objectAt(schema, 'items'), path, xml, above);
  const required = new Set([schema['required'] ?? []].flat());
  return Object.entries(objectAt(schema, 'properties')).flatMap(([member, raw]) => {
    if (raw === false) return [];
    const inner = raw as JsonObject;
    const isList = inner['type'] === 'array';
    const place = `${path === '' ? '' : `${path}.`}${member}`;
    const below = isList || inner['type'] === 'object' ? elementLines(root, inner, place, xml, above) : [];
    const shown = xml && !isList ? (member === 'xmlText' ? path : `${path === '' ? '' : `${path}.`}@${member}`) : place;
    return below.length > 0 ? below : [`| ${shown} | ${required.has(member) ? 'yes' : ''} | ${formOf(inner)} |`];
  });
}

function formOf({ type, format, pattern, maxLength, enum: values, const: value }: JsonObject): string {
  const allowed = Array.isArray(values) ? (values as string[]).join(', ') : textOf(value);
  return [textOf(format) || (type === 'string' ? '' : textOf(type)), allowed, typeof pattern === 'string' ? `\`${pattern.replaceAll('|', '\\|')}\`` : '', typeof maxLength === 'number' ? `at most ${maxLength} characters` : '']
    .filter((each) => each !== '').join(', ');
}

function objectAt(value: JsonObject, ...names: string[]): JsonObject {
  return names.reduce<JsonObject>((at, name) => (isJsonObject(at[name]) ? at[name] : {}), value);
}

import { membersOf, type ElementMember } from './element-tree.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import type { Problem } from './problem.ts';

/** Which part of a resource was asked for: `_elements`, by names at its root, or `_summary` (R4, search.html#summary). */
export type Subset = { elements: readonly string[] } | { summary: 'true' | 'text' | 'data' };

const subsettedTag = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED', display: 'subsetted' };

/**
 * The part asked for, tagged SUBSETTED so that nobody takes it for the whole. Its id, all of its meta (with the labels that
 * say how it must be handled), what R4 makes mandatory and what changes the meaning of the rest always stay.
 */
export function subsetResource(resource: JsonObject, subset: Subset): JsonObject {
  const keeps = keeperOf(subset);
  const kept = pick(resource, textOf(resource['resourceType']), keeps, 'summary' in subset && subset.summary === 'true');
  const meta = isJsonObject(resource['meta']) ? resource['meta'] : {};
  const tags = Array.isArray(meta['tag']) ? meta['tag'] : [];
  return { ...kept, meta: { ...meta, tag: [...tags, subsettedTag] } };
}

/** Whether this was read with `_elements` or `_summary`. */
export function isSubset({ meta }: JsonObject): boolean {
  const tags = isJsonObject(meta) && Array.isArray(meta['tag']) ? meta['tag'] : [];
  return tags.some((tag) => isJsonObject(tag) && tag['code'] === subsettedTag.code);
}

/** What is left out of a part would be lost by writing it. */
export const subsetted: Problem = {
  category: 'unprocessable', code: 'resource-subsetted', text: 'The body is tagged SUBSETTED: it is part of a resource, and what it leaves out would be lost.', at: { pointer: '/meta/tag' }, expected: 'the whole resource',
  fix: 'Read the whole resource, without _elements and _summary, and send that.',
};

type Keeps = (member: ElementMember, atRoot: boolean) => boolean;

function keeperOf(subset: Subset): Keeps {
  const always = ({ name, min, modifier }: ElementMember): boolean => name === 'id' || name === 'meta' || min > 0 || modifier;
  if ('elements' in subset) return (member) => always(member) || subset.elements.includes(member.element);
  if (subset.summary === 'data') return ({ name }, atRoot) => !(atRoot && name === 'text');
  if (subset.summary === 'text') return (member) => ['id', 'meta', 'text'].includes(member.name) || member.min > 0;
  return (member, atRoot) => member.summary || member.min > 0 || member.modifier || (atRoot && (member.name === 'id' || member.name === 'meta'));
}

/** `deep`: of what stays, too, only what is kept stays; but an extension is whole or not there. */
function pick(object: JsonObject, at: string, keeps: Keeps, deep: boolean, atRoot = true): JsonObject {
  const members = membersOf(at);
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    const member = members.get(name.replace(/^_/, ''));
    if (member === undefined ? name === 'resourceType' : keeps(member, atRoot)) kept[name] = deep && member?.form === 'object' && member.type !== 'Extension' ? pickIn(value, member.at, keeps) : value;
  }
  return kept;
}

function pickIn(value: Json, at: string, keeps: Keeps): Json {
  if (Array.isArray(value)) return value.map((each) => pickIn(each, at, keeps));
  return isJsonObject(value) ? pick(value, at, keeps, true, false) : value;
}

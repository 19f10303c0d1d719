import { matchesPattern } from './compile-profile.ts';
import type { CompiledProfile, ProfileNode } from './compile-profile.ts';
import { inCodeSet, sayCodes } from './in-code-set.ts';
import { isJsonObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { Problem } from './problem.ts';
import type { Terminology } from './terminology.ts';

/** What a check needs beside the profile. */
export interface ProfileContext {
  terminology: Terminology;
  /** the definition of an extension, when it is known */
  extensionOf(url: string): CompiledProfile | undefined;
  severity: 'error' | 'warning';
}

/** A value, where it is, and the object that carries its `id` and extensions when it is a primitive. */
interface Found {
  value: Json;
  path: string;
  holder: JsonObject;
}

/** Everything in which a resource is not as its profile says. Tolerates any shape. */
export function checkProfile(resource: JsonObject, profile: CompiledProfile, context: ProfileContext): Problem[] {
  const problems: Problem[] = [];
  checkChildren(profile.children, resource, profile.type, context, problems);
  return problems;
}

function checkChildren(nodes: readonly ProfileNode[], holder: JsonObject, path: string, context: ProfileContext, problems: Problem[]): void {
  for (const node of nodes) checkNode(node, holder, path, context, problems);
}

function checkNode(node: ProfileNode, holder: JsonObject, path: string, context: ProfileContext, problems: Problem[]): void {
  const all = valuesOf(node, holder, path);
  const { slice } = node;
  const found = slice ? all.filter((item) => slice(item.value)) : all;
  const place = `${path}.${node.name}`;
  if (found.length < node.min) problems.push(report(context, 'profile-missing', 'An element the profile asks for is missing.', place, `at least ${node.min} of ${node.id}`));
  if (found.length > node.max) problems.push(report(context, 'profile-too-many', 'An element is there more often than the profile allows.', place, `at most ${node.max} of ${node.id}`));
  const extension = node.extension === undefined ? undefined : context.extensionOf(node.extension);
  for (const item of found) {
    checkValue(node, item, context, problems);
    checkChildren(node.children, item.holder, item.path, context, problems);
    if (extension) checkChildren(extension.children, item.holder, item.path, context, problems);
  }
}

function checkValue(node: ProfileNode, item: Found, context: ProfileContext, problems: Problem[]): void {
  if (node.fixed !== undefined && !sameValue(item.value, node.fixed)) {
    problems.push(report(context, 'profile-fixed', 'An element has another value than the profile fixes.', item.path, `the value fixed by ${node.id}`));
  }
  if (node.pattern !== undefined && !matchesPattern(item.value, node.pattern)) {
    problems.push(report(context, 'profile-fixed', 'An element does not hold what the profile fixes.', item.path, `the pattern of ${node.id}`));
  }
  if (node.types && !node.types.some((type) => item.path.endsWith(`.${node.name}${type.charAt(0).toUpperCase()}${type.slice(1)}`))) {
    problems.push(report(context, 'profile-type', 'An element has a type the profile does not allow.', item.path, node.types.join(' or ')));
  }
  const codes = node.binding === undefined ? undefined : context.terminology.codesOf(node.binding);
  if (codes && !inCodeSet(item.value, codes)) {
    problems.push(report(context, 'profile-code', 'A code is not one the profile allows.', item.path, sayCodes(codes, node.binding ?? '')));
  }
}

/** The member's values; of a choice, whichever typed member is there. */
function valuesOf(node: ProfileNode, holder: JsonObject, path: string): Found[] {
  if (!node.choice) return itemsOf(holder, node.name, path);
  const typed = Object.keys(holder).filter((key) => key.startsWith(node.name) && /^[A-Z]/.test(key.slice(node.name.length)));
  return typed.flatMap((key) => itemsOf(holder, key, path));
}

function itemsOf(holder: JsonObject, key: string, path: string): Found[] {
  const value = holder[key];
  const beside = holder[`_${key}`];
  if (value === undefined && beside === undefined) return [];
  if (!Array.isArray(value)) return [{ value: value ?? null, path: `${path}.${key}`, holder: carrier(value, beside) }];
  return value.map((item, index) => ({
    value: item, path: `${path}.${key}[${index}]`, holder: carrier(item, Array.isArray(beside) ? beside[index] : undefined),
  }));
}

function carrier(value: Json | undefined, beside: Json | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  return isJsonObject(beside) ? beside : {};
}

function sameValue(value: Json, fixed: Json): boolean {
  return matchesPattern(value, fixed) && matchesPattern(fixed, value);
}

function report(context: ProfileContext, code: string, text: string, pointer: string, expected: string): Problem {
  return { category: 'unprocessable', code, text, at: { pointer }, expected, ...(context.severity === 'warning' && { severity: 'warning' }) };
}

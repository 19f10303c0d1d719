import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import { Refusal, type Problem } from './problem.ts';
import { isExactNumber } from './read-json.ts';

/** Operations in one patch, names in one pointer, and values all its copies together may make: a few copies of copies would otherwise fill the memory. */
export const patchLimits = { operations: 1_000, names: 64, copied: 100_000 };

/** What a patch made of a document, or why it could not. */
export type Patched = { value: JsonObject } | { problem: Problem };

/**
 * JSON Patch (RFC 6902), all or nothing, on a copy. What is malformed is 400; a place that is not there, and a `test` that
 * fails, are 422. Problems name the operation (`/3`) and never a value. Numbers are equal as numbers, whatever their text.
 */
export function applyJsonPatch(document: JsonObject, patch: readonly Json[]): Patched {
  if (patch.length > patchLimits.operations) return { problem: { ...tooMany, expected: `at most ${patchLimits.operations} operations` } };
  const state: State = { root: structuredCopy(document), copied: 0 };
  for (const [index, operation] of patch.entries()) {
    try {
      apply(state, operation);
    } catch (error) {
      if (error instanceof Refusal && error.problems[0]) return { problem: { ...error.problems[0], at: { pointer: `/${index}` } } };
      throw error;
    }
  }
  return isJsonObject(state.root) ? { value: state.root } : { problem: { ...placeMissing, text: 'The patch leaves no object.' } };
}

interface State {
  root: Json;
  copied: number;
}

function apply(state: State, operation: Json): void {
  if (!isJsonObject(operation)) throw new Refusal(malformed);
  const path = pointerOf(operation['path']);
  switch (textOf(operation['op'])) {
    case 'add': return add(state, path, valueOf(operation));
    case 'remove': return void remove(state, path);
    case 'replace': return replace(state, path, valueOf(operation));
    case 'test': {
      if (!sameJson(find(state.root, path), valueOf(operation))) throw new Refusal(testFailed);
      return;
    }
    case 'copy': return add(state, path, counted(state, find(state.root, pointerOf(operation['from']))));
    case 'move': return move(state, pointerOf(operation['from']), path);
    default: throw new Refusal(malformed);
  }
}

function valueOf(operation: JsonObject): Json {
  const { value } = operation;
  if (value === undefined) throw new Refusal(malformed);
  return structuredCopy(value);
}

/** RFC 6901. */
function pointerOf(text: Json | undefined): string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')) || /~(?![01])/.test(text)) throw new Refusal(malformed);
  const names = text.split('/', patchLimits.names + 2).slice(1);
  if (names.length > patchLimits.names) throw new Refusal({ ...tooMany, expected: `pointers of at most ${patchLimits.names} names` });
  return names.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function find(root: Json, path: readonly string[]): Json {
  return path.reduce((at, name) => memberOf(at, name), root);
}

function memberOf(holder: Json, name: string): Json {
  const member = Array.isArray(holder) ? holder[indexOf(name, holder.length - 1)] : isPlainObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (member === undefined) throw new Refusal(placeMissing);
  return member;
}

function indexOf(name: string, last: number): number {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : -1;
  if (index < 0 || index > last) throw new Refusal(placeMissing);
  return index;
}

function add(state: State, path: readonly string[], value: Json): void {
  const name = path.at(-1);
  if (name === undefined) {
    state.root = value;
    return;
  }
  const holder = find(state.root, path.slice(0, -1));
  if (Array.isArray(holder)) holder.splice(name === '-' ? holder.length : indexOf(name, holder.length), 0, value);
  else setMember(holder, name, value);
}

function remove(state: State, path: readonly string[]): Json {
  const name = path.at(-1);
  if (name === undefined) throw new Refusal(placeMissing);
  const holder = find(state.root, path.slice(0, -1));
  const value = memberOf(holder, name);
  if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else if (isJsonObject(holder)) Reflect.deleteProperty(holder, name);
  return value;
}

function replace(state: State, path: readonly string[], value: Json): void {
  const name = path.at(-1);
  if (name === undefined) {
    state.root = value;
    return;
  }
  const holder = find(state.root, path.slice(0, -1));
  memberOf(holder, name);
  if (Array.isArray(holder)) holder[Number(name)] = value;
  else setMember(holder, name, value);
}

/** A value cannot become a part of itself. */
function move(state: State, from: readonly string[], path: readonly string[]): void {
  if (path.length > from.length && from.every((name, i) => name === path[i])) throw new Refusal(malformed);
  add(state, path, remove(state, from));
}

/** `__proto__` becomes a member like any other. */
function setMember(holder: Json, name: string, value: Json): void {
  if (!isPlainObject(holder)) throw new Refusal(placeMissing);
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
}

function isPlainObject(value: Json): value is JsonObject {
  return isJsonObject(value) && !isExactNumber(value);
}

function counted(state: State, value: Json): Json {
  state.copied += sizeOf(value);
  if (state.copied > patchLimits.copied) throw new Refusal({ ...tooMany, expected: `at most ${patchLimits.copied} values copied` });
  return structuredCopy(value);
}

function sizeOf(value: Json): number {
  if (!isPlainObject(value) && !Array.isArray(value)) return 1;
  return Object.values(value).reduce<number>((sum, member) => sum + sizeOf(member), 1);
}

/** A copy that keeps numbers as they were written. */
export function structuredCopy<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map((each) => structuredCopy(each)) as T;
  if (!isPlainObject(value)) return value;
  const copy: JsonObject = {};
  for (const [name, member] of Object.entries(value)) setMember(copy, name, structuredCopy(member));
  return copy as T;
}

/** Equal as JSON: order of members does not count, numbers by their value. */
export function sameJson(one: Json, other: Json): boolean {
  const [a, b] = [numberOf(one), numberOf(other)];
  if (a !== undefined || b !== undefined) return a === b;
  if (Array.isArray(one) || Array.isArray(other)) return Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((each, i) => sameJson(each, other[i] ?? null));
  if (!isJsonObject(one) || !isJsonObject(other)) return one === other;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && sameJson(one[name] ?? null, other[name] ?? null));
}

function numberOf(value: Json): number | undefined {
  if (isExactNumber(value)) return Number(value.rawJSON);
  return typeof value === 'number' ? value : undefined;
}

const malformed: Problem = {
  category: 'invalid', code: 'patch-invalid', text: 'This is no operation of JSON Patch.', expected: 'op (add, remove, replace, move, copy or test), path, and value or from, as RFC 6902 says', fix: 'Correct the operation; nothing was changed.',
};
const placeMissing: Problem = {
  category: 'unprocessable', code: 'patch-place-missing', text: 'The patch names a place that the resource does not have.', fix: 'Read the resource again and name a place it has; nothing was changed.',
};
const testFailed: Problem = {
  category: 'unprocessable', code: 'patch-test-failed', text: 'A test of the patch failed: the resource is not what the patch was made for.', fix: 'Read the resource again and make the patch for what it is now; nothing was changed.',
};
const tooMany: Problem = { category: 'too-large', code: 'patch-too-large', text: 'The patch does more than is done at once.', fix: 'Send the whole resource instead.' };

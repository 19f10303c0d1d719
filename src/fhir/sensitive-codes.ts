import { createHash } from 'node:crypto';
import { codedValues, codeKey } from './coded-values.ts';
import type { JsonObject } from './json.ts';
import { searchToken } from './search-token.ts';

/** One line of a code set: whoever's record says this code is labelled so. `code` may end in `*`: every code that begins so. */
export interface SensitiveCode {
  system: string;
  code: string;
  labels: readonly string[];
}

/** All code sets together. */
export interface SensitiveCodes {
  /** labels of everything sensitive a resource says, wherever it says it; sorted */
  labelsOf(resource: JsonObject): string[];
  /** the same, of the tokens a row was stored with */
  labelsOfTokens(tokens: readonly bigint[]): string[];
  /** every token that gives labels */
  tokens: ReadonlyMap<bigint, readonly string[]>;
  /** the same for the same lines in any order */
  hash: Buffer;
}

/** A code without a system counts as a code of every system that lists it. */
export function sensitiveCodes(listed: readonly SensitiveCode[]): SensitiveCodes {
  const byKey = new Map<string, Set<string>>();
  for (const { system, code, labels } of listed) {
    const key = codeKey(system, code);
    for (const each of [key, key.slice(key.indexOf('|'))]) byKey.set(each, new Set([...(byKey.get(each) ?? []), ...labels]));
  }
  const tokens = new Map([...byKey].map(([key, labels]) => [tokenOf(key), [...labels].sort()]));
  const labelsOfTokens = (said: readonly bigint[]): string[] => [...new Set(said.flatMap((token) => tokens.get(token) ?? []))].sort();
  return {
    labelsOf: (resource) => [...new Set([...codedValues(resource)].flatMap((key) => [...(byKey.get(key) ?? [])]))].sort(),
    labelsOfTokens, tokens,
    hash: createHash('sha256').update(JSON.stringify([...byKey].map(([key, labels]) => [key, [...labels].sort()]).sort())).digest(),
  };
}

/** Tokens of everything a resource says in codes: kept with its row, so that a code listed later is found. No search has such a parameter. */
export function codeTokens(resource: JsonObject): bigint[] {
  return [...codedValues(resource)].map(tokenOf);
}

function tokenOf(key: string): bigint {
  return searchToken('', 'coding', 'token', key);
}

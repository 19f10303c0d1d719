import type { Period } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';

/**
 * The members of two values that are compared as they stand: what one of them lacks is taken from the other, and
 * undefined is given when one member says two things. Left out are those `apart`, which the caller joins; extensions of
 * such a member must be equal, because they belong to its exact text. What has ended is never joined with what has not.
 * An element id is only unique inside its source and is left out.
 */
export function joinRest<T extends object>(host: T, other: T, apart: readonly (keyof T & string)[]): Partial<T> | undefined {
  const [one, two] = [host, other] as Record<string, unknown>[];
  const joined: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(host), ...Object.keys(other)])) {
    if (key === 'id' || (apart as readonly string[]).includes(key)) continue;
    const value = key === 'period' ? joinPeriods(host, other) : joinMembers(one?.[key], two?.[key], (apart as readonly string[]).includes(key.slice(1)));
    if (value === undefined) return undefined;
    joined[key] = value;
  }
  return joined as Partial<T>;
}

function joinMembers(host: unknown, other: unknown, mustBeEqual: boolean): unknown {
  if (host === undefined || other === undefined) return mustBeEqual ? undefined : (host ?? other);
  return canonicalJson(host) === canonicalJson(other) ? host : undefined;
}

function joinPeriods(host: { period?: Period }, other: { period?: Period }): Period | undefined {
  const [a = {}, b = {}] = [host.period, other.period];
  if (a.end !== b.end || (a.start !== undefined && b.start !== undefined && a.start !== b.start)) return undefined;
  return { ...b, ...a };
}

import { textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import { isExactNumber } from '../../fhir/read-json.ts';
import { keyedUuid, type Secrets } from '../../store/secrets.ts';

const objectOf = (value: Json | undefined): JsonObject | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;

/** The id of what a partner names (type, system, value): the same name gives the same id, whichever record comes first. */
export function partnerId(secrets: Secrets, type: string, system: string, value: string): string {
  return keyedUuid(secrets.id, type, system, value);
}

/** What a partner itself calls a mapped resource. */
export interface OwnName {
  type: string;
  system: string;
  value: string;
}

/** A mapped resource's first identifier in the partner's own namespace; undefined when it has none. */
export function ownName(resource: JsonObject, identifierBase: string): OwnName | undefined {
  const own = ownIdentifier(resource, identifierBase);
  return own && { type: textOf(resource['resourceType']), system: own.system, value: own.value };
}

/** The same with the element that holds it; `element` is `identifier` where that is no list. */
export function ownIdentifier(resource: JsonObject, identifierBase: string): { element: string; system: string; value: string } | undefined {
  const { identifier: all } = resource;
  for (const [index, identifier] of [all].flat().entries()) {
    const { system, value } = objectOf(identifier) ?? {};
    if (typeof system === 'string' && typeof value === 'string' && value !== '' && system.startsWith(`${identifierBase}/`)) {
      return { element: Array.isArray(all) ? `identifier[${index}]` : 'identifier', system, value };
    }
  }
  return undefined;
}

/** The id of a mapped resource by what the partner itself calls it; undefined when it does not. */
export function resourceId(secrets: Secrets, resource: JsonObject, identifierBase: string): string | undefined {
  const own = ownName(resource, identifierBase);
  return own && partnerId(secrets, own.type, own.system, own.value);
}

/**
 * Rewrites the partner's logical references: its person becomes the citizen (without display), its other records their
 * ids, organisations of the directory their rows with the directory's name. Everything else stays as it was said.
 */
export function resolveReferences(
  value: Json, resolve: (type: string, system: string, value: string) => { reference: string; display?: string } | undefined,
): Json {
  if (Array.isArray(value)) return value.map((each) => resolveReferences(each, resolve));
  const object = objectOf(value);
  if (!object || isExactNumber(object)) return value;
  const { type, identifier } = object;
  const { system, value: key } = objectOf(identifier) ?? {};
  if (typeof type === 'string' && typeof system === 'string' && typeof key === 'string') {
    const resolved = resolve(type, system, key);
    if (resolved) return { reference: resolved.reference, type, ...(resolved.display && { display: resolved.display }) };
  }
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, resolveReferences(member, resolve)]));
}

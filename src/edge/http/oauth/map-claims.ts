import type { JWTPayload } from 'jose';
import { sharingRoles } from '../../../fhir/sharing.ts';

/** Where an issuer says something: the path of a claim, `roles` or `nhsid_nrbac_roles.org_code`, through lists as well; or one value for all its tokens. */
export type Source = { claim: string; table?: Readonly<Record<string, string>> } | { value: string };

/** How the tokens of somebody else's issuer say who asks. */
export interface ClaimMapping {
  /** short and of this configuration: ids of its people and clients begin with it, so that nobody is taken for somebody of another issuer */
  name: string;
  /** which clients' tokens count */
  clients: readonly string[];
  client: { claim: string };
  token: { claim: string };
  person: { claim: string };
  personName: { claim: string };
  /** to `system|value` */
  organisation: Source;
  /** to a role of sharing that people have: systems are registered with the gateway itself */
  role: Source;
  /** to a purpose of sharing */
  purpose: Source;
  /** to scopes with spaces between */
  scopes: Source;
}

/**
 * The claims of another issuer in the words of this gateway, for `readClaims`; null where the token was asked for by a client
 * that is not named. What is missing, unknown to a table, or said in two ways is left out, and so refuses the token: of
 * organisations every value must be one, of roles the table knows exactly one. Scopes are all that the table knows.
 */
export function mapClaims(payload: JWTPayload, mapping: ClaimMapping, nameOf: (organisation: string) => string | undefined): JWTPayload | null {
  const client = only(valuesOf(payload, mapping.client.claim));
  if (client === undefined || !mapping.clients.includes(client)) return null;
  const organisation = only(said(payload, mapping.organisation, true));
  const role = only(said(payload, mapping.role, false));
  const person = only(valuesOf(payload, mapping.person.claim));
  return clean({
    client_id: `${mapping.name}:${client}`, jti: only(valuesOf(payload, mapping.token.claim)), sub: person === undefined ? undefined : `${mapping.name}:${person}`,
    organisation, organisation_name: organisation === undefined ? undefined : nameOf(organisation), role: sharingRoles.find((known) => known === role), purpose: only(said(payload, mapping.purpose, false)),
    scope: said(payload, mapping.scopes, false).join(' '), name: only(valuesOf(payload, mapping.personName.claim)),
  });
}

/** Values in our words; with `every`, none where the table does not know each of them. */
function said(payload: JWTPayload, source: Source, every: boolean): string[] {
  if ('value' in source) return [source.value];
  const values = valuesOf(payload, source.claim);
  if (!source.table) return values;
  const table = new Map(Object.entries(source.table));
  const known = values.flatMap((value) => table.get(value) ?? []);
  return every && known.length < values.length ? [] : [...new Set(known)];
}

/** The texts at a path, each once; a text of several words, as scopes are, is several. */
function valuesOf(payload: JWTPayload, path: string): string[] {
  const steps = path.split('.');
  let found: unknown[] = [payload];
  for (const step of steps) found = found.flatMap((each) => (typeof each === 'object' && each !== null && Object.hasOwn(each, step) ? [(each as Record<string, unknown>)[step]].flat() : []));
  const texts = found.filter((each) => typeof each === 'string');
  if (texts.length < found.length) return [];
  return [...new Set(path === 'scp' || path === 'scope' ? texts.flatMap((text) => text.split(' ')) : texts)];
}

function only(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}

function clean(claims: Record<string, unknown>): JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { isLoopback } from './config-settings.ts';
import { Refusal, type Problem } from './fhir/problem.ts';
import { readJson } from './fhir/read-json.ts';
import { purposes, sharingRoles } from './fhir/sharing.ts';
import type { ClaimMapping } from './edge/http/oauth/map-claims.ts';

/** An issuer of somebody else's whose tokens are accepted beside those of OIDC_ISSUER. */
export interface OtherIssuer extends ClaimMapping {
  /** the exact `iss` */
  issuer: string;
  audience: string;
  algorithms: string[];
  /** the `typ` of its access tokens */
  type: string;
}

const maxBytes = 262_144;
const text = { type: 'string', minLength: 1, maxLength: 512 };
const claim = { type: 'object', required: ['claim'], additionalProperties: false, properties: { claim: text } };
const tableOf = (values: object): object => ({ type: 'object', minProperties: 1, maxProperties: 10_000, additionalProperties: values });
const source = (values: object): object => ({ oneOf: [
  { type: 'object', required: ['value'], additionalProperties: false, properties: { value: values } },
  { type: 'object', required: ['claim', 'table'], additionalProperties: false, properties: { claim: text, table: tableOf(values) } },
] });
const organisation = { type: 'string', pattern: '^[^\\s|]{1,300}\\|[^\\s|]{1,100}$' };
const scopes = { type: 'string', pattern: '^user/[A-Za-z*]+\\.[cruds]+( user/[A-Za-z*]+\\.[cruds]+)*$' };
const schema = {
  type: 'object', required: ['issuers'], additionalProperties: false,
  properties: { issuers: { type: 'array', minItems: 1, maxItems: 20, items: {
    type: 'object', additionalProperties: false,
    required: ['name', 'issuer', 'audience', 'algorithms', 'type', 'clients', 'client', 'token', 'person', 'personName', 'organisation', 'role', 'purpose', 'scopes'],
    properties: {
      name: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,31}$' }, issuer: text, audience: text, type: { enum: ['at+jwt', 'JWT'] },
      algorithms: { type: 'array', minItems: 1, items: { enum: ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'] } }, clients: { type: 'array', minItems: 1, items: text },
      client: claim, token: claim, person: claim, personName: claim,
      organisation: source(organisation), role: source({ enum: sharingRoles.filter((role) => role !== 'integration') }), purpose: source({ enum: [...purposes] }), scopes: source(scopes),
    },
  } } },
};

/**
 * The file of ONESTORY_ISSUERS_FILE, or nothing without one. Refused, all mistakes together and none with a value: what is no such file, an issuer or
 * a name twice, an issuer without TLS beyond this machine. A table says every organisation and role an issuer may speak of:
 * what it does not know is never let through as it is.
 */
export function loadIssuers(file: string | null): OtherIssuer[] {
  if (file === null) return [];
  const read = readJson(readBytes(file), { maxBytes, maxDepth: 10 });
  if ('problem' in read) throw new Refusal(refused('it is not JSON', file));
  const check = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile<{ issuers: OtherIssuer[] }>(schema);
  const { value } = read as { value: unknown };
  if (!check(value)) throw new Refusal(...(check.errors ?? []).slice(0, 20).map(({ instancePath, message }) => refused(message ?? 'it has another form', file, instancePath)));
  const { issuers } = value;
  const twice = (['name', 'issuer'] as const).filter((field) => new Set(issuers.map((each) => each[field])).size < issuers.length);
  const plain = issuers.findIndex(({ issuer }) => !isReachable(issuer));
  const problems = [...twice.map((field) => refused(`a ${field} is there twice`, file)), ...(plain < 0 ? [] : [refused('an issuer has an https address', file, `/issuers/${plain}/issuer`)])];
  if (problems.length > 0) throw new Refusal(...problems);
  return issuers;
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch {
    throw new Refusal(refused('it cannot be read', file));
  }
}

function isReachable(issuer: string): boolean {
  const url = URL.parse(issuer);
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) && url.hash === '' && url.search === '' && url.username === '';
}

function refused(why: string, file: string, pointer?: string): Problem {
  return { category: 'invalid', code: 'issuers-file-invalid', text: `The file of issuers is not what it should be: ${why}.`, at: { file, ...(pointer !== undefined && { pointer }) }, fix: 'See docs/signing-in.md for its form.' };
}

import type { Router } from 'express';
import type { Json, JsonObject } from '../../../fhir/json.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { readJson } from '../../../fhir/read-json.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { ClientAsk } from '../../../flow/partners/check-client.ts';
import type { ClientEntry, RotationAsk } from '../../../flow/partners/client-registry.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { checkContentType } from '../check-content-type.ts';
import { route, type Asked, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';
import { readFields } from './read-fields.ts';
import { json } from './reply-json.ts';

export interface ClientServices extends RouteServices {
  clients: {
    list: (requester: Requester, after: string, request: RequestFacts) => Promise<{ clients: ClientEntry[]; next: string | null }>;
    add: (requester: Requester, ask: ClientAsk, request: RequestFacts) => Promise<ClientEntry>;
    rotate: (requester: Requester, id: string, ask: RotationAsk, request: RequestFacts) => Promise<ClientEntry>;
    switch: (requester: Requester, id: string, how: { enabled: boolean; reason: string }, request: RequestFacts) => Promise<ClientEntry>;
  };
}

const address = 'governance/clients';
/** five RSA keys of 8192 bits */
const maxBytes = 16_384;
const readers = permitGovernance(['governance'], 's');
const keepers = permitGovernance(['governance'], 'u');

/** The registry of programs that may ask for tokens. */
export function addClientRoutes(router: Router, services: ClientServices): void {
  const { clients } = services;
  router.get('/clients', route(services, { interaction: 'client-list', pattern: address, permit: readers }, async (asked) => {
    const { clients: page, next } = await clients.list(asked.requester, afterOf(asked), asked.request);
    return json(200, { clients: page, next: next === null ? null : `/${address}?after=${next}` });
  }));
  router.post('/clients', route(services, { interaction: 'client-add', pattern: address, permit: keepers }, async (asked) =>
    json(201, await clients.add(asked.requester, clientOf(await readBody(asked, clientFields)), asked.request))));
  router.post('/clients/:id/keys', route(services, { interaction: 'client-rotate', pattern: `${address}/{id}/keys`, permit: keepers }, async (asked) => {
    const body = await readBody(asked, rotationFields);
    return json(200, await clients.rotate(asked.requester, idOf(asked), { keys: body['keys'] ?? null, keysUrl: text(body['keysUrl']), oldUntil: text(body['oldUntil']) }, asked.request));
  }));
  for (const [change, enabled] of [['disable', false], ['enable', true]] as const) {
    router.post(`/clients/:id/${change}`, route(services, { interaction: `client-${change}`, pattern: `${address}/{id}/${change}`, permit: keepers }, async (asked) => {
      const { reason } = await readFields(asked, { reason: sentence });
      return json(200, await clients.switch(asked.requester, idOf(asked), { enabled, reason: reason.trim() }, asked.request));
    }));
  }
}

export const clientAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/clients', address, 'GET, HEAD, POST'],
  ['/clients/:id/keys', `${address}/{id}/keys`, 'POST'],
  ['/clients/:id/disable', `${address}/{id}/disable`, 'POST'],
  ['/clients/:id/enable', `${address}/{id}/enable`, 'POST'],
];

const sentence = { pattern: /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, expected: 'in 1 to 500 characters on one line' };

type FieldKind = 'text' | 'sentence' | 'texts' | 'keys';
type Fields = Readonly<Record<string, { kind: FieldKind; required?: true }>>;
const clientFields: Fields = {
  id: { kind: 'text', required: true }, kind: { kind: 'text' }, name: { kind: 'sentence', required: true }, organisation: { kind: 'text', required: true }, purpose: { kind: 'text' }, scopes: { kind: 'texts', required: true },
  keys: { kind: 'keys' }, keysUrl: { kind: 'text' }, redirectUris: { kind: 'texts' }, launchUrl: { kind: 'text' }, contact: { kind: 'sentence', required: true },
};
const rotationFields: Fields = { keys: { kind: 'keys' }, keysUrl: { kind: 'text' }, oldUntil: { kind: 'text', required: true } };
const expected: Readonly<Record<FieldKind, string>> = { text: 'a text of at most 512 characters', sentence: `a text, ${sentence.expected}`, texts: 'a list of texts', keys: 'a JWK Set' };

function clientOf(body: JsonObject): ClientAsk {
  const kind = text(body['kind']) || 'system';
  if (kind !== 'system' && kind !== 'app') throw new Refusal(invalid('kind', 'system or app'));
  return {
    id: text(body['id']), kind, name: text(body['name']).trim(), organisation: text(body['organisation']), purpose: text(body['purpose']) || (kind === 'system' ? 'HSYSADMIN' : ''), scopes: texts(body['scopes']),
    keys: body['keys'] ?? null, keysUrl: text(body['keysUrl']), redirectUris: texts(body['redirectUris']), launchUrl: text(body['launchUrl']), contact: text(body['contact']).trim(),
  };
}

/** A body of these fields and no others; every mistake in their form is told at once. */
async function readBody(asked: Asked, fields: Fields): Promise<JsonObject> {
  const undeclared = checkContentType(asked.header('Content-Type'), ['application/json']);
  if (undeclared) throw new Refusal(undeclared);
  const read = readJson(await asked.body(maxBytes), { maxBytes, maxDepth: 6, maxEntries: 200 });
  if ('problem' in read) throw new Refusal(read.problem);
  const { value } = read;
  const problems = [
    ...(Object.keys(value).every((key) => Object.hasOwn(fields, key)) ? [] : [{ category: 'invalid' as const, code: 'field-unknown', text: 'The body has a field this address does not know.', expected: `the fields ${Object.keys(fields).join(', ')}` }]),
    ...Object.entries(fields).flatMap(([name, { kind, required }]) => (Object.hasOwn(value, name) ? hasForm(value[name], kind) : !required) ? [] : [invalid(name, expected[kind])]),
  ];
  if (problems.length > 0) throw new Refusal(...problems);
  return value;
}

function hasForm(value: Json | undefined, kind: FieldKind): boolean {
  if (kind === 'keys') return typeof value === 'object' && value !== null;
  if (kind === 'texts') return Array.isArray(value) && value.length <= 32 && value.every(isText);
  return isText(value) && (kind === 'text' || sentence.pattern.test(value));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 512 && !/[\p{Cc}\p{Cs}]/u.test(value);
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function idOf({ params }: Asked): string {
  return params['id'] ?? '';
}

function afterOf({ query: [[name, after] = ['after', ''], ...others] }: Asked): string {
  if (name !== 'after' || others.length > 0) throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The list takes no such parameter here.', at: { field: 'after' }, expected: 'after, or a next link as it was received' });
  return after;
}

function invalid(field: string, wanted: string): Problem {
  return { category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: `/${field}` }, expected: wanted };
}

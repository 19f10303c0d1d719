import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { objectionOf } from './whole-record.ts';
import type { Asker, TwinRequest } from './twin-arms.ts';
import type { TwinFacts } from './twin-facts.ts';
import { unknownId } from './twin-pieces.ts';
import { hiddenPeople, visiblePeople } from './twin-worlds.ts';

const json = { 'Content-Type': 'application/fhir+json' };
/** So many citizens may be written about: the records of the others stay as open as they were. */
const writable = 3;

/** A choice about somebody seen, hidden or unheard of, whole, narrow, ended or wrong; with an id, a change of it. */
export function choiceRequest(facts: TwinFacts, id: string | null): fc.Arbitrary<TwinRequest> {
  const about = fc.constantFrom(...facts.citizens.slice(0, writable), ...facts.strangers.slice(0, 5), facts.rows.find(({ type }) => type === 'Patient')?.id ?? '', unknownId, 'x');
  const narrowed = { type: 'deny' as const, actor: [{ role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
    reference: { type: 'Organization', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'RYW' } } }] };
  const changes = fc.constantFrom<Record<string, unknown>>({}, { status: 'inactive' }, { status: 'inactive' }, { provision: narrowed }, { status: 'proposed' }, { scope: {} }, { provision: { type: 'permit' } },
    { meta: { security: [{ code: 'N' }] } }, { modifierExtension: [{ url: 'x', valueCode: 'y' }] }, { resourceType: 'Patient' });
  const headers = fc.constantFrom<Record<string, string>>({}, {}, { 'If-None-Exist': 'patient=x' }, { 'If-Match': 'W/"1"' }, { 'If-Match': 'W/"9"' }, { 'If-Match': 'x' }, { Prefer: 'return=representation' });
  return fc.tuple(about, changes, headers, fc.nat(19)).map(([citizen, change, given, dice]) => ({
    method: id === null ? 'POST' : 'PUT', path: id === null ? '/fhir/Consent' : `/fhir/Consent/${id}`, alone: true, headers: { ...json, ...given },
    body: dice === 0 ? '{"resourceType":"Consent","patient":{' : JSON.stringify({ ...objectionOf(citizen), ...(id !== null && { id }), ...change }),
  }));
}

const writableTypes = ['CarePlan', 'ServiceRequest', 'Task', 'EpisodeOfCare', 'CarePlan', 'Patient', 'Consent'];
const component = { url: 'https://fhir.bicp.example/StructureDefinition/component', valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/ei-component', code: 'community-team' } };
const conditional = ['', '?identifier=urn:twin%7C1', '?identifier=https://fhir.nhs.uk/Id/nhs-number%7C9990000379', '?status=active', '?_id=x', '?unheard-of=1'];

/** A record of somebody seen, hidden or unheard of that names rows seen and hidden: right, wrong, or under the id of another. */
function recordRequest(facts: TwinFacts): fc.Arbitrary<{ type: string; resource: Record<string, unknown> }> {
  const about = fc.constantFrom(...facts.citizens, ...facts.citizens, ...facts.strangers.slice(0, 5), facts.rows.find(({ type }) => type === 'Patient')?.id ?? '', unknownId);
  const named = fc.constantFrom(...facts.rows).map(({ type, id }) => ({ reference: `${type}/${id}` }));
  const subject = fc.oneof({ weight: 4, arbitrary: about.map((citizen) => ({ reference: `Patient/${citizen}` })) },
    { weight: 1, arbitrary: fc.constantFrom(...[...hiddenPeople, ...visiblePeople].map(({ nhsNumber }) => ({ reference: `Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|${nhsNumber}` }))) });
  return fc.tuple(fc.constantFrom(...writableTypes), subject, fc.option(named), fc.constantFrom({}, {}, { status: 'happy' }, { meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] } })).map(([type, who, target, more]) => ({
    type, resource: {
      resourceType: type, extension: [component], identifier: [{ system: 'urn:twin', value: '1' }], status: type === 'Task' ? 'accepted' : 'active', intent: type === 'CarePlan' ? 'plan' : 'order', code: type === 'CarePlan' ? undefined : { text: 'x' },
      [type === 'Task' ? 'for' : type === 'EpisodeOfCare' ? 'patient' : 'subject']: who, ...(target && { [type === 'Task' ? 'focus' : 'supportingInfo']: type === 'Task' ? target : [target] }), ...more,
    },
  }));
}

/** What is written, over whatever id there is or is not. */
export function apiWrite(facts: TwinFacts, method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', byId: boolean): fc.Arbitrary<TwinRequest> {
  const headers = fc.constantFrom<Record<string, string>>({}, {}, { 'If-Match': 'W/"1"' }, { 'If-Match': 'W/"2"' }, { 'If-None-Exist': 'identifier=urn:twin|1' }, { 'If-None-Exist': 'status=active' }, { Prefer: 'return=representation' }, { Prefer: 'return=OperationOutcome' });
  const target = fc.constantFrom(...facts.rows, { type: 'CarePlan', id: unknownId });
  return fc.tuple(recordRequest(facts), target, fc.constantFrom(...conditional), headers).map(([{ type, resource }, row, search, given]) => {
    const patch = method === 'PATCH';
    const path = byId ? `/fhir/${row.type}/${row.id}` : `/fhir/${type}${method === 'POST' ? '' : search}`;
    const body = patch ? [{ op: 'replace', path: '/status', value: 'completed' }] : { ...resource, ...(byId && { resourceType: row.type, id: row.id }) };
    return { method, path, alone: true, headers: { ...(patch ? { 'Content-Type': 'application/json-patch+json' } : json), ...given }, ...(method !== 'DELETE' && { body: JSON.stringify(body) }) };
  });
}

/** Several in one Bundle, with reads among them. */
export function transactionRequest(facts: TwinFacts): fc.Arbitrary<TwinRequest> {
  const entry = fc.oneof(
    recordRequest(facts).map(({ type, resource }) => ({ resource, request: { method: 'POST', url: type } })),
    recordRequest(facts).map(({ type, resource }) => ({ resource, request: { method: 'PUT', url: `${type}?identifier=urn:twin|1` } })),
    fc.constantFrom(...facts.rows).chain(({ type, id }) => fc.constantFrom({ request: { method: 'DELETE', url: `${type}/${id}` } }, { request: { method: 'GET', url: `${type}/${id}` } }, { request: { method: 'GET', url: `${type}?_id=${id}` } })));
  return fc.tuple(fc.constantFrom('batch', 'batch', 'transaction'), fc.array(entry, { minLength: 1, maxLength: 4 })).map(([type, entries]) => (
    { method: 'POST', path: '/fhir', alone: true, headers: json, body: JSON.stringify({ resourceType: 'Bundle', type, entry: entries }) }));
}

/** An objection to sharing the whole record of somebody. */
export function choiceOf(citizen: string): TwinRequest {
  return { method: 'POST', path: '/fhir/Consent', alone: true, headers: json, body: JSON.stringify(objectionOf(citizen)) };
}

const reasons = ['serious-harm-person', 'unheard-of'];
/** Emergency access to people seen, hidden and unheard of, with all details right or one wrong. */
export const breakGlassRequest: fc.Arbitrary<TwinRequest> = fc.tuple(
  fc.constantFrom(...hiddenPeople.slice(0, 6), ...hiddenPeople.slice(0, 6), ...visiblePeople, { index: 0, nhsNumber: '9999999980', birthDate: '1950-01-01', family: 'Nobody' }),
  fc.constantFrom<Record<string, string>>({}, {}, {}, { 'birth-date': '1900-01-01' }, { family: 'Somebody' }, { 'nhs-number': '9991000046' }, { 'nhs-number': 'x' }), fc.constantFrom(reasons[0], reasons[0], reasons[0], reasons[1]),
).map(([{ nhsNumber, birthDate, family }, wrong, reason = '']) => breakGlassFor({ 'nhs-number': nhsNumber, 'birth-date': birthDate, family, reason, ...wrong }));

export function breakGlassFor(given: Record<string, string>): TwinRequest {
  const values: Readonly<Record<string, string>> = { 'birth-date': 'valueDate', reason: 'valueCode' };
  const parameter = Object.entries({ explanation: 'Found on the floor at home and cannot say who cares', ...given }).map(([name, value]) => ({ name, [values[name] ?? 'valueString']: value }));
  return { method: 'POST', path: '/fhir/Patient/$break-glass', alone: true, headers: json, body: JSON.stringify({ resourceType: 'Parameters', parameter }) };
}

/** Whoever is seen or hidden, asked for by what their record says of them, with something left out or mistyped. */
export function matchRequest({ rows }: TwinFacts): fc.Arbitrary<TwinRequest> {
  const people = fc.constantFrom(...rows.filter(({ type }) => type === 'Patient').map(({ body }) => body));
  const asked = fc.subarray(['identifier', 'name', 'birthDate', 'gender', 'address', 'telecom'], { minLength: 1 });
  const wrong = fc.constantFrom<Record<string, unknown>>({}, {}, {}, { birthDate: '1950-01-01' }, { address: [{ use: 'home', line: ['1 High Street'], postalCode: 'B1 1XX' }] }, { name: 'x' });
  const more = fc.constantFrom<Record<string, unknown>[]>([], [], [{ name: 'onlyCertainMatches', valueBoolean: true }], [{ name: 'count', valueInteger: 1 }], [{ name: 'x' }]);
  return fc.tuple(people, asked, wrong, more).map(([body, fields, change, parameters]) => {
    const resource = { resourceType: 'Patient', ...Object.fromEntries(fields.filter((field) => field in body).map((field) => [field, body[field]])), ...change };
    return { method: 'POST', path: '/fhir/Patient/$match', headers: json, body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'resource', resource }, ...parameters] }) };
  });
}

export const everythingInput: fc.Arbitrary<string | null> = fc.constantFrom(null, '{"resourceType":"Parameters"}', '{"resourceType":"Parameters","parameter":[{"name":"_count","valueInteger":2}]}',
  '{"resourceType":"Parameters","parameter":[{"name":"start","valueDate":"2020-01-01"}]}', '{"resourceType":"Parameters","parameter":[{"name":"_type","valueCode":"CarePlan"}]}', '{"resourceType":"Bundle"}', '{', '[]', `${'['.repeat(500)}`);

/** What no feed sends: it is kept, counted and refused, and tells nothing about anybody. What became of it is waited for: not waited for, it would be a matter of time in which world it is told. */
export function garbage(path: (feed: string) => string): fc.Arbitrary<TwinRequest> {
  return fc.tuple(fc.constantFrom('uhb-adt', 'uhb-adt', 'bchc-rio', 'bcc-cld', 'unheard-of'), fc.constantFrom('', 'nonsense', 'MSH|^~\\&|nothing\r', 'MSH|', '\u0000', 'a,b\n1,2\n')).map(
    ([feed, body]) => ({ method: 'POST', path: path(feed), body, headers: { Prefer: 'wait=10', 'Content-Type': 'application/octet-stream' }, alone: true }));
}

/** Transactions and messages are for feeds that take them: everybody else is told so, whatever the Bundle says of whom. */
export function bundleRequest(path: string): fc.Arbitrary<TwinRequest> {
  return fc.constantFrom('', '{}', '{"resourceType":"Bundle","type":"transaction","entry":[]}', '{"resourceType":"Bundle","type":"message","entry":[]}', '[').map(
    (body) => ({ method: 'POST', path, body, headers: { 'Content-Type': 'application/fhir+json' }, alone: true }));
}

/** Nothing here changes an agreement that is in force: what it changed would be dated by each database's own clock. */
export function agreementRequests({ agreements }: TwinFacts): Readonly<Record<'propose' | 'sign' | 'activate' | 'terminate', fc.Arbitrary<TwinRequest>>> {
  const fields = { 'Content-Type': 'application/json' };
  const change = (what: string, names: readonly string[], bodies: readonly string[]): fc.Arbitrary<TwinRequest> =>
    fc.tuple(fc.constantFrom(...names), fc.constantFrom(...bodies)).map(([name, body]) => ({ method: 'POST', path: `/governance/agreements/${name}/${what}`, headers: fields, body, alone: true }));
  const signing = JSON.stringify({ party: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', signatory: 'Somebody', sha256: '0'.repeat(64) });
  return {
    propose: fc.constantFrom('', 'x: y', 'id: [', 'id: a\nid: b', '{}').map((body) => ({ method: 'POST', path: '/governance/agreements', headers: { 'Content-Type': 'application/yaml' }, body, alone: true })),
    sign: change('sign', [...agreements, 'unheard-of/1.0'], [signing, '{}', '{', '{"party":"x"}']),
    activate: change('activate', ['unheard-of/1.0', 'draft-voluntary-sector/0.1'], ['{}', '{"x":1}', '{']),
    terminate: change('terminate', ['unheard-of/1.0'], ['{}', '{"x":1}']),
  };
}

/** A draft tried on past requests counts, for governance, what others were kept from: that is what it is for. Governance is asked with what is no draft. */
export function whatIf({ role }: Asker): fc.Arbitrary<TwinRequest> {
  const draft = readFileSync(join(import.meta.dirname, '../../agreements/bicp-oversight.yaml'), 'utf8');
  return fc.tuple(fc.constantFrom('', 'x: y', ...(role === 'governance' ? [] : [draft])), fc.constantFrom('', '?since=30d', '?since=x')).map(([body, since]) => (
    { method: 'POST', path: `/governance/agreements/what-if${since}`, headers: { 'Content-Type': 'application/yaml' }, body }));
}

/** Of emergency access nobody had. */
export function emergencyChange(what: 'review' | 'revoke'): fc.Arbitrary<TwinRequest> {
  return fc.tuple(fc.constantFrom('EA-0123456789ABCDEF', 'x'), fc.constantFrom('{}', '{"outcome":"x"}', '{')).map(([reference, body]) => (
    { method: 'POST', path: `/governance/emergency-accesses/${reference}/${what}`, headers: { 'Content-Type': 'application/json' }, body, alone: true }));
}

/** Nothing is decided, because what comes of it would have ids of its own in each world. */
export function linkChange({ linkReviews }: TwinFacts, what: 'claim' | 'release' | 'decide' | 'undo'): fc.Arbitrary<TwinRequest> {
  const bodies = ['{}', '{', '{"reason":"Looked at both"}', `{"outcome":"same","reason":"Looked at both","seen":"${'0'.repeat(64)}"}`];
  return fc.tuple(fc.constantFrom(...linkReviews, 'LR-0123456789ABCDEF', 'x'), fc.constantFrom(...(what === 'claim' ? ['{', '{"x":1}'] : bodies))).map(([reference, body]) => (
    { method: 'POST', path: `/governance/link-reviews/${reference}/${what}`, headers: { 'Content-Type': 'application/json' }, body, alone: true }));
}

export function linkageRun(what: 'start' | 'approve' | 'give-up', bodies: readonly string[]): fc.Arbitrary<TwinRequest> {
  return fc.constantFrom(...bodies).map((body) => ({ method: 'POST', path: `/governance/linkage-run/${what}`, headers: { 'Content-Type': 'application/json' }, body, alone: true }));
}

/** Work on feeds, one's own and others': no mapping differs from the folder, so no replay is ever open. */
export function feedWork(method: 'GET' | 'POST', address: string, bodies: readonly (string | null)[]): fc.Arbitrary<TwinRequest> {
  return fc.tuple(fc.constantFrom('uhb-adt', 'bchc-rio', 'unheard-of', '%zz'), fc.constantFrom(...bodies)).map(([feed, body]) => (
    { method, path: `/governance/feeds/${feed}${address}`, ...(body !== null && { headers: { 'Content-Type': 'application/json' }, body, alone: true }) }));
}

/** Records seen and hidden, of one person and of two, said to be one event or two, or that taken back. */
export function sameEventRequest(facts: TwinFacts): fc.Arbitrary<TwinRequest> {
  const rows = facts.rows.filter(({ type }) => ['ServiceRequest', 'Encounter', 'EpisodeOfCare', 'CarePlan'].includes(type));
  return fc.tuple(fc.constantFrom(...rows), fc.constantFrom(...rows, { type: 'ServiceRequest', id: unknownId }), fc.constantFrom('same', 'different', 'undecided', 'perhaps'), fc.constantFrom('They speak of one visit', '')).map(([one, other, verdict, reason]) => ({
    method: 'POST', path: `/fhir/${one.type}/${one.id}/$same-event`, alone: true, headers: json,
    body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'other', valueReference: { reference: `${other.type}/${other.id}` } }, { name: 'verdict', valueCode: verdict }, { name: 'reason', valueString: reason }] }),
  }));
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { openServer } from '../../../src/edge/http/open-server.ts';
import { databases } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { ask, askAudited, auditSince, citizenOf, codeOf, lastSeq, type Question } from './asking.ts';

const abdul = '9990000379';
const unknownId = '00000000-0000-4000-8000-000000000001';
const nurse = 'community-nurse';
const officer = 'privacy-officer';
const fhirJson = { 'Content-Type': 'application/fhir+json' };
const xmlBody = { 'Content-Type': 'application/fhir+xml', Accept: 'application/fhir+json' };
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

interface Case extends Question {
  name: string;
  status: number;
  code: string;
}

const consent = (body: string | Uint8Array, more: Partial<Question> = {}): Omit<Question, 'name'> =>
  ({ method: 'POST', path: '/fhir/Consent', who: officer, headers: fhirJson, body, ...more });

const depth = 200_000;
const bodies: Case[] = [
  { name: 'JSON 200,000 levels deep', ...consent(`{"resourceType":"Consent","a":${'['.repeat(depth)}${']'.repeat(depth)}}`), status: 400, code: 'json-too-deep' },
  { name: 'the same member twice', ...consent('{"resourceType":"Consent","status":"active","status":"inactive"}'), status: 400, code: 'json-duplicate-key' },
  { name: '__proto__', ...consent('{"resourceType":"Consent","__proto__":{"polluted":true}}'), status: 400, code: 'json-forbidden-key' },
  { name: '__proto__ written with escapes', ...consent('{"resourceType":"Consent","\\u005f_proto__":{"polluted":true}}'), status: 400, code: 'json-forbidden-key' },
  { name: 'constructor.prototype', ...consent('{"resourceType":"Consent","constructor":{"prototype":{"polluted":true}}}'), status: 400, code: 'json-forbidden-key' },
  { name: 'NUL', ...consent('{"resourceType":"Consent","id":"a\\u0000b"}'), status: 400, code: 'json-forbidden-character' },
  { name: 'half a surrogate pair', ...consent('{"resourceType":"Consent","id":"\\ud83d"}'), status: 400, code: 'json-forbidden-character' },
  { name: 'a number beyond all bounds', ...consent('{"resourceType":"Consent","a":1e400}'), status: 400, code: 'json-number-range' },
  { name: 'bytes that are not UTF-8', ...consent(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])), status: 400, code: 'json-encoding' },
  { name: 'half a document', ...consent('{"resourceType":"Consent",'), status: 400, code: 'json-syntax' },
  { name: 'no document', ...consent(''), status: 400, code: 'json-syntax' },
  { name: 'a list', ...consent('[]'), status: 400, code: 'json-not-object' },
  { name: 'another type', ...consent('{"resourceType":"Patient"}'), status: 400, code: 'resource-type-differs' },
  { name: 'an announced body of 50 MB', ...consent(Buffer.alloc(50 * 1024 ** 2, 32)), status: 413, code: 'body-too-large' },
  { name: 'a gzip bomb', ...consent(gzipSync(Buffer.alloc(50 * 1024 ** 2)), { headers: { ...fhirJson, 'Content-Encoding': 'gzip' } }), status: 413, code: 'body-too-large' },
  { name: 'a brotli bomb', ...consent(brotliCompressSync(Buffer.alloc(20 * 1024 ** 2)), { headers: { ...fhirJson, 'Content-Encoding': 'br' } }), status: 413, code: 'body-too-large' },
  { name: 'a broken gzip', ...consent(gzipSync('{"resourceType":"Consent"}').subarray(0, 20), { headers: { ...fhirJson, 'Content-Encoding': 'gzip' } }), status: 400, code: 'body-unreadable' },
  { name: 'an encoding nobody unpacks', ...consent('x', { headers: { ...fhirJson, 'Content-Encoding': 'compress' } }), status: 415, code: 'content-encoding-unsupported' },
  { name: 'two encodings', ...consent(gzipSync(gzipSync('{}')), { headers: { ...fhirJson, 'Content-Encoding': 'gzip, gzip' } }), status: 415, code: 'content-encoding-unsupported' },
  { name: 'a form of FHIR nobody reads here', ...consent('[] a fhir:Consent .', { headers: { 'Content-Type': 'application/fhir+turtle' } }), status: 415, code: 'media-type-unsupported' },
  { name: 'XML of no namespace', ...consent('<Consent/>', { headers: xmlBody }), status: 400, code: 'xml-namespace' },
  { name: 'XML with a document type', ...consent('<!DOCTYPE Consent SYSTEM "file:///etc/passwd"><Consent xmlns="http://hl7.org/fhir"/>', { headers: { ...xmlBody, 'Content-Type': 'text/xml' } }), status: 400, code: 'xml-doctype' },
  { name: 'JSON declared as XML', ...consent('{"resourceType":"Consent"}', { headers: xmlBody }), status: 400, code: 'xml-syntax' },
  { name: 'XML declared as JSON', ...consent('<Consent xmlns="http://hl7.org/fhir"/>'), status: 400, code: 'json-syntax' },
  { name: 'part of a resource', ...consent('{"resourceType":"Consent","meta":{"tag":[{"code":"SUBSETTED"}]}}'), status: 422, code: 'resource-subsetted' },
  { name: 'no content type', ...consent('{"resourceType":"Consent"}', { headers: {} }), status: 415, code: 'media-type-unsupported' },
  { name: 'another character set', ...consent('{}', { headers: { 'Content-Type': 'application/fhir+json; charset=iso-8859-1' } }), status: 415, code: 'media-type-unsupported' },
  { name: 'a search by POST that is no form', method: 'POST', path: '/fhir/Patient/_search', who: nurse, headers: fhirJson, body: '{}', status: 415, code: 'media-type-unsupported' },
  { name: 'a form of 100 kB', method: 'POST', path: '/fhir/Patient/_search', who: nurse, headers: form, body: `family=${'a'.repeat(100_000)}`, status: 413, code: 'body-too-large' },
  { name: 'a form that is not UTF-8', method: 'POST', path: '/fhir/Patient/_search', who: nurse, headers: form, body: 'family=%E9', status: 400, code: 'parameters-unreadable' },
];

const rights: Case[] = [
  { name: 'no token', path: '/fhir/Patient', status: 401, code: 'token-missing' },
  { name: 'an empty token', path: '/fhir/Patient', headers: { Authorization: '' }, status: 401, code: 'token-missing' },
  { name: 'Bearer null', path: '/fhir/Patient', headers: { Authorization: 'Bearer null' }, status: 401, code: 'token-invalid' },
  { name: 'a password', path: '/fhir/Patient', headers: { Authorization: 'Basic dXNlcjpwYXNz' }, status: 401, code: 'token-invalid' },
  { name: 'a token of 12 kB', path: '/fhir/Patient', headers: { Authorization: `Bearer ${'a'.repeat(6_000)}.${'b'.repeat(6_000)}.c` }, status: 401, code: 'token-invalid' },
  { name: 'no token for intake', method: 'POST', path: '/intake/uhb-adt', body: 'MSH', status: 401, code: 'token-missing' },
  { name: 'another feed\'s client', method: 'POST', path: '/intake/uhb-adt', who: 'bcc-cld', body: 'MSH', status: 403, code: 'feed-of-another-client' },
  { name: 'another feed\'s client of the same kind', method: 'POST', path: '/intake/bsmhft-rio/client', who: 'bchc-rio', body: 'Client_ID', status: 403, code: 'feed-of-another-client' },
  { name: 'a persona at intake', method: 'POST', path: '/intake/uhb-adt', who: 'ward-doctor', body: 'MSH', status: 403, code: 'feed-of-another-client' },
  { name: 'a feed nobody registered', method: 'POST', path: '/intake/no-such', who: 'uhb-adt', body: 'MSH', status: 403, code: 'feed-of-another-client' },
  { name: 'a part the feed does not have', method: 'POST', path: '/intake/uhb-adt/referral', who: 'uhb-adt', body: 'MSH', status: 404, code: 'part-unknown' },
  { name: 'an empty file', method: 'POST', path: '/intake/uhb-adt', who: 'uhb-adt', body: '', status: 400, code: 'source-empty' },
  { name: 'a file larger than the feed may send', method: 'POST', path: '/intake/uhb-adt', who: 'uhb-adt', body: Buffer.alloc(21_000_000, 65), status: 413, code: 'body-too-large' },
  { name: 'GET at intake', path: '/intake/uhb-adt', who: 'uhb-adt', status: 405, code: 'interaction-unsupported' },
  { name: 'nothing at intake', method: 'POST', path: '/intake/uhb-adt/a/b', who: 'uhb-adt', status: 404, code: 'address-unknown' },
  { name: 'a feed that reads Patients', path: '/fhir/Patient', who: 'uhb-adt', status: 403, code: 'scope-missing' },
  { name: 'a feed that reads a Patient', path: `/fhir/Patient/${unknownId}`, who: 'bcc-cld', status: 403, code: 'scope-missing' },
  { name: 'a feed that reads everything', path: `/fhir/Patient/${unknownId}/$everything`, who: 'bchc-rio', status: 403, code: 'scope-missing' },
  { name: 'a reader that files a choice', ...consent('{}', { who: 'healthwatch-reader' }), status: 403, code: 'scope-missing' },
  { name: 'a nurse that reads the audit trail', path: '/fhir/AuditEvent', who: nurse, status: 403, code: 'audit-readers-only' },
];

const addresses: Case[] = [
  { name: 'an unknown type', path: '/fhir/Nonsense', who: nurse, status: 404, code: 'type-unknown' },
  { name: 'a type of Object.prototype', path: '/fhir/constructor', who: nurse, status: 404, code: 'type-unknown' },
  { name: 'a type that is not served', path: '/fhir/Medication/1', who: nurse, status: 404, code: 'type-unknown' },
  { name: 'an unknown address', path: '/fhir/Patient/1/2/3/4/5', who: nurse, status: 404, code: 'address-unknown' },
  { name: 'an unknown operation', path: `/fhir/Patient/${unknownId}/$match`, who: nurse, status: 404, code: 'address-unknown' },
  { name: 'PUT', method: 'PUT', path: `/fhir/Patient/${unknownId}`, who: nurse, headers: fhirJson, body: '{}', status: 405, code: 'interaction-unsupported' },
  { name: 'PATCH', method: 'PATCH', path: `/fhir/Patient/${unknownId}`, who: nurse, headers: fhirJson, body: '[]', status: 405, code: 'interaction-unsupported' },
  { name: 'DELETE', method: 'DELETE', path: `/fhir/Patient/${unknownId}`, who: nurse, status: 405, code: 'interaction-unsupported' },
  { name: 'a conditional DELETE', method: 'DELETE', path: `/fhir/Patient?identifier=${abdul}`, who: nurse, status: 405, code: 'interaction-unsupported' },
  { name: 'create where nothing is created', method: 'POST', path: '/fhir/Patient', who: nurse, headers: fhirJson, body: '{}', status: 405, code: 'interaction-unsupported' },
  { name: 'a batch', method: 'POST', path: '/fhir', who: 'care-home-nurse', headers: fhirJson, body: '{}', status: 403, code: 'bundle-not-taken' },
  { name: 'a batch with a slash', method: 'POST', path: '/fhir/', who: 'care-home-nurse', headers: fhirJson, body: '{}', status: 403, code: 'bundle-not-taken' },
  { name: 'a batch that is none', method: 'POST', path: '/fhir', who: nurse, headers: fhirJson, body: '{}', status: 400, code: 'bundle-missing' },
  { name: 'a search of everything', path: '/fhir?_id=1', who: nurse, status: 405, code: 'interaction-unsupported' },
  { name: 'DELETE of an unknown type', method: 'DELETE', path: '/fhir/Nonsense/1', who: nurse, status: 404, code: 'type-unknown' },
  { name: 'an interaction the type does not take', path: `/fhir/AuditEvent/${unknownId}/_history/1`, who: 'governance-lead', status: 405, code: 'interaction-unsupported' },
  { name: 'a change of a type that is only read', method: 'POST', path: '/fhir/Organization', body: '{}', who: nurse, status: 405, code: 'interaction-unsupported' },
  { name: 'a compartment of what is about nobody', path: `/fhir/Patient/${unknownId}/Organization`, who: nurse, status: 400, code: 'search-type-unsupported' },
  { name: 'a compartment of a type nobody serves', path: `/fhir/Patient/${unknownId}/Basic`, who: nurse, status: 404, code: 'type-unknown' },
  { name: 'a method of our own making', method: 'PROPFIND', path: `/fhir/Patient/${unknownId}`, who: nurse, status: 405, code: 'interaction-unsupported' },
  { name: 'an id that does not exist', path: `/fhir/Patient/${unknownId}`, who: nurse, status: 404, code: 'not-found' },
  { name: 'an id that is an NHS number', path: `/fhir/Patient/${abdul}`, who: nurse, status: 404, code: 'not-found' },
  { name: 'an id of 9 kB in escapes', path: `/fhir/Patient/${'%41'.repeat(3_000)}`, who: nurse, status: 404, code: 'not-found' },
  { name: 'NUL in an id', path: '/fhir/Patient/%00', who: nurse, status: 404, code: 'not-found' },
  { name: 'a path out of the house', path: '/fhir/Patient/..%2f..%2fetc%2fpasswd', who: nurse, status: 404, code: 'not-found' },
  { name: 'a broken escape in the path', path: '/fhir/Patient/%E0%A4%A', who: nurse, status: 400, code: 'address-unreadable' },
  { name: 'a broken escape at intake', method: 'POST', path: '/intake/%E0%A4%A', who: 'uhb-adt', body: 'x', status: 400, code: 'address-unreadable' },
  { name: 'a version that is no number', path: `/fhir/Patient/${unknownId}/_history/latest`, who: nurse, status: 404, code: 'not-found' },
  { name: 'a version beyond all numbers', path: `/fhir/Patient/${unknownId}/_history/99999999999999999999`, who: nurse, status: 404, code: 'not-found' },
];

const questions: Case[] = [
  { name: 'an unknown parameter', path: '/fhir/Patient?nonsense=1', who: nurse, status: 400, code: 'search-parameter-unknown' },
  { name: 'an unknown modifier', path: '/fhir/Patient?family:sounds=x', who: nurse, status: 400, code: 'search-parameter-unknown' },
  { name: 'a chain', path: '/fhir/CarePlan?subject.shoe-size=x', who: nurse, status: 400, code: 'search-parameter-unknown' },
  { name: '_has', path: '/fhir/Patient?_has:CarePlan:patient:shoe-size=9', who: nurse, status: 400, code: 'search-parameter-unknown' },
  { name: '_include', path: '/fhir/CarePlan?_include=CarePlan:status', who: nurse, status: 400, code: 'search-value-invalid' },
  { name: 'a chain without end', path: '/fhir/Task?part-of.part-of.part-of.part-of.status=draft', who: nurse, status: 400, code: 'search-chain-too-deep' },
  { name: 'a chain to anywhere', path: '/fhir/Task?focus.status=draft', who: nurse, status: 400, code: 'search-chain-unclear' },
  { name: 'a value set nobody knows', path: '/fhir/CarePlan?category:in=http://elsewhere.example/vs', who: nurse, status: 400, code: 'search-value-set-unknown' },
  { name: '_text', path: '/fhir/CarePlan?_text=R', who: nurse, status: 400, code: 'search-parameter-unknown' },
  { name: '_filter', path: '/fhir/Patient?_filter=true', who: nurse, status: 400, code: 'search-parameter-unknown' },
  { name: ':missing', path: '/fhir/Patient?identifier:missing=perhaps', who: nurse, status: 400, code: 'search-value-invalid' },
  { name: 'an unknown sort key', path: '/fhir/Patient?_sort=telecom', who: nurse, status: 400, code: 'search-parameter-unknown' },
  { name: 'SQL as a sort key', path: '/fhir/Patient?_sort=family%3bdrop%20table%20citizen', who: nurse, status: 400, code: 'search-parameter-unknown' },
  { name: 'a day that does not exist', path: '/fhir/CarePlan?date=2026-02-30', who: nurse, status: 400, code: 'search-value-invalid' },
  { name: 'a day written day first', path: '/fhir/Patient?birthdate=11/02/1938', who: nurse, status: 400, code: 'search-value-invalid' },
  { name: 'an unknown date prefix', path: '/fhir/CarePlan?date=zz2026', who: nurse, status: 400, code: 'search-value-invalid' },
  { name: 'an empty value', path: '/fhir/Patient?family=', who: nurse, status: 400, code: 'search-value-empty' },
  { name: 'a value of 1,000 characters', path: `/fhir/Patient?family=${'a'.repeat(1_000)}`, who: nurse, status: 400, code: 'search-value-too-long' },
  { name: 'a hundred parameters and one', path: `/fhir/Patient?${'gender=male&'.repeat(101)}`, who: nurse, status: 400, code: 'search-too-many' },
  { name: 'thirty parameters', path: `/fhir/Patient?${'gender=male&'.repeat(30)}`, who: nurse, status: 400, code: 'search-too-many' },
  { name: 'a reference to another server', path: '/fhir/CarePlan?patient=https://other.example/fhir/Patient/1', who: nurse, status: 400, code: 'search-reference-foreign' },
  { name: 'a broken escape', path: '/fhir/Patient?family=%E0%A4%A', who: nurse, status: 400, code: 'parameters-unreadable' },
  { name: 'NUL', path: '/fhir/Patient?family=a%00b', who: nurse, status: 400, code: 'parameters-unreadable' },
  { name: '_count that is no number', path: '/fhir/Patient?_count=ten', who: nurse, status: 400, code: 'search-value-invalid' },
  { name: '_count below nothing', path: '/fhir/Patient?_count=-1', who: nurse, status: 400, code: 'search-value-invalid' },
  { name: '_count=0 of everything', path: `/fhir/Patient/${unknownId}/$everything?_count=0`, who: nurse, status: 400, code: 'search-value-invalid' },
  { name: 'an unknown parameter of everything', path: `/fhir/Patient/${unknownId}/$everything?_filter=x`, who: nurse, status: 400, code: 'search-parameter-unknown' },
  { name: 'an unknown posted parameter of everything', method: 'POST', path: `/fhir/Patient/${unknownId}/$everything`, who: nurse, headers: fhirJson, body: '{"resourceType":"Parameters","parameter":[{"name":"care","valueDate":"2026-01-01"}]}', status: 400, code: 'search-parameter-unknown' },
  { name: 'an unknown parameter of history', path: `/fhir/CarePlan/${unknownId}/_history?_at=2026`, who: nurse, status: 400, code: 'search-parameter-unknown' },
  { name: 'a page token of nonsense', path: '/fhir/Patient?_page=nonsense', who: nurse, status: 400, code: 'page-token-invalid' },
  { name: 'an empty page token', path: '/fhir/Patient?_page=', who: nurse, status: 400, code: 'page-token-invalid' },
  { name: 'Turtle by Accept', path: '/fhir/Patient', who: nurse, headers: { Accept: 'application/fhir+turtle' }, status: 406, code: 'format-unsupported' },
  { name: 'XML from what is not FHIR', path: '/governance/agreements', who: 'governance-lead', headers: { Accept: 'application/fhir+xml' }, status: 406, code: 'format-unsupported' },
  { name: 'HTML by Accept', path: '/fhir/Patient', who: nurse, headers: { Accept: 'text/html' }, status: 406, code: 'format-unsupported' },
  { name: 'JSON refused by its weight', path: '/fhir/Patient', who: nurse, headers: { Accept: 'application/fhir+json;q=0, text/html' }, status: 406, code: 'format-unsupported' },
  { name: 'another FHIR version', path: '/fhir/Patient', who: nurse, headers: { Accept: 'application/fhir+json; fhirVersion=3.0' }, status: 406, code: 'format-unsupported' },
  { name: 'Turtle by _format', path: '/fhir/Patient?_format=ttl', who: nurse, status: 406, code: 'format-unsupported' },
  { name: '_format before Accept', path: '/fhir/Patient?_format=ttl', who: nurse, headers: { Accept: 'application/fhir+json' }, status: 406, code: 'format-unsupported' },
  { name: 'an element the type has not', path: '/fhir/Patient?_elements=status', who: nurse, status: 400, code: 'representation-invalid' },
  { name: 'a summary of no known sort', path: '/fhir/Patient?_summary=short', who: nurse, status: 400, code: 'representation-invalid' },
  { name: 'the count of one resource', path: `/fhir/Patient/${unknownId}?_summary=count`, who: nurse, status: 400, code: 'representation-invalid' },
  { name: 'elements and a summary at once', path: '/fhir/Patient?_elements=name&_summary=true', who: nurse, status: 400, code: 'representation-invalid' },
  { name: '_pretty that is neither', path: '/fhir/Patient?_pretty=maybe', who: nurse, status: 400, code: 'representation-invalid' },
  ...([['NHSD-End-User-Organisation-ODS', 'ZZ999'], ['X-Purpose-Of-Use', 'BTG'], ['Purpose-Of-Use', 'ETREAT'], ['X-Role', 'doctor'], ['X-Organisation', 'RRK'], ['X-ODS-Code', '']] as const).map(([header, claimed]) => (
    { name: `another ${header} than the token carries: "${claimed}"`, path: '/fhir/Patient', who: nurse, headers: { [header]: claimed }, status: 403, code: 'claim-contradicts-token' })),
  ...['purpose=BTG', 'role=doctor', 'organisation=RRK'].map((claimed) => ({ name: `a claim in the address: ${claimed}`, path: `/fhir/EpisodeOfCare?${claimed}`, who: nurse, status: 400, code: 'search-parameter-unknown' })),
  { name: 'an operation by another method', path: '/fhir/Patient/$match', who: nurse, status: 405, code: 'interaction-unsupported' },
  { name: 'an operation there is not', path: '/fhir/Patient/$nothing', who: nurse, status: 404, code: 'address-unknown' },
  ...([
    ['_type=Foo', 'operation-input-invalid'], ['_type=', 'operation-input-invalid'], ['_since=2026', 'search-value-invalid'], ['start=soon', 'operation-input-invalid'], ['start=2026-01-02&end=2026-01-01', 'operation-input-invalid'],
    ['start=2026&start=2027', 'operation-input-invalid'], ['_count=1&_count=2', 'search-value-invalid'],
  ] as const).map(([query, code]) => ({ name: `everything, with ${query}`, path: `/fhir/Patient/${unknownId}/$everything?${query}`, who: nurse, status: 400, code })),
  ...(['since yesterday', 'since=2026-01-01T00:00:00Z&_since=2026-01-02T00:00:00Z'].map((value) => ({ name: `history with _${value}`, path: `/fhir/CarePlan/${unknownId}/_history?_${value.replace(' ', '=')}`, who: nurse, status: 400, code: 'search-value-invalid' }))),
  { name: 'two page links', path: '/fhir/CarePlan?_page=AAAA&_page=AAAA', who: nurse, status: 400, code: 'page-token-invalid' },
  { name: '_format given twice', path: '/fhir/CarePlan?_format=json&_format=xml', who: nurse, status: 400, code: 'representation-invalid' },
  { name: '_summary given twice', path: '/fhir/CarePlan?_summary=true&_summary=false', who: nurse, status: 400, code: 'representation-invalid' },
  { name: '_format of another FHIR version', path: '/fhir/CarePlan?_format=application/fhir%2Bjson;fhirVersion=5.0', who: nurse, status: 406, code: 'format-unsupported' },
  { name: 'a search by GET at the address for POST', path: '/fhir/Patient/_search?gender=male', who: nurse, status: 405, code: 'interaction-unsupported' },
  { name: 'a search of all types by POST', method: 'POST', path: '/fhir/_search', who: nurse, headers: form, body: '_type=Patient', status: 404, code: 'address-unknown' },
  { name: 'bytes that are not UTF-8', method: 'POST', path: '/fhir/Patient/_search', who: nurse, headers: form, body: Buffer.from('family=\u00e9', 'latin1'), status: 400, code: 'parameters-unreadable' },
  { name: 'twelve includes', path: `/fhir/CarePlan?${'_include=CarePlan:subject&'.repeat(12)}`, who: nurse, status: 400, code: 'search-too-many' },
  { name: 'a value set in another version', path: '/fhir/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/request-status%7C9.9', who: nurse, status: 404, code: 'canonical-unknown' },
  { name: 'a value set of ours in the version of R4', path: '/fhir/ValueSet/$expand?url=https://fhir.bicp.example/ValueSet/programme%7C4.0.1', who: nurse, status: 404, code: 'canonical-unknown' },
  { name: 'a hundred thousand inputs without a name', method: 'POST', path: '/fhir/CodeSystem/$lookup', who: nurse, headers: fhirJson, body: JSON.stringify({ resourceType: 'Parameters', parameter: Array.from({ length: 100_000 }, () => ({})) }), status: 400, code: 'operation-input-invalid' },
  { name: 'Provenance of a Patient who is left out', path: `/fhir/Patient/${unknownId}/$everything?_type=CarePlan,Provenance`, who: nurse, status: 400, code: 'operation-input-invalid' },
  { name: 'documents from after their end', path: `/fhir/DocumentReference/$docref?patient=${unknownId}&start=2026-01-01&end=2025-01-01`, who: nurse, status: 400, code: 'operation-input-invalid' },
  { name: 'a body of another FHIR version', method: 'POST', path: '/fhir/CarePlan', who: nurse, headers: { 'Content-Type': 'application/fhir+json; fhirVersion=3.0' }, body: '{}', status: 415, code: 'media-type-unsupported' },
  { name: 'If-None-Exist with an address', method: 'POST', path: '/fhir/CarePlan', who: nurse, headers: { ...fhirJson, 'If-None-Exist': 'CarePlan?identifier=a|b' }, body: '{}', status: 400, code: 'header-invalid' },
  { name: 'If-None-Exist twice', method: 'POST', path: '/fhir/CarePlan', who: nurse, headers: { ...fhirJson, 'If-None-Exist': ['identifier=a|b', 'identifier=c|d'] }, body: '{}', status: 400, code: 'header-invalid' },
  ...(['*', 'W/"1", W/"2"', 'w/"1"', '1', ''].map((value) => ({ name: `If-Match: ${value}`, method: 'PUT', path: `/fhir/CarePlan/${unknownId}`, who: nurse, headers: { ...fhirJson, 'If-Match': value }, body: '{}', status: 400, code: 'header-invalid' }))),
  { name: 'If-None-Match of a change', method: 'PUT', path: '/fhir/CarePlan?identifier=a%7Cb', who: nurse, headers: { ...fhirJson, 'If-None-Match': '*' }, body: '{}', status: 400, code: 'header-invalid' },
  { name: 'entries that are no list', method: 'POST', path: '/fhir', who: nurse, headers: fhirJson, body: '{"resourceType":"Bundle","type":"batch","entry":{}}', status: 400, code: 'element-type' },
  { name: 'an organisation that is no ODS code', path: '/fhir/Patient', who: nurse, headers: { 'NHSD-End-User-Organisation-ODS': 'R R K' }, status: 400, code: 'header-invalid' },
];

describe.each(databases)('a bad request, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open(3));
  });
  afterAll(() => gateway.close());

  it.each<[string, string, Pick<Case, 'method' | 'headers' | 'body'>, string[]]>([
    ['the prefixes there are', '/fhir/CarePlan?date=%3E2025', {}, ['http.date', 'eq, ne, gt']],
    ['what the type is sorted by', '/fhir/CarePlan?_sort=title', {}, ['http._sort', '_id, _lastUpdated, activity-date, date, intent, status']],
    ['the form of _has', '/fhir/Patient?_has:CarePlan:status=active', {}, ['http._has:CarePlan:status', '_has:Type:reference:parameter']],
    ['what may be included', '/fhir/CarePlan?_include=CarePlan:author', {}, ['http._include', 'CarePlan:activity-reference, CarePlan:based-on']],
    ['what refers to a type', '/fhir/Organization?_revinclude=CarePlan:subject', {}, ['http._revinclude', 'of its references to Organization: CarePlan:performer']],
    ['which input is unknown', '/fhir/Patient/$ihe-pix?source=a%7Cb', {}, ['http.source', 'each of sourceIdentifier']],
    ['what a chain may ask', '/fhir/CarePlan?patient.shoe-size=9', {}, ['http.patient.shoe-size', 'patient:Type.parameter', 'birthdate']],
    ['the header meant', '/fhir/Patient', { headers: { 'NHSD-End-User-Organisation-ODS': 'ZZ999' } }, ['http.NHSD-End-User-Organisation-ODS', 'ODS code of the organisation of the token']],
    ['how a date is written', '/fhir/CarePlan/$validate', { method: 'POST', headers: fhirJson, body: '{"resourceType":"CarePlan","status":"active","intent":"plan","subject":{"reference":"Patient/1"},"created":"31/12/2025","title":5,"colour":"red"}' }, ['CarePlan.created', 'YYYY-MM-DDThh:mm:ss', 'a JSON string', 'write its name']],
  ])('tells %s', async (_name, path, question, told) => {
    const answer = await ask(gateway, { path, who: nurse, ...question });
    for (const each of told) expect(answer.text).toContain(each);
  });

  describe.each<[string, Case[]]>([['bodies', bodies], ['rights', rights], ['addresses', addresses], ['questions', questions]])('%s', (_, cases) => {
    it.each(cases)('$name: $status $code, told in an OperationOutcome and written down once', async ({ status, code, ...question }) => {
      const { answer, entries, code: told } = await askAudited(gateway, question);
      expect([answer.status, told]).toEqual([status, code]);
      expect(entries.map((entry) => [entry.status, entry.code, entry.disclosed])).toEqual([[status, code, []]]);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['x-request-id']).toBe(entries[0]?.request);
      expect(answer.text).not.toMatch(/node_modules|\bat \w+ \(|select |relation "/);
    });
  });

  const keptFiles = async (): Promise<number> => (await gateway.database.query('select 1 from source_record')).length;

  it('leaves no trace of a refused body in the process or the record', async () => {
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(await gateway.database.query("select 1 from citizen_row where type = 'Consent' union all select 1 from choice_rule")).toEqual([]);
    expect(await gateway.database.query("select 1 from source_record where feed = 'api' or size = 21000000")).toEqual([]);
  });

  it('tells a refused method what is allowed', async () => {
    expect((await ask(gateway, { method: 'DELETE', path: `/fhir/Patient/${unknownId}`, who: nurse })).headers.allow).toBe('GET, HEAD');
    expect((await ask(gateway, { path: '/intake/uhb-adt', who: 'uhb-adt' })).headers.allow).toBe('POST');
  });

  it('tells a caller without a token how to come back', async () => {
    expect((await ask(gateway, { path: '/fhir/Patient' })).headers['www-authenticate']).toBe('Bearer realm="onestory"');
    expect((await ask(gateway, { path: '/fhir/Patient', headers: { Authorization: 'Bearer a.b.c' } })).headers['www-authenticate']).toBe('Bearer realm="onestory", error="invalid_token"');
  });

  it('refuses an endless body at its first byte too many, while it is still being sent', async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        sent += 65_536;
        yield Buffer.alloc(65_536, 32);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const answer = await ask(gateway, consent('', { headers: { ...fhirJson, 'Transfer-Encoding': 'chunked' }, body: endless() }));
    expect([answer.status, codeOf(answer)]).toEqual([413, 'body-too-large']);
    expect(sent).toBeLessThan(40 * 1024 ** 2);
  });

  it('cuts off a body that comes drop by drop, and keeps nothing of it', async () => {
    const server = openServer(gateway.app, { requestTimeoutMs: 300, checkedEveryMs: 50 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const files = await keptFiles();
    const head = `POST /intake/uhb-adt HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await gateway.token('uhb-adt')}\r\nContent-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n`;
    const answer = await rawAnswer((server.address() as AddressInfo).port, head, 'M');
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*request-too-slow/);
    expect(await keptFiles()).toBe(files);
    await new Promise((resolve) => server.close(resolve));
  });

  const inside = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n';
  it.each([
    ['a length and chunks at once', `Content-Length: ${inside.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inside}`],
    ['two lengths', `Content-Length: 0\r\nContent-Length: ${inside.length}\r\n\r\n${inside}`],
    ['a length that is no number', `Content-Length: 0x${inside.length.toString(16)}\r\n\r\n${inside}`],
    ['a list of lengths', `Content-Length: 0, ${inside.length}\r\n\r\n${inside}`],
    ['chunks that are not the last encoding', `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${inside}`],
    ['a space before the colon', `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inside}`],
    ['a header in two lines', `X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 0, 5\r\n\r\n${inside}`],
    ['the size of a chunk with a sign', `Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n${inside}`],
    ['a chunk ended by a bare line feed', `Transfer-Encoding: chunked\r\n\r\n1\na\n0\r\n\r\n${inside}`],
  ])('takes no second request out of a first with %s', async (_, rest) => {
    const answer = await rawAnswer(gateway, `POST /intake/uhb-adt HTTP/1.1\r\nHost: x\r\n${rest}`);
    expect(answer.match(/^HTTP\/1\.1 \d+/gm)?.at(-1)).toBe('HTTP/1.1 400');
    expect(answer).toContain('request-unreadable');
    expect(answer).not.toMatch(/^HTTP\/1\.1 200/m);
  });

  it('reads no file and asks no address that XML names, at any door that takes XML', async () => {
    let asked = 0;
    const listener = createTcpServer((socket) => { asked += 1; socket.destroy(); });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const folder = mkdtempSync(join(tmpdir(), 'onestory-xml-'));
    writeFileSync(join(folder, 'secret.txt'), 'Quetzalcoatlus');
    const targets = [pathToFileURL(join(folder, 'secret.txt')).href, `http://127.0.0.1:${(listener.address() as AddressInfo).port}/x.dtd`];
    const texts: string[] = [];
    for (const target of targets) {
      for (const type of [`[<!ENTITY x SYSTEM "${target}">]`, `[<!ENTITY % x SYSTEM "${target}"> %x;]`, `SYSTEM "${target}"`]) {
        const api = await ask(gateway, consent(`<!DOCTYPE Consent ${type}><Consent xmlns="http://hl7.org/fhir"><language value="&x;"/></Consent>`, { headers: xmlBody }));
        const document = await gateway.send('stgiles-epaccs', '', `<!DOCTYPE ClinicalDocument ${type}><ClinicalDocument xmlns="urn:hl7-org:v3">&x;</ClinicalDocument>`);
        const narrative = await ask(gateway, consent(JSON.stringify({ resourceType: 'Consent', text: { status: 'generated', div: `<!DOCTYPE div ${type}><div xmlns="http://www.w3.org/1999/xhtml">&x;</div>` } })));
        expect([api.status, codeOf(api), document.ok, narrative.status >= 400]).toEqual([400, 'xml-doctype', true, true]);
        texts.push(api.text, narrative.text);
      }
    }
    const kept = await gateway.database.query<{ state: string; codes: string; text: string }>("select state, problems->0->>'code' as codes, convert_from(content, 'UTF8') || problems::text as text from source_record where feed = 'stgiles-epaccs' order by record_id");
    expect(kept.map(({ state, codes }) => [state, codes])).toEqual(Array.from({ length: 6 }, () => ['rejected', 'xml-doctype']));
    expect([...texts, ...kept.map(({ text }) => text)].filter((text) => text.includes('Quetzalcoatlus'))).toEqual([]);
    expect(asked).toBe(0);
    await new Promise((resolve) => listener.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('answers headers of 20 kB and a broken request line as it answers everything', async () => {
    const huge = await ask(gateway, { path: '/fhir/Patient', headers: { 'X-Large': 'a'.repeat(20_000) } });
    expect([huge.status, codeOf(huge)]).toEqual([431, 'headers-too-large']);
    const broken = await rawAnswer(gateway, 'NOT HTTP AT ALL\r\n\r\n');
    expect(broken).toMatch(/^HTTP\/1\.1 400 /);
    expect(broken).toContain('request-unreadable');
  });

  it('takes a correlation id that is a plain token, and makes its own for anything else', async () => {
    const own = async (given: string): Promise<string> => String((await ask(gateway, { path: '/fhir/Patient', headers: { 'X-Request-ID': given } })).headers['x-request-id']);
    expect(await own('ward-7.req_42')).toBe('ward-7.req_42');
    expect(await own('6f1c1a30-1234-4567-8901-234567890123')).toBe('6f1c1a30-1234-4567-8901-234567890123');
    for (const given of [abdul, `x-${abdul}`, '999 000 0379', '999-000-0379', 'a'.repeat(65), 'a b', '<script>', 'é']) {
      expect(await own(given)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    }
    const split = await rawAnswer(gateway, 'GET /fhir/Patient HTTP/1.1\r\nHost: x\r\nX-Request-ID: abc%0d%0aSet-Cookie: a=b\r\nConnection: close\r\n\r\n');
    expect(split).not.toMatch(/set-cookie/i);
  });

  it('never writes an NHS number typed in as an id into the audit trail', async () => {
    const before = await lastSeq(gateway);
    for (const path of [
      `/fhir/Patient/${abdul}`, `/fhir/Patient/${abdul}/$everything`, `/fhir/CarePlan/${abdul}/_history`, `/fhir/CarePlan/${abdul}/_history/1`,
      `/fhir/Patient?_id=${abdul}`, `/fhir/CarePlan?patient=${abdul}`, `/fhir/CarePlan?subject=Patient/${abdul}`, `/fhir/Patient?identifier=${abdul}`,
      `/fhir/ServiceRequest?performer=Organization/${abdul}`, `/fhir/Patient?organization=${abdul}`, `/fhir/CarePlan?category=${abdul}`, '/fhir/CarePlan?category=999%20000%200379',
      `/fhir/CarePlan?performer:identifier=x|${abdul}`, `/fhir/${abdul}/1`, `/fhir/Patient?${abdul}=1`, `/fhir/Patient?_count=${abdul}`,
    ]) await ask(gateway, { path, who: nurse, headers: { Prefer: 'handling=lenient' } });
    const entries = await auditSince(gateway, before);
    expect(entries).toHaveLength(16);
    expect(entries.filter(({ text }) => /999[ -]?000[ -]?0379/.test(text))).toEqual([]);
  });

  it('still answers a good request after all that', async () => {
    const citizen = await citizenOf(gateway, nurse, abdul);
    expect((await gateway.get(`/fhir/Patient/${citizen}`, nurse)).status).toBe(200);
  });
});

/** What is answered to these bytes until the connection ends; `drop` is sent again and again until then. */
async function rawAnswer(to: Gateway | number, text: string, drop?: string): Promise<string> {
  const port = typeof to === 'number' ? to : new URL(to.url).port;
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    const drops = drop === undefined ? undefined : setInterval(() => socket.write(drop), 20);
    socket.setEncoding('utf8').on('data', (part: string) => { answer += part; }).on('end', () => resolve(answer)).on('error', (error) => (answer === '' ? reject(error) : resolve(answer))).on('close', () => clearInterval(drops));
  });
}

import fc from 'fast-check';
import { auditArms } from './twin-audit.ts';
import { counts, headers, instance, noTypes, person, query, shaping } from './twin-pieces.ts';
import type { TwinFacts } from './twin-facts.ts';
import { joinsOf, uncoveredJoins } from './twin-joins.ts';
import type { keptListForms, SearchForm } from './twin-search.ts';
import { agreementRequests, apiWrite, breakGlassRequest, bundleRequest, choiceRequest, emergencyChange, everythingInput, feedWork, garbage, linkageRun, linkChange, matchRequest, sameEventRequest, transactionRequest, whatIf } from './twin-writes.ts';

/** One request, as it is put to both worlds. */
export interface TwinRequest {
  /** what it was made by: a route or a way to search */
  arm?: string;
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** it may change something: it has its turn alone, in both worlds at once */
  alone?: boolean;
}

export interface Asker {
  who: string;
  role: string;
}

/** Makes requests for one route. */
export type Arm = (facts: TwinFacts, asker: Asker) => fc.Arbitrary<TwinRequest>;

/** Not asked, and why nothing of the record can come this way. */
export const notCompared: Readonly<Record<string, string>> = {
  'USE /oauth': 'the gateway\'s issuer: it knows clients and personas, and no record', 'GET /oauth/auth': 'the same', 'GET /oauth/auth/:uid': 'the same', 'GET /oauth/interaction/:uid': 'the same, but for about whom an app opens: looked for and read through the door, as POST /fhir/Patient/_search and GET /fhir/Patient/:id are',
  'POST /oauth/interaction/:uid': 'the same', 'USE /app': 'files of the built viewer', 'GET /app/launch': 'a page with a button', 'POST /app/launch': 'a launch leads to the record whose id it was made with, and only for whom it was made',
};

const noUpload = '/01234567-89ab-4cde-8f01-23456789abcd';
/** Ids nobody has. */
const nobody = fc.constantFrom('01234567-89ab-8cde-8f01-23456789abcd', 'x');
const noCase = fc.constantFrom('CA-0123456789ABCDEF', 'x');
const watches = (role: string): boolean => role === 'governance' || role === 'privacy-officer';

/** What is asked of each handler of the app. A handler without a line here fails the build. */
export const arms: Readonly<Record<string, Arm>> = {
  'GET /fhir/:type': (facts) => typeSearch(facts).map(({ type, parameters, headers: given }) => ({ method: 'GET', path: `/fhir/${type}${query(parameters)}`, headers: given })),
  'POST /fhir/:type/_search': (facts) => typeSearch(facts).map(({ type, parameters, headers: given }) => posted(type, parameters, given)),
  'GET /fhir/Patient/:id/:type': (facts) => fc.tuple(person(facts), typeSearch(facts)).map(([id, { type, parameters, headers: given }]) => ({ method: 'GET', path: `/fhir/Patient/${id}/${type}${query(parameters)}`, headers: given })),
  'POST /fhir/Patient/:id/:type/_search': (facts) => fc.tuple(person(facts), typeSearch(facts)).map(([id, { type, parameters, headers: given }]) => posted(`Patient/${id}/${type}`, parameters, given)),
  'GET /fhir/:type/:id': (facts) => get(instance(facts), ({ type, id }) => `/fhir/${type}/${id}`, ['', '', '', '?_format=json', '?_summary=true', '?_elements=id', '?_pretty=true']),
  'GET /fhir/:type/:id/_history': (facts) => get(instance(facts), ({ type, id }) => `/fhir/${type}/${id}/_history`, ['', '?_count=1', '?_count=2', '?_count=0', '?_since=2020-01-01T00:00:00Z', '?_since=2999-01-01T00:00:00Z', '?_at=2025', '?_page=AAAA']),
  'GET /fhir/:type/:id/_history/:version': (facts) => get(instance(facts), ({ type, id }) => `/fhir/${type}/${id}/_history/`, ['1', '1', '2', '3', '0', '-1', 'x', '999999999999', '1?_format=json']),
  'GET /fhir/_history': () => get(fc.constant('/fhir/_history'), (path) => path, ['', '', '?_count=1', '?_count=9', '?_count=200', '?_since=2020-01-01T00:00:00Z', '?_since=2020', '?_page=AAAA', '?_at=2025']),
  'GET /fhir/:type/_history': (facts) => get(instance(facts), ({ type }) => `/fhir/${type}/_history`, ['', '', '?_count=1', '?_count=9', '?_since=2020-01-01T00:00:00Z', '?_page=AAAA']),
  'POST /fhir/:type': (facts) => apiWrite(facts, 'POST', false),
  'PUT /fhir/:type': (facts) => apiWrite(facts, 'PUT', false),
  'PATCH /fhir/:type': (facts) => apiWrite(facts, 'PATCH', false),
  'DELETE /fhir/:type': (facts) => apiWrite(facts, 'DELETE', false),
  'PUT /fhir/:type/:id': (facts) => apiWrite(facts, 'PUT', true),
  'PATCH /fhir/:type/:id': (facts) => apiWrite(facts, 'PATCH', true),
  'DELETE /fhir/:type/:id': (facts) => apiWrite(facts, 'DELETE', true),
  'GET /fhir/:type/:id/$explain-access': (facts, { role }) => get(instance(facts, role === 'governance' ? facts.known : facts.rows), ({ type, id }) => `/fhir/${type}/${id}/$explain-access`, explainInputs),
  // of entries there are none to name: what an entry says was kept back is what the worlds differ in, for those who read the log
  'GET /fhir/AuditEvent/:id/$reconstruct': (facts) => get(instance(facts), ({ id }) => `/fhir/AuditEvent/${id}/$reconstruct`, ['', '?_format=json', '?x=1']),
  'GET /fhir/Patient/:id/$everything': (facts) => get(person(facts), (id) => `/fhir/Patient/${id}/$everything`, ['', '?_count=1', '?_count=2', '?_count=9', '?_count=0', '?start=2020-01-01', '?end=2026-06-01', '?_type=CarePlan', '?_type=Task,Organization&_count=1', '?_type=Patient,Provenance', '?_since=2020-01-01T00:00:00Z', '?_since=2999-01-01T00:00:00Z', '?_page=AAAA']),
  'POST /fhir/Patient/:id/$everything': (facts) => fc.tuple(person(facts), everythingInput, headers).map(([id, body, given]) => ({ method: 'POST', path: `/fhir/Patient/${id}/$everything`, ...withBody(body), headers: { ...given, ...jsonBody } })),
  'GET /fhir/Patient/:id/$story': (facts) => get(person(facts), (id) => `/fhir/Patient/${id}/$story`, ['', '', '?print=true', '?print=x', '?_format=json', '?_count=1', '?at=2026-06-01', '?at=2999-01-01', '?at=then']),
  'POST /fhir/Patient/:id/$story': (facts) => fc.tuple(person(facts), everythingInput, headers).map(([id, body, given]) => ({ method: 'POST', path: `/fhir/Patient/${id}/$story`, ...withBody(body), headers: { ...given, ...jsonBody } })),
  'GET /fhir/Patient/:id/$summary': (facts) => get(person(facts), (id) => `/fhir/Patient/${id}/$summary`, ['', '', '?_format=xml', '?profile=urn:x']),
  'POST /fhir/Patient/:id/$summary': (facts) => fc.tuple(person(facts), everythingInput, headers).map(([id, body, given]) => ({ method: 'POST', path: `/fhir/Patient/${id}/$summary`, ...withBody(body), headers: { ...given, ...jsonBody } })),
  'POST /fhir/Patient/$summary': (facts) => byIdentifier(facts, 'summary'),
  'GET /fhir/Patient/:id/$presence': (facts) => get(person(facts), (id) => `/fhir/Patient/${id}/$presence`, ['', '', '?x=1']),
  'POST /fhir/Patient/:id/$presence': (facts) => fc.tuple(person(facts), everythingInput, headers).map(([id, body, given]) => ({ method: 'POST', path: `/fhir/Patient/${id}/$presence`, ...withBody(body), headers: { ...given, ...jsonBody } })),
  'POST /fhir/Patient/$presence': (facts) => byIdentifier(facts, 'presence'),
  'GET /fhir/Patient/$ihe-pix': (facts) => get(identifier(facts), (token) => `/fhir/Patient/$ihe-pix?sourceIdentifier=${encodeURIComponent(token)}`, ['', '', '&targetSystem=https://fhir.nhs.uk/Id/nhs-number', '&targetSystem=urn:x']),
  'POST /fhir/Patient/$ihe-pix': (facts) => byIdentifier(facts, 'ihe-pix'),
  'GET /fhir/DocumentReference/$docref': (facts) => get(person(facts), (id) => `/fhir/DocumentReference/$docref?patient=${id}`, ['', '', '&type=story', '&start=2020', '&on-demand=false', '&x=1']),
  'POST /fhir/DocumentReference/$docref': (facts) => person(facts).map((id) => ({ method: 'POST', path: '/fhir/DocumentReference/$docref', headers: jsonBody, body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'patient', valueId: id }] }) })),
  'POST /fhir/Patient/:id/$confirm': (facts) => aboutRecord(facts, 'confirm', []),
  'POST /fhir/Patient/:id/$correct': (facts) => aboutRecord(facts, 'correct', [{ name: 'element', valueString: 'status' }, { name: 'value', valueString: 'something else' }]),
  'GET /fhir/Patient/:id/$access-report': (facts, { role }) => get(watches(role) ? nobody : person(facts), (id) => `/fhir/Patient/${id}/$access-report`, ['', '?_format=html', '?start=2020-01-01', '?end=x', '?x=1']),
  'POST /fhir/Patient/:id/$access-report': (facts, { role }) => fc.tuple(watches(role) ? nobody : person(facts), everythingInput, headers).map(([id, body, given]) => ({ method: 'POST', path: `/fhir/Patient/${id}/$access-report`, ...withBody(body), headers: { ...given, ...jsonBody } })),
  'POST /launch': (facts) => fc.tuple(person(facts), fc.constantFrom('', 'nobody')).map(([patient, client]) => ({ method: 'POST', path: '/launch', alone: true, headers: jsonBody, body: JSON.stringify({ patient, client }) })),
  // programs are no records: the registry is the same in both worlds
  'GET /governance/clients': () => get(fc.constant('/governance/clients'), (path) => path, ['', '?after=x', '?x=1']),
  'POST /governance/clients': () => fc.constantFrom('{}', '{"id":"x"}', '{"id":5,"patient":"x"}').map((body) => ({ method: 'POST', path: '/governance/clients', headers: jsonBody, body })),
  ...Object.fromEntries(['keys', 'disable', 'enable'].map((change): [string, Arm] => [`POST /governance/clients/:id/${change}`, () =>
    fc.constantFrom('{"reason":"x"}', '{"oldUntil":"now"}').map((body) => ({ method: 'POST', path: `/governance/clients/nobody/${change}`, headers: jsonBody, body }))])),
  'GET /governance/hold-backs': () => get(fc.constant('/governance/hold-backs'), (path) => path, ['', '?x=1', '?_page=AAAA']),
  'POST /governance/hold-backs': (facts) => fc.tuple(person(facts), fc.constantFrom('crime', 'unheard-of')).map(([patient, rule]) => ({
    method: 'POST', path: '/governance/hold-backs', headers: jsonBody, body: JSON.stringify({ patient, organisation: 'urn:nobody|x', person: '', from: '2026-01-01', until: '', rule, reason: 'x', reviewBy: '2026-01-02' }),
  })),
  'POST /governance/hold-backs/:id/end': () => get(fc.constant(''), () => `/governance/hold-backs${noUpload}/end`, ['']).map((request) => ({ ...request, method: 'POST', headers: jsonBody, body: '{"reason":"x"}' })),
  'GET /governance/cases': () => get(fc.constant('/governance/cases'), (path) => path, ['', '?state=open', '?state=closed', '?state=x', '?_page=AAAA']),
  'GET /governance/cases/:reference': () => get(noCase, (reference) => `/governance/cases/${reference}`, ['', '?x=1']),
  ...caseArms(),
  // what is put on a list has an id of its own in each world: what is asked is refused
  'GET /governance/watched-citizens': () => get(fc.constant('/governance/watched-citizens'), (path) => path, ['', '?x=1', '?_page=AAAA']),
  'POST /governance/watched-citizens': (facts) => person(facts).map((patient) => ({ method: 'POST', path: '/governance/watched-citizens', headers: plainJson, body: JSON.stringify({ patient, kind: 'staff', person: '', reason: 'x' }) })),
  'POST /governance/watched-citizens/:id/end': () => get(fc.constant(''), () => `/governance/watched-citizens${noUpload}/end`, ['']).map((request) => ({ ...request, method: 'POST', headers: plainJson, body: '{}' })),
  // what an entry says was kept back is what the worlds differ in, for those who read the log
  'GET /governance/look-replays': (facts, { role }) => get(watches(role) ? nobody : person(facts), (id) => `/governance/look-replays?user=nobody&patient=${id}`, ['&at=2020-01-01', '&at=x', '']),
  'GET /governance/reports/:name': (_facts, { role }) => get(fc.constantFrom('unheard-of', ...(watches(role) ? ['user', 'clause'] : ['denials', 'emergencies', 'exports'])), (name) => `/governance/reports/${name}`, ['', '?_format=csv', '?x=1', '?from=x']),
  'GET /governance/retention': () => get(fc.constant('/governance/retention'), (path) => path, ['', '?x=1']),
  'POST /governance/retention/:rule/erase': () => get(fc.constantFrom('looks-at-people', 'x'), (rule) => `/governance/retention/${rule}/erase`, ['']).map((request) => ({ ...request, method: 'POST', headers: jsonBody, body: '{"version":"of-yesterday"}' })),
  'GET /governance/legal-holds': () => get(fc.constant('/governance/legal-holds'), (path) => path, ['', '?x=1', '?_page=AAAA']),
  'POST /governance/legal-holds': (facts) => person(facts).map((patient) => ({ method: 'POST', path: '/governance/legal-holds', headers: jsonBody, body: JSON.stringify({ patient, organisation: 'urn:nobody|x', until: '', reason: 'x' }) })),
  'POST /governance/legal-holds/:id/end': () => get(fc.constant(''), () => `/governance/legal-holds/${noUpload}/end`, ['']).map((request) => ({ ...request, method: 'POST', headers: jsonBody, body: '{"reason":"x"}' })),
  // for those who watch it holds who looked, which is what the worlds differ in
  'GET /governance/subject-access/:id': (facts, { role }) => get(watches(role) ? nobody : person(facts), (id) => `/governance/subject-access/${id}`, ['', '?x=1']),
  'GET /fhir/Patient/:id/$timeline': (facts) => get(person(facts), (id) => `/fhir/Patient/${id}/$timeline`, ['', '', '?_count=1', '?_count=2', '?_count=200', '?kind=referral', '?kind=discharge,stay', '?kind=plan&from=2020-01-01', '?to=2030', '?at=2026-06-01', '?at=2026-11-22T10:00:00Z&_count=1', '?kind=x', '?organisation=https://fhir.nhs.uk/Id/ods-organization-code%7CZZ999', '?_page=AAAA']),
  'POST /fhir/Patient/:id/$timeline': (facts) => fc.tuple(person(facts), everythingInput, headers).map(([id, body, given]) => ({ method: 'POST', path: `/fhir/Patient/${id}/$timeline`, ...withBody(body), headers: { ...given, ...jsonBody } })),
  'POST /fhir/:type/:id/$same-event': (facts) => sameEventRequest(facts),
  'GET /fhir/Practitioner/:id': () => get(fc.constantFrom('x', '01234567-89ab-8cde-8f01-23456789abcd'), (id) => `/fhir/Practitioner/${id}`, ['', '?_elements=name']),
  'POST /fhir/StructureMap/$transform': () => transformRequest('/fhir/StructureMap/$transform'),
  'POST /fhir/StructureMap/:id/$transform': () => transformRequest('/fhir/StructureMap/fhir-r4/$transform'),
  'POST /fhir/:type/$validate': (facts) => validateRequest(facts, ({ type }) => `/fhir/${type}/$validate`),
  'POST /fhir/:type/:id/$validate': (facts) => validateRequest(facts, ({ type, id }) => `/fhir/${type}/${id}/$validate`),
  'GET /fhir/:type/:id/$validate': (facts) => get(instance(facts), ({ type, id }) => `/fhir/${type}/${id}/$validate`, ['', '', '?mode=update', '?mode=delete', '?profile=x', '?x=1']),
  ...wordsArms(),
  'GET /fhir/metadata': () => get(fc.constant('/fhir/metadata'), (path) => path, ['', '?_format=json', '?_format=xml', '?mode=full']),
  'GET /fhir/openapi.json': () => fixed('/fhir/openapi.json'),
  'POST /fhir': (facts) => fc.oneof(bundleRequest('/fhir'), transactionRequest(facts)),
  // of systems there is a feed alone, which may read Tasks and sees none: what an export may hold is compared by its own tests
  ...exportArms(),
  ...subscriptionArms(),
  'POST /fhir/$process-message': () => bundleRequest('/fhir/$process-message'),
  'POST /fhir/Consent': (facts) => choiceRequest(facts, null),
  'PUT /fhir/Consent/:id': (facts) => instance(facts).chain(({ id }) => choiceRequest(facts, id)),
  'POST /fhir/Patient/$match': (facts) => matchRequest(facts),
  'POST /fhir/Patient/$break-glass': () => breakGlassRequest,
  'POST /fhir/Patient/:id/$end-break-glass': (facts) => person(facts).map((id) => ({ method: 'POST', path: `/fhir/Patient/${id}/$end-break-glass`, alone: true })),
  'POST /intake/:feed': () => garbage((feed) => `/intake/${feed}`),
  'POST /intake/:feed/:part': () => garbage((feed) => `/intake/${feed}/referrals`),
  'POST /intake/:feed/uploads': () => upload('POST', ''),
  'OPTIONS /intake/:feed/uploads': () => upload('OPTIONS', ''),
  'OPTIONS /intake/:feed/uploads/:id': () => upload('OPTIONS', noUpload),
  'HEAD /intake/:feed/uploads/:id': () => upload('HEAD', noUpload),
  'PATCH /intake/:feed/uploads/:id': () => upload('PATCH', noUpload),
  'DELETE /intake/:feed/uploads/:id': () => upload('DELETE', noUpload),
  'GET /governance/agreements': () => get(fc.constant('/governance/agreements'), (path) => path, ['', '?_format=json', '?state=draft']),
  'GET /governance/agreements/:id/:version': (facts) => get(fc.constantFrom(...facts.agreements, 'unheard-of/1.0', 'x/%zz'), (name) => `/governance/agreements/${name}`, ['', '?x=1']),
  'POST /governance/agreements': (facts) => agreementRequests(facts).propose,
  'POST /governance/agreements/:id/:version/sign': (facts) => agreementRequests(facts).sign,
  'POST /governance/agreements/:id/:version/activate': (facts) => agreementRequests(facts).activate,
  'POST /governance/agreements/:id/:version/terminate': (facts) => agreementRequests(facts).terminate,
  'POST /governance/agreements/what-if': (_facts, asker) => whatIf(asker),
  'GET /governance/told-once': () => get(fc.constant('/governance/told-once'), (path) => path, ['', '', '?x=1']),
  'GET /governance/emergency-accesses': () => get(fc.constant('/governance/emergency-accesses'), (path) => path, ['', '?state=open', '?state=reviewed', '?state=x', '?_page=AAAA']),
  'GET /governance/emergency-accesses/:reference': () => get(fc.constantFrom('EA-0123456789ABCDEF', 'x'), (reference) => `/governance/emergency-accesses/${reference}`, ['']),
  'POST /governance/emergency-accesses/:reference/review': () => emergencyChange('review'),
  'POST /governance/emergency-accesses/:reference/revoke': () => emergencyChange('revoke'),
  'GET /governance/link-reviews': () => get(fc.constant('/governance/link-reviews'), (path) => path, ['', '?state=open', '?state=settled', '?state=x', '?_page=AAAA']),
  'GET /governance/link-reviews/:reference': (facts) => get(fc.constantFrom(...facts.linkReviews, 'LR-0123456789ABCDEF', 'x'), (reference) => `/governance/link-reviews/${reference}`, ['']),
  'GET /governance/links/:citizen': (facts, { role }) => get(watches(role) ? nobody : person(facts), (id) => `/governance/links/${id}`, ['', '?x=1']),
  'POST /governance/link-reviews/:reference/claim': (facts) => linkChange(facts, 'claim'),
  'POST /governance/link-reviews/:reference/release': (facts) => linkChange(facts, 'release'),
  'POST /governance/link-reviews/:reference/decide': (facts) => linkChange(facts, 'decide'),
  'POST /governance/link-reviews/:reference/undo': (facts) => linkChange(facts, 'undo'),
  // nobody starts one here: how many links a rule would change is for governance by design, and counts everybody
  'GET /governance/linkage-run': () => fixed('/governance/linkage-run'),
  'GET /governance/linkage-run/changes': () => get(fc.constant('/governance/linkage-run/changes'), (path) => path, ['', '?x=1', '?_page=AAAA']),
  'POST /governance/linkage-run/start': () => linkageRun('start', ['{"x":1}', '{']),
  'POST /governance/linkage-run/approve': () => linkageRun('approve', ['{}', '{"run":"01234567-89ab-4cde-8f01-23456789abcd"}']),
  'POST /governance/linkage-run/give-up': () => linkageRun('give-up', ['{}', '{']),
  // how much of a feed is stuck, and when it last sent, is for those who watch by design: they are asked of none by name
  'GET /governance/feeds': (_facts, { role }) => (watches(role) ? fixed('/governance/feeds/unheard-of') : get(fc.constant('/governance/feeds'), (path) => path, ['', '?x=1'])),
  'GET /governance/feeds/:feed': (_facts, { role }) => get(fc.constantFrom('unheard-of', '..', ...(watches(role) ? [] : ['uhb-adt', 'bchc-rio'])), (feed) => `/governance/feeds/${feed}`, ['', '?x=1']),
  'GET /governance/feeds/:feed/ledger': (_facts, { role }) => get(fc.constantFrom('unheard-of', '%zz', ...(watches(role) ? [] : ['uhb-adt', 'bchc-rio'])), (feed) => `/governance/feeds/${feed}/ledger`, ['', '?x=1']),
  'GET /governance/feeds/:feed/work-list': () => feedWork('GET', '/work-list', [null]),
  'POST /governance/feeds/:feed/requeue': () => feedWork('POST', '/requeue', ['{}', '{"code":"","field":"","file":""}', '{"code":"unheard-of","field":"","file":""}', '{']),
  'GET /governance/feeds/:feed/replay': () => feedWork('GET', '/replay', [null]),
  'POST /governance/feeds/:feed/replay/start': () => feedWork('POST', '/replay/start', ['{}', '{"x":"y"}']),
  'POST /governance/feeds/:feed/replay/approve': () => feedWork('POST', '/replay/approve', ['{}', `{"candidate":"${'0'.repeat(64)}"}`]),
  'POST /governance/feeds/:feed/replay/give-up': () => feedWork('POST', '/replay/give-up', ['{}', '{']),
  ...auditArms,
  'GET /session': () => session('GET', '/session'),
  'GET /session/sign-in': () => session('GET', '/session/sign-in?return=/app/find&as=ward-doctor'),
  'GET /session/callback': () => session('GET', '/session/callback?code=x&state=y'),
  'POST /session/extend': () => session('POST', '/session/extend'),
  'POST /session/sign-out': () => session('POST', '/session/sign-out'),
  'GET /': () => fixed('/'),
  'GET /integrate': () => fixed('/integrate'),
  'GET /start.css': () => fixed('/start.css'),
  'GET /livez': () => fixed('/livez'),
  'GET /readyz': () => fixed('/readyz'),
  'GET /.well-known/smart-configuration': () => fixed('/.well-known/smart-configuration'),
  'GET /fhir/.well-known/smart-configuration': () => fixed('/fhir/.well-known/smart-configuration'),
  'USE /': (facts) => nowhere(facts, ''),
  'USE /fhir': (facts) => nowhere(facts, '/fhir'),
  'USE /audit': (facts) => nowhere(facts, '/audit'),
  'USE /governance': (facts) => nowhere(facts, '/governance'),
  'USE /intake': (facts) => nowhere(facts, '/intake'),
  'USE /launch': (facts) => nowhere(facts, '/launch'),
  'USE /session': (facts) => nowhere(facts, '/session'),
};

/** None is begun, because it would have an id of its own in each world: what is asked is refused, or of none there is. */
function subscriptionArms(): Record<string, Arm> {
  const one = `/fhir/Subscription${noUpload}`;
  const write = (method: string, path: string): Arm => () => fc.constantFrom('{}', '{"resourceType":"Subscription","status":"requested","criteria":"Patient?name=x"}').map((body) => ({ method, path, headers: jsonBody, body }));
  return {
    'POST /fhir/Subscription': write('POST', '/fhir/Subscription'),
    'PUT /fhir/Subscription/:id': write('PUT', one),
    'DELETE /fhir/Subscription/:id': () => fc.constant({ method: 'DELETE', path: one }),
    ...Object.fromEntries([['Subscription/$status', '/fhir/Subscription/$status'], ['Subscription/:id/$status', `${one}/$status`], ['Subscription/:id/$events', `${one}/$events`]].flatMap(([route = '', path = '']): [string, Arm][] => [
      [`GET /fhir/${route}`, () => get(fc.constant(path), (same) => same, ['', '?x=1', '?eventsSinceNumber=1'])],
      [`POST /fhir/${route}`, () => fc.tuple(everythingInput, headers).map(([body, given]) => ({ method: 'POST', path, ...withBody(body), headers: { ...given, ...jsonBody } }))],
    ])),
  };
}

/** In bulk: refused to people, and of jobs nobody has. */
function exportArms(): Record<string, Arm> {
  const kickOffs: [route: string, path: string][] = [['$export', '$export'], ['Patient/$export', 'Patient/$export'], ['Group/:id/$export', `Group${noUpload}/$export`]];
  const asynchronous = { Prefer: 'respond-async' };
  return {
    ...Object.fromEntries(kickOffs.flatMap(([route, path]): [string, Arm][] => [
      [`GET /fhir/${route}`, () => get(fc.constant(`/fhir/${path}`), (same) => same, ['', '?_type=Patient', '?x=1']).map((request) => ({ ...request, headers: { ...request.headers, Accept: 'application/fhir+json' } }))],
      [`POST /fhir/${route}`, (_facts, { role }) => fc.constantFrom('{}', '{"resourceType":"Parameters"}').map((body) => ({ method: 'POST', path: `/fhir/${path}`, headers: { ...jsonBody, ...(role !== 'integration' && asynchronous) }, body }))],
    ])),
    'GET /fhir/_export/:id': () => get(fc.constantFrom(noUpload, '/x'), (id) => `/fhir/_export${id}`, ['', '?x=1']),
    'DELETE /fhir/_export/:id': () => fc.constantFrom(noUpload, '/x').map((id) => ({ method: 'DELETE', path: `/fhir/_export${id}` })),
    'GET /fhir/_export/:id/:name': () => get(fc.constantFrom('Patient-1.ndjson', 'x'), (name) => `/fhir/_export${noUpload}/${name}`, ['']),
  };
}

/** What is done about a case: there is none in either world, so each is refused. */
function caseArms(): Record<string, Arm> {
  const fields = { take: '{}', ask: '{"question":"x"}', answer: '{"answer":"x"}', note: '{"note":"x"}', close: '{"outcome":"unclear","reason":"x"}', reopen: '{"reason":"x"}' };
  return Object.fromEntries(Object.entries(fields).map(([act, body]): [string, Arm] => [
    `POST /governance/cases/:reference/${act}`, () => fc.tuple(noCase, fc.constantFrom(body, '{"x":"y"}', '{')).map(([reference, text]) => ({ method: 'POST', path: `/governance/cases/${reference}/${act}`, headers: plainJson, body: text })),
  ]));
}

/** Published words, the same for everybody. */
function wordsArms(): Record<string, Arm> {
  const endings = ['', '?code=male', '?url=http://hl7.org/fhir/ValueSet/administrative-gender', '?system=http://hl7.org/fhir/administrative-gender&code=male', '?x=1'];
  const operations = ['ValueSet/$expand', 'ValueSet/:id/$expand', 'ValueSet/$validate-code', 'ValueSet/:id/$validate-code', 'CodeSystem/$lookup', 'ConceptMap/$translate', 'ConceptMap/:id/$translate'];
  return Object.fromEntries(operations.flatMap((operation): [string, Arm][] => {
    const path = `/fhir/${operation.replace(':id', operation.startsWith('ConceptMap') ? 'hl7v2-adt-sex' : 'programme')}`;
    return [
      [`GET /fhir/${operation}`, () => get(fc.constant(path), (same) => same, endings)],
      [`POST /fhir/${operation}`, () => fc.tuple(everythingInput, headers).map(([body, given]) => ({ method: 'POST', path, ...withBody(body), headers: { ...given, ...jsonBody } }))],
    ];
  }));
}

/** By people, to whom it is refused: what it makes is of what was sent and of nothing that is kept. */
function transformRequest(path: string): fc.Arbitrary<TwinRequest> {
  return headers.map((given) => ({ method: 'POST', path, headers: { ...given, ...jsonBody }, body: '{"resourceType":"Bundle","type":"batch"}' }));
}

/** A record of either world, as it is or as something else, to be checked and not kept. */
function validateRequest(facts: TwinFacts, path: (of: { type: string; id: string }) => string): fc.Arbitrary<TwinRequest> {
  return fc.tuple(instance(facts), fc.constantFrom(...facts.rows), headers).map(([of, { body }, given]) => ({ method: 'POST', path: path(of), headers: { ...given, ...jsonBody }, body: JSON.stringify(body) }));
}

/** Says something about a version of some record: of one that may be seen, it changes both worlds alike. */
function aboutRecord(facts: TwinFacts, operation: string, more: unknown[]): fc.Arbitrary<TwinRequest> {
  return fc.tuple(person(facts), instance(facts), fc.constantFrom(1, 1, 2, 9)).map(([citizen, { type, id }, version]) => ({
    method: 'POST', path: `/fhir/Patient/${citizen}/$${operation}`, alone: true, headers: jsonBody,
    body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'reference', valueReference: { reference: `${type}/${id}/_history/${version}` } }, ...more] }),
  }));
}

/** What some source of either world calls somebody, or nobody does. */
function identifier({ rows }: TwinFacts): fc.Arbitrary<string> {
  const said = rows.filter(({ type }) => type === 'Patient').flatMap(({ body }) => (body['identifier'] ?? []) as { system?: string; value?: string }[]).map(({ system = '', value = '' }) => `${system}|${value}`);
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...new Set(said)) }, { weight: 1, arbitrary: fc.constantFrom('https://fhir.nhs.uk/Id/nhs-number|9991234561', 'urn:x|1', 'x', '', 'a|b,c|d') });
}

function byIdentifier(facts: TwinFacts, operation: 'summary' | 'presence' | 'ihe-pix'): fc.Arbitrary<TwinRequest> {
  const name = operation === 'ihe-pix' ? 'sourceIdentifier' : 'identifier';
  return fc.tuple(identifier(facts), headers).map(([valueString, given]) => ({
    method: 'POST', path: `/fhir/Patient/$${operation}`, headers: { ...given, ...jsonBody }, body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name, valueString }] }),
  }));
}

/** None is begun, because it would have an id of its own in each world: what is asked is refused. */
function upload(method: string, path: string): fc.Arbitrary<TwinRequest> {
  return fc.tuple(fc.constantFrom('uhb-adt', 'bcc-cld', 'nobody'), fc.constantFrom('1.0.0', '0.2.2'), fc.constantFrom('5', 'x')).map(([feed, version, number]) => ({
    method, path: `/intake/${feed}/uploads${path}`, headers: { 'Tus-Resumable': version, 'Upload-Length': number, 'Upload-Offset': number, 'Content-Type': 'application/offset+octet-stream' },
    ...(method === 'PATCH' && { body: 'xxxxx' }),
  }));
}

/** The arm of a route: its own, or for `ALL /address` the methods that address does not take. */
export function armOf(route: string): Arm | undefined {
  const own = Object.hasOwn(arms, route) ? arms[route] : undefined;
  return own ?? (route.startsWith('ALL /') ? (facts) => otherMethods(facts, route.slice('ALL '.length)) : undefined);
}

/** Handlers nobody thought of here, and arms whose handler is gone. */
export function uncoveredRoutes(routes: readonly string[]): string[] {
  return routes.filter((route) => armOf(route) === undefined && !Object.hasOwn(notCompared, route));
}

/** What the statement offers and no request could ask for: search forms without values, and anything it says of a type that is not one of these. */
export function uncoveredOffers(facts: TwinFacts, routes: readonly string[]): string[] {
  const forms = facts.forms.filter(({ values }) => values.length === 0).map(({ type, parameter, form }) => `${type}.${parameter}${form}`);
  const [rest, ...others] = facts.statement.rest ?? [];
  const ofServer = [
    ...Object.keys(rest ?? {}).filter((name) => !['mode', 'documentation', 'security', 'resource', 'interaction', 'operation', ...(routes.includes('GET /fhir/Patient/:id/:type') ? ['compartment'] : [])].includes(name)).map((name) => `rest.${name}`),
    ...(rest?.interaction ?? []).filter(({ code = '' }) => !systemRoutes[code]?.some((route) => routes.includes(route))).map(({ code }) => `rest: ${code}`),
    ...(rest?.operation ?? []).filter(({ name = '' }) => !routes.includes(`POST /fhir/$${name}`)).map(({ name }) => `rest/$${name}`),
  ];
  const said = ['type', 'supportedProfile', 'interaction', 'versioning', 'readHistory', 'conditionalRead', 'conditionalCreate', 'conditionalUpdate', 'conditionalDelete', 'updateCreate', 'searchParam', 'searchInclude', 'searchRevInclude', 'operation'];
  const ofTypes = (rest?.resource ?? []).flatMap((resource) => [
    ...Object.keys(resource).filter((name) => !(said.includes(name) || (name === 'extension' && resource.type === 'Subscription'))).map((name) => `${resource.type}: ${name}`),
    ...(resource.interaction ?? []).filter(({ code }) => !interactionRoutes[code ?? '']?.some((route) => routes.includes(route.replace(':type', resource.type ?? '')) || routes.includes(route))).map(({ code }) => `${resource.type}: ${code}`),
    ...(resource.operation ?? []).filter(({ name = '' }) => !Object.keys(arms).some((route) => route.endsWith(`/$${name}`))).map(({ name }) => `${resource.type}/$${name}`),
  ]);
  return [...forms, ...others.map(() => 'a second rest'), ...ofServer, ...ofTypes, ...uncoveredJoins(facts.statement)];
}

const interactionRoutes: Readonly<Record<string, readonly string[]>> = {
  read: ['GET /fhir/:type/:id'], vread: ['GET /fhir/:type/:id/_history/:version'], 'history-instance': ['GET /fhir/:type/:id/_history'], 'search-type': ['GET /fhir/:type', 'POST /fhir/:type/_search'],
  create: ['POST /fhir/Consent', 'POST /fhir/:type'], update: ['PUT /fhir/Consent/:id', 'PUT /fhir/:type/:id'], patch: ['PATCH /fhir/:type/:id'], delete: ['DELETE /fhir/:type/:id'],
  'history-type': ['GET /fhir/:type/_history'],
};

const systemRoutes: Readonly<Record<string, readonly string[]>> = { transaction: ['POST /fhir'], batch: ['POST /fhir'], 'history-system': ['GET /fhir/_history'] };

/** A page of a work list that is kept. */
export function listRequest({ type, state, by }: ReturnType<typeof keptListForms>[number]): fc.Arbitrary<TwinRequest> {
  return fc.tuple(fc.constantFrom(...state.values), fc.constantFrom(...by.values), fc.constantFrom('2', '50')).map(([is, of, count]) =>
    ({ method: 'GET', path: `/fhir/${type}${query([[state.parameter, is], [by.parameter, of], ['_count', count]])}` }));
}

/** A search by one form alone. */
export function formRequest({ type, parameter, form, values }: SearchForm): fc.Arbitrary<TwinRequest> {
  const name = form.startsWith(':') ? parameter + form : parameter;
  return fc.tuple(fc.constantFrom(...values), fc.boolean()).map(([value, inBody]) =>
    (inBody ? posted(type, [[name, value]], {}) : { method: 'GET', path: `/fhir/${type}${query([[name, value]])}` }));
}

interface TypeSearch {
  type: string;
  parameters: (readonly [string, string])[];
  headers: Record<string, string>;
}

/** Some parameters, an order, a page size and what else shapes an answer, leniently or strictly. */
function typeSearch(facts: TwinFacts): fc.Arbitrary<TypeSearch> {
  const ofType = Map.groupBy(facts.forms, ({ type }) => type);
  const known = [...ofType].map(([type, own]) => {
    const parameter = fc.constantFrom(...own.filter(({ values }) => values.length > 0)).chain(({ parameter: name, form, values }) =>
      fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }).map((given): readonly [string, string] => [form.startsWith(':') ? name + form : name, given.join(',')]));
    const joins = joinsOf(facts.statement, ofType, type);
    const sorts = [...new Set(own.map(({ parameter: name }) => name))].flatMap((name) => [name, `-${name}`]);
    return fc.record({
      type: fc.constant(type), given: fc.array(parameter, { maxLength: 3 }), sort: fc.option(fc.array(fc.constantFrom(...sorts), { minLength: 1, maxLength: 2 }), { freq: 2 }),
      count: fc.option(fc.constantFrom(...counts), { freq: 2 }), more: fc.option(fc.constantFrom(...shaping), { freq: 1 }), lenient: fc.boolean(), given2: headers,
      joins: joins.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...joins), { maxLength: 2 }),
    }).map(({ type: of, given, sort, count, more, lenient, given2, joins: through }): TypeSearch => ({
      type: of, headers: lenient ? { ...given2, Prefer: 'handling=lenient' } : given2,
      parameters: [...given, ...through, ...(sort ? [['_sort', sort.join(',')] as const] : []), ...(count === null ? [] : [['_count', count] as const]), ...(more === null || (!lenient && given.length > 1) ? [] : [more])],
    }));
  });
  const odd = fc.tuple(fc.constantFrom(...noTypes, 'Observation'), fc.constantFrom(...shaping)).map(([type, more]): TypeSearch => ({ type, parameters: [more], headers: {} }));
  const long = fc.constantFrom(...facts.types).map((type): TypeSearch => ({ type, parameters: [['_id', 'a'.repeat(600)], ...Array.from({ length: 30 }, () => ['_id', 'x'] as const)], headers: {} }));
  return fc.oneof({ weight: 30, arbitrary: fc.oneof(...known) }, { weight: 1, arbitrary: odd }, { weight: 1, arbitrary: long });
}

const jsonBody = { 'Content-Type': 'application/fhir+json' };
const plainJson = { 'Content-Type': 'application/json' };
const withBody = (body: string | null): { body?: string } => (body === null ? {} : { body });

function posted(type: string, parameters: readonly (readonly [string, string])[], given: Record<string, string>): TwinRequest {
  return { method: 'POST', path: `/fhir/${type}/_search`, body: query(parameters).slice(1), headers: { ...given, 'Content-Type': 'application/x-www-form-urlencoded' } };
}

const explainInputs = ['', '', '?organisation=https://fhir.nhs.uk/Id/ods-organization-code%7CRRK&role=doctor&purpose=TREAT', '?organisation=https://fhir.nhs.uk/Id/ods-organization-code%7CZZ999&role=nurse&purpose=TREAT&person=community-nurse',
  '?organisation=x', '?role=doctor', '?unheard-of=1'];

/** HEAD says what GET says, without the body. */
function get<Target>(target: fc.Arbitrary<Target>, path: (target: Target) => string, endings: readonly string[]): fc.Arbitrary<TwinRequest> {
  return fc.tuple(target, fc.constantFrom(...endings), headers, fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD')).map(([what, ending, given, method]) => ({ method, path: path(what) + ending, headers: given }));
}

function fixed(path: string): fc.Arbitrary<TwinRequest> {
  return get(fc.constant(path), (same) => same, ['', '?x=1']);
}

function session(method: string, path: string): fc.Arbitrary<TwinRequest> {
  return fc.constantFrom<Record<string, string>>({}, { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'empty' }, { 'Sec-Fetch-Site': 'cross-site' }, { Cookie: 'onestory-session=abc', 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'empty' })
    .map((given) => ({ method, path, headers: given, ...(method === 'POST' && { body: '{}' }) }));
}

/** Methods an address does not take: each is refused before anything is looked at. */
function otherMethods(facts: TwinFacts, pattern: string): fc.Arbitrary<TwinRequest> {
  const methods = ['DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', ...(/Consent|agreements|intake|break-glass/.test(pattern) ? [] : ['PUT', 'POST'])];
  return fc.tuple(instance(facts), fc.constantFrom(...facts.agreements), fc.constantFrom(...methods), headers).map(([{ type, id }, agreement, method, given]) => ({
    method, headers: { ...given, ...jsonBody }, ...(method !== 'OPTIONS' && { body: '{}' }), alone: mayWrite(method) && /^.fhir.:type(?:.:id)?$/.test(pattern),
    path: pattern.replace(':type', type).replace(':id/:version', agreement).replace(':id', id).replace(':version', '1').replace(':change', 'sign').replace(':feed', 'uhb-adt').replace(':part', 'x'),
  }));
}

const mayWrite = (method: string): boolean => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);

/** Addresses no handler takes, with ids of what is hidden in them. */
function nowhere(facts: TwinFacts, at: string): fc.Arbitrary<TwinRequest> {
  const endings = ['', '/', '/$export', '/_history', '/$meta', '/$graphql', '/$batch', '/AuditEvent/_history', '/%', '/%zz/x', '//', '/metrics', '/checkpoints', '/Patient/$match'];
  return fc.tuple(instance(facts), fc.constantFrom(...endings, '*'), fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'), headers).map(([{ type, id }, ending, method, given]) => ({
    method, headers: given, alone: mayWrite(method) && ending === '', path: `${at}${ending === '*' ? `/${type}/${id}/$meta/x` : ending}` || '/nowhere',
  }));
}

import type { CapabilityStatement, OperationDefinition } from '@medplum/fhirtypes';
import { Router, type RequestHandler } from 'express';
import { isConformanceType, withStatement, type Conformance, type Published } from '../../../flow/reading/conformance.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { unserved } from '../unserved.ts';
import { accessReport, type AccessReportServices } from './access-report.ts';
import { apiRequests, type ApiRequest, type OperationAddress } from './api-requests.ts';
import { barsOutcome } from './bars-outcome.ts';
import { breakGlass, endBreakGlass, type EmergencyServices } from './break-glass.ts';
import { create } from './create.ts';
import { createConsent, type ChoiceServices } from './create-consent.ts';
import { deleteOne } from './delete.ts';
import { addExportRoutes, exportAddresses, type ExportServices } from './export.ts';
import { explainAccess, type ExplainServices } from './explain-access.ts';
import { historyInstance } from './history-instance.ts';
import { historyType } from './history-type.ts';
import { metadata, statementOf, type MetadataServices } from './metadata.ts';
import { patientEverything } from './patient-everything.ts';
import { patientMatch, type MatchServices } from './patient-match.ts';
import { openApi } from './open-api.ts';
import { patch } from './patch.ts';
import { allowedAt, methodNotAllowed, permit, permitConditional, permitOfAll } from './permit.ts';
import { processMessage, type MessageServices } from './process-message.ts';
import { read } from './read.ts';
import { reconstruct, type ReconstructServices } from './reconstruct.ts';
import type { BundleWriteServices } from './api-bundle.ts';
import { sameEvent, type SameEventServices } from './same-event.ts';
import { readAuditEvent, searchAuditEvent, type AuditServices } from './search-audit-event.ts';
import { readConformance, searchConformance, type ConformanceServices } from './search-conformance.ts';
import { searchType } from './search-type.ts';
import { confirm, type ConfirmServices } from './confirm.ts';
import { addConformanceRoutes, conformanceAddresses } from './conformance-routes.ts';
import { correct, type CorrectServices } from './correct.ts';
import { patientStory, type StoryServices } from './patient-story.ts';
import { patientTimeline, type TimelineServices } from './patient-timeline.ts';
import { addPersonRoutes, personAddresses, type PersonServices } from './person-routes.ts';
import { permitSignedIn, signedIn, type SignedInServices } from './signed-in.ts';
import { permitBundles } from './take-bundle.ts';
import { permitTransaction, transaction } from './transaction.ts';
import { addSubscriptionRoutes, subscriptionAddresses, type SubscriptionServices } from './subscription.ts';
import type { TransformServices } from './terminology.ts';
import { update } from './update.ts';
import { updateConsent, type ChangeServices } from './update-consent.ts';
import type { ValidateServices } from './validate.ts';
import { vread } from './vread.ts';

export type AllFhirServices = RouteServices & AccessReportServices & AuditServices & BundleWriteServices & ChangeServices & ChoiceServices & EmergencyServices & ExplainServices & ExportServices & MatchServices & MessageServices & MetadataServices & ConfirmServices & CorrectServices & StoryServices & PersonServices & ReconstructServices & SameEventServices & SubscriptionServices & TimelineServices & ConformanceServices & ValidateServices & TransformServices & SignedInServices;

/** Everything under /fhir, refusals of what is not offered included. */
export function fhirRoutes(given: AllFhirServices): Router {
  const statement = statementOf(given);
  const services = { ...given, conformance: withStatement(given.conformance, statement as unknown as Published) };
  const router = Router({ caseSensitive: true });
  const search = { interaction: 'search-type', permit: permit('search-type'), parts: true, handling: true };
  router.get('/metadata', metadata(statement));
  router.get('/openapi.json', serveApi(services, statement));
  patientRoutes(router, services);
  addPersonRoutes(router, services);
  router.post('/Consent', route(services, { interaction: 'create', pattern: 'Consent', permit: (requester, asked) => permit('create')(requester, { ...asked, params: { type: 'Consent' } }) },
    (asked) => createConsent(services, asked)));
  router.put('/Consent/:id', route(services, { interaction: 'update', pattern: 'Consent/{id}', permit: (requester, asked) => permit('update')(requester, { ...asked, params: { ...asked.params, type: 'Consent' } }) },
    (asked) => updateConsent(services, asked)));
  router.get('/AuditEvent/:id/\\$reconstruct', route(services, { interaction: 'reconstruct', pattern: 'AuditEvent/{id}/$reconstruct', permit: permitLog('reconstruct') },
    (asked) => reconstruct(services, asked)));
  router.post('/', route(services, { interaction: 'transaction', pattern: '', permit: permitTransaction(services) }, (asked) => transaction(services, asked)));
  router.post('/\\$process-message', route(services, { interaction: 'process-message', pattern: '$process-message', permit: permitBundles(services, 'message'), outcome: barsOutcome }, (asked) => processMessage(services, asked)));
  addConformanceRoutes(router, services);
  addExportRoutes(router, services);
  addSubscriptionRoutes(router, services);
  router.get('/_history', route(services, { interaction: 'history-system', pattern: '_history', permit: permitOfAll('s'), parts: true }, (asked) => historyType(services, asked)));
  router.get('/:type/_history', route(services, { interaction: 'history-type', pattern: '{type}/_history', permit: permit('history-type'), parts: true }, (asked) => historyType(services, asked)));
  router.get('/:type', route(services, { ...search, pattern: '{type}' }, (asked) => searchAny(services, asked, false)));
  router.post('/:type/_search', route(services, { ...search, pattern: '{type}/_search' }, (asked) => searchAny(services, asked, true)));
  router.get('/Patient/:id/:type', compartment, route(services, { ...search, pattern: 'Patient/{id}/{type}' }, (asked) => searchType(services, asked, false)));
  router.post('/Patient/:id/:type/_search', compartment, route(services, { ...search, pattern: 'Patient/{id}/{type}/_search' }, (asked) => searchType(services, asked, true)));
  router.get('/Practitioner/:id', route(services, { interaction: 'read', pattern: 'Practitioner/{id}', permit: permitSignedIn, parts: true }, (asked) => signedIn(services, asked)));
  router.get('/:type/:id', ofResource, route(services, { interaction: 'read', pattern: '{type}/{id}', permit: permit('read'), parts: true }, (asked) => readAny(services, asked)));
  router.get('/:type/:id/\\$explain-access', route(services, { interaction: 'explain-access', pattern: '{type}/{id}/$explain-access', permit: permit('explain-access') }, (asked) => explainAccess(services, asked)));
  router.post('/:type/:id/\\$same-event', route(services, { interaction: 'same-event', pattern: '{type}/{id}/$same-event', permit: permit('same-event') }, (asked) => sameEvent(services, asked)));
  router.get('/:type/:id/_history', route(services, { interaction: 'history-instance', pattern: '{type}/{id}/_history', permit: permit('history-instance'), parts: true },
    (asked) => historyInstance(services, asked)));
  router.get('/:type/:id/_history/:version', route(services, { interaction: 'vread', pattern: '{type}/{id}/_history/{version}', permit: permit('vread'), parts: true },
    (asked) => vread(services, asked)));
  writingRoutes(router, services);
  for (const [address, pattern, allow] of addresses) {
    router.all(address, ...(address === '/:type/:id' ? [ofResource] : []), route(services, { interaction: 'unsupported', pattern, permit: methodNotAllowed, allow }, notTaken));
  }
  router.all('/Patient/:id/:type', compartment, route(services, { interaction: 'unsupported', pattern: 'Patient/{id}/{type}', permit: methodNotAllowed, allow: 'GET, HEAD' }, notTaken));
  router.all('/Patient/:id/:type/_search', compartment, route(services, { interaction: 'unsupported', pattern: 'Patient/{id}/{type}/_search', permit: methodNotAllowed, allow: 'POST' }, notTaken));
  router.use(...unserved(services));
  return router;
}

/** What is asked of one person as a whole. */
function patientRoutes(router: Router, services: AllFhirServices): void {
  const everything = { interaction: 'everything', pattern: 'Patient/{id}/$everything', permit: permit('everything') };
  router.get('/Patient/:id/\\$everything', route(services, everything, (asked) => patientEverything(services, asked, false)));
  router.post('/Patient/:id/\\$everything', route(services, everything, (asked) => patientEverything(services, asked, true)));
  router.post('/Patient/\\$match', route(services, { interaction: 'match', pattern: 'Patient/$match', permit: permit('match') }, (asked) => patientMatch(services, asked)));
  const timeline = { interaction: 'timeline', pattern: 'Patient/{id}/$timeline', permit: permit('timeline') };
  router.get('/Patient/:id/\\$timeline', route(services, timeline, (asked) => patientTimeline(services, asked, false)));
  router.post('/Patient/:id/\\$timeline', route(services, timeline, (asked) => patientTimeline(services, asked, true)));
  const story = { interaction: 'story', pattern: 'Patient/{id}/$story', permit: permit('story') };
  router.get('/Patient/:id/\\$story', route(services, story, (asked) => patientStory(services, asked, false)));
  router.post('/Patient/:id/\\$story', route(services, story, (asked) => patientStory(services, asked, true)));
  const looks = { interaction: 'access-report', pattern: 'Patient/{id}/$access-report', permit: permitLog('access-report'), writes: ['text/html'], page: true } as const;
  router.get('/Patient/:id/\\$access-report', route(services, looks, (asked) => accessReport(services, asked, false)));
  router.post('/Patient/:id/\\$access-report', route(services, looks, (asked) => accessReport(services, asked, true)));
  router.post('/Patient/:id/\\$confirm', route(services, { interaction: 'confirm', pattern: 'Patient/{id}/$confirm', permit: permit('confirm') }, (asked) => confirm(services, asked)));
  router.post('/Patient/:id/\\$correct', route(services, { interaction: 'correct', pattern: 'Patient/{id}/$correct', permit: permit('correct') }, (asked) => correct(services, asked)));
  router.post('/Patient/\\$break-glass', route(services, { interaction: 'break-glass', pattern: 'Patient/$break-glass', permit: permit('break-glass') }, (asked) => breakGlass(services, asked)));
  router.post('/Patient/:id/\\$end-break-glass', route(services, { interaction: 'end-break-glass', pattern: 'Patient/{id}/$end-break-glass', permit: permit('break-glass') },
    (asked) => endBreakGlass(services, asked)));
}

/** What is written through the API; choices have routes of their own before these. */
function writingRoutes(router: Router, services: AllFhirServices): void {
  const [ofType, ofInstance] = [{ pattern: '{type}', allow: ({ type = '' }) => allowedAt(type, 'type') }, { pattern: '{type}/{id}', allow: ({ type = '' }) => allowedAt(type, 'instance') }];
  router.post('/:type', route(services, { interaction: 'create', ...ofType, permit: permit('create') }, (asked) => create(services, asked)));
  router.put('/:type', route(services, { interaction: 'update', ...ofType, permit: permitConditional('update') }, (asked) => update(services, asked)));
  router.patch('/:type', route(services, { interaction: 'patch', ...ofType, permit: permitConditional('patch') }, (asked) => patch(services, asked)));
  router.delete('/:type', route(services, { interaction: 'delete', ...ofType, permit: permitConditional('delete') }, (asked) => deleteOne(services, asked)));
  router.put('/:type/:id', route(services, { interaction: 'update', ...ofInstance, permit: permit('update') }, (asked) => update(services, asked)));
  router.patch('/:type/:id', route(services, { interaction: 'patch', ...ofInstance, permit: permit('patch') }, (asked) => patch(services, asked)));
  router.delete('/:type/:id', route(services, { interaction: 'delete', ...ofInstance, permit: permit('delete') }, (asked) => deleteOne(services, asked)));
}

/** What tells of the log needs the scope for it. */
function permitLog(interaction: 'reconstruct' | 'access-report'): ReturnType<typeof permit> {
  return (requester, asked) => permit(interaction)(requester, { ...asked, params: { type: 'AuditEvent' } });
}

/** GET [base]/openapi.json · public: the statement and the routes in the form other tools read. */
function serveApi(services: AllFhirServices, statement: CapabilityStatement): RequestHandler {
  let text: string | undefined;
  return (_request, response) => {
    text ??= JSON.stringify(openApi(statement, requestsOf(statement, services.conformance), services.oauth));
    response.status(200).set('Content-Type', 'application/json; charset=utf-8').end(text);
  };
}

/** Every request that is offered. */
export function requestsOf(statement: CapabilityStatement, conformance: Conformance): ApiRequest[] {
  const operations = addresses.filter(([, pattern]) => pattern.includes('$')).map(([, pattern, allow]): OperationAddress => [pattern, typeof allow === 'string' ? allow.split(', ') : []]);
  return apiRequests(statement, operations, (url) => conformance.findByUrl('OperationDefinition', url) as OperationDefinition | undefined);
}

/** The log and what is published are searched in their own ways; everything else through the door. */
function searchAny(services: AllFhirServices, asked: Asked, posted: boolean): Promise<Reply> {
  const { type = '' } = asked.params;
  if (type === 'AuditEvent') return searchAuditEvent(services, asked, posted);
  return isConformanceType(type) ? searchConformance(services, asked, type, posted) : searchType(services, asked, posted);
}

async function readAny(services: AllFhirServices, asked: Asked): Promise<Reply> {
  const { type = '' } = asked.params;
  if (type === 'AuditEvent') return readAuditEvent(services, asked);
  return isConformanceType(type) ? readConformance(services, asked, type) : read(services, asked);
}

const notTaken = (): Promise<never> => Promise.reject(new Error('a method that is refused'));

/** What begins otherwise than a type is an operation or the history. */
const compartment: RequestHandler = (request, _response, next) => { next(/^[A-Z]/.test(String(request.params['type'])) ? undefined : 'route'); };

/** No id begins so: an operation or a search, which takes another method or is not there. */
const ofResource: RequestHandler = (request, _response, next) => { next(/^[$_]/.test(String(request.params['id'])) ? 'route' : undefined); };

/** Addresses with what they take: anything else is refused there. */
const addresses: readonly [address: string, pattern: string, allow: string | ((params: Readonly<Record<string, string>>) => string)][] = [
  ['/', '', 'POST'],
  ['/\\$process-message', '$process-message', 'POST'],
  ['/metadata', 'metadata', 'GET, HEAD'],
  ['/openapi.json', 'openapi.json', 'GET, HEAD'],
  ['/Patient/:id/\\$everything', 'Patient/{id}/$everything', 'GET, HEAD, POST'],
  ['/Patient/\\$match', 'Patient/$match', 'POST'],
  ...personAddresses,
  ['/Patient/:id/\\$timeline', 'Patient/{id}/$timeline', 'GET, HEAD, POST'],
  ['/Patient/:id/\\$story', 'Patient/{id}/$story', 'GET, HEAD, POST'],
  ['/Patient/:id/\\$access-report', 'Patient/{id}/$access-report', 'GET, HEAD, POST'],
  ['/Patient/:id/\\$confirm', 'Patient/{id}/$confirm', 'POST'],
  ['/Patient/:id/\\$correct', 'Patient/{id}/$correct', 'POST'],
  ['/Patient/\\$break-glass', 'Patient/$break-glass', 'POST'],
  ['/Patient/:id/\\$end-break-glass', 'Patient/{id}/$end-break-glass', 'POST'],
  ['/AuditEvent/:id/\\$reconstruct', 'AuditEvent/{id}/$reconstruct', 'GET, HEAD'],
  ['/Consent/:id', 'Consent/{id}', 'GET, HEAD, PUT'],
  ['/Consent', 'Consent', 'GET, HEAD, POST'],
  ['/_history', '_history', 'GET, HEAD'],
  ['/:type/_history', '{type}/_history', 'GET, HEAD'],
  ...conformanceAddresses,
  ...exportAddresses,
  ...subscriptionAddresses,
  ['/:type', '{type}', ({ type = '' }) => allowedAt(type, 'type')],
  ['/:type/_search', '{type}/_search', 'POST'],
  ['/:type/:id', '{type}/{id}', ({ type = '' }) => allowedAt(type, 'instance')],
  ['/:type/:id/\\$explain-access', '{type}/{id}/$explain-access', 'GET, HEAD'],
  ['/:type/:id/\\$same-event', '{type}/{id}/$same-event', 'POST'],
  ['/:type/:id/_history', '{type}/{id}/_history', 'GET, HEAD'],
  ['/:type/:id/_history/:version', '{type}/{id}/_history/{version}', 'GET, HEAD'],
];

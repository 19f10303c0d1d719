import { Router, type RequestHandler } from 'express';
import { route, type RouteServices } from '../route.ts';
import { unserved } from '../unserved.ts';
import { barsOutcome } from './bars-outcome.ts';
import { breakGlass, endBreakGlass, type EmergencyServices } from './break-glass.ts';
import { createConsent, type ChoiceServices } from './create-consent.ts';
import { explainAccess, type ExplainServices } from './explain-access.ts';
import { historyInstance } from './history-instance.ts';
import { metadata, type MetadataServices } from './metadata.ts';
import { patientEverything } from './patient-everything.ts';
import { patientMatch, type MatchServices } from './patient-match.ts';
import { methodNotAllowed, permit } from './permit.ts';
import { processMessage, type MessageServices } from './process-message.ts';
import { read } from './read.ts';
import { reconstruct, type ReconstructServices } from './reconstruct.ts';
import { sameEvent, type SameEventServices } from './same-event.ts';
import { searchAuditEvent, type AuditServices } from './search-audit-event.ts';
import { searchType } from './search-type.ts';
import { confirm, type ConfirmServices } from './confirm.ts';
import { correct, type CorrectServices } from './correct.ts';
import { patientStory, type StoryServices } from './patient-story.ts';
import { patientTimeline, type TimelineServices } from './patient-timeline.ts';
import { permitBundles } from './take-bundle.ts';
import { transaction } from './transaction.ts';
import { updateConsent, type ChangeServices } from './update-consent.ts';
import { vread } from './vread.ts';

export type AllFhirServices = RouteServices & AuditServices & ChangeServices & ChoiceServices & EmergencyServices & ExplainServices & MatchServices & MessageServices & MetadataServices & ConfirmServices & CorrectServices & StoryServices & ReconstructServices & SameEventServices & TimelineServices;

/** Everything under /fhir, refusals of what is not offered included. */
export function fhirRoutes(services: AllFhirServices): Router {
  const router = Router({ caseSensitive: true });
  const search = { interaction: 'search-type', permit: permit('search-type') };
  router.get('/metadata', metadata(services));
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
  router.post('/Patient/:id/\\$confirm', route(services, { interaction: 'confirm', pattern: 'Patient/{id}/$confirm', permit: permit('confirm') }, (asked) => confirm(services, asked)));
  router.post('/Patient/:id/\\$correct', route(services, { interaction: 'correct', pattern: 'Patient/{id}/$correct', permit: permit('correct') }, (asked) => correct(services, asked)));
  router.post('/Patient/\\$break-glass', route(services, { interaction: 'break-glass', pattern: 'Patient/$break-glass', permit: permit('break-glass') }, (asked) => breakGlass(services, asked)));
  router.post('/Patient/:id/\\$end-break-glass', route(services, { interaction: 'end-break-glass', pattern: 'Patient/{id}/$end-break-glass', permit: permit('break-glass') },
    (asked) => endBreakGlass(services, asked)));
  router.post('/Consent', route(services, { interaction: 'create', pattern: 'Consent', permit: (requester, asked) => permit('create')(requester, { ...asked, params: { type: 'Consent' } }) },
    (asked) => createConsent(services, asked)));
  router.put('/Consent/:id', route(services, { interaction: 'update', pattern: 'Consent/{id}', permit: (requester, asked) => permit('update')(requester, { ...asked, params: { ...asked.params, type: 'Consent' } }) },
    (asked) => updateConsent(services, asked)));
  router.get('/AuditEvent/:id/\\$reconstruct', route(services, { interaction: 'reconstruct', pattern: 'AuditEvent/{id}/$reconstruct', permit: (requester, asked) => permit('reconstruct')(requester, { ...asked, params: { type: 'AuditEvent' } }) },
    (asked) => reconstruct(services, asked)));
  router.post('/', route(services, { interaction: 'transaction', pattern: '', permit: permitBundles(services, 'transaction') }, (asked) => transaction(services, asked)));
  router.post('/\\$process-message', route(services, { interaction: 'process-message', pattern: '$process-message', permit: permitBundles(services, 'message'), outcome: barsOutcome }, (asked) => processMessage(services, asked)));
  router.get('/:type', route(services, { ...search, pattern: '{type}' },
    (asked) => (asked.params['type'] === 'AuditEvent' ? searchAuditEvent(services, asked, false) : searchType(services, asked, false))));
  router.post('/:type/_search', route(services, { ...search, pattern: '{type}/_search' },
    (asked) => (asked.params['type'] === 'AuditEvent' ? searchAuditEvent(services, asked, true) : searchType(services, asked, true))));
  router.get('/Patient/:id/:type', compartment, route(services, { ...search, pattern: 'Patient/{id}/{type}' }, (asked) => searchType(services, asked, false)));
  router.post('/Patient/:id/:type/_search', compartment, route(services, { ...search, pattern: 'Patient/{id}/{type}/_search' }, (asked) => searchType(services, asked, true)));
  router.get('/:type/:id', route(services, { interaction: 'read', pattern: '{type}/{id}', permit: permit('read') }, (asked) => read(services, asked)));
  router.get('/:type/:id/\\$explain-access', route(services, { interaction: 'explain-access', pattern: '{type}/{id}/$explain-access', permit: permit('explain-access') }, (asked) => explainAccess(services, asked)));
  router.post('/:type/:id/\\$same-event', route(services, { interaction: 'same-event', pattern: '{type}/{id}/$same-event', permit: permit('same-event') }, (asked) => sameEvent(services, asked)));
  router.get('/:type/:id/_history', route(services, { interaction: 'history-instance', pattern: '{type}/{id}/_history', permit: permit('history-instance') },
    (asked) => historyInstance(services, asked)));
  router.get('/:type/:id/_history/:version', route(services, { interaction: 'vread', pattern: '{type}/{id}/_history/{version}', permit: permit('vread') },
    (asked) => vread(services, asked)));
  for (const [address, pattern, allow] of addresses) {
    router.all(address, route(services, { interaction: 'unsupported', pattern, permit: methodNotAllowed, allow }, notTaken));
  }
  router.all('/Patient/:id/:type', compartment, route(services, { interaction: 'unsupported', pattern: 'Patient/{id}/{type}', permit: methodNotAllowed, allow: 'GET, HEAD' }, notTaken));
  router.all('/Patient/:id/:type/_search', compartment, route(services, { interaction: 'unsupported', pattern: 'Patient/{id}/{type}/_search', permit: methodNotAllowed, allow: 'POST' }, notTaken));
  router.use(...unserved(services));
  return router;
}

const notTaken = (): Promise<never> => Promise.reject(new Error('a method that is refused'));

/** What begins otherwise than a type is an operation or the history. */
const compartment: RequestHandler = (request, _response, next) => { next(/^[A-Z]/.test(String(request.params['type'])) ? undefined : 'route'); };

/** Addresses with what they take: anything else is refused there. */
const addresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/', '', 'POST'],
  ['/\\$process-message', '$process-message', 'POST'],
  ['/metadata', 'metadata', 'GET, HEAD'],
  ['/Patient/:id/\\$everything', 'Patient/{id}/$everything', 'GET, HEAD, POST'],
  ['/Patient/\\$match', 'Patient/$match', 'POST'],
  ['/Patient/:id/\\$timeline', 'Patient/{id}/$timeline', 'GET, HEAD, POST'],
  ['/Patient/:id/\\$story', 'Patient/{id}/$story', 'GET, HEAD, POST'],
  ['/Patient/:id/\\$confirm', 'Patient/{id}/$confirm', 'POST'],
  ['/Patient/:id/\\$correct', 'Patient/{id}/$correct', 'POST'],
  ['/Patient/\\$break-glass', 'Patient/$break-glass', 'POST'],
  ['/Patient/:id/\\$end-break-glass', 'Patient/{id}/$end-break-glass', 'POST'],
  ['/AuditEvent/:id/\\$reconstruct', 'AuditEvent/{id}/$reconstruct', 'GET, HEAD'],
  ['/Consent/:id', 'Consent/{id}', 'GET, HEAD, PUT'],
  ['/Consent', 'Consent', 'GET, HEAD, POST'],
  ['/:type', '{type}', 'GET, HEAD'],
  ['/:type/_search', '{type}/_search', 'POST'],
  ['/:type/:id', '{type}/{id}', 'GET, HEAD'],
  ['/:type/:id/\\$explain-access', '{type}/{id}/$explain-access', 'GET, HEAD'],
  ['/:type/:id/\\$same-event', '{type}/{id}/$same-event', 'POST'],
  ['/:type/:id/_history', '{type}/{id}/_history', 'GET, HEAD'],
  ['/:type/:id/_history/:version', '{type}/{id}/_history/{version}', 'GET, HEAD'],
];

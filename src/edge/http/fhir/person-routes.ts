import type { Router } from 'express';
import { route, type Asked, type RouteFacts, type RouteServices } from '../route.ts';
import { docref, type DocumentServices } from './docref.ts';
import { patientIhePix, pixOutcome, type CrossReferenceServices } from './patient-ihe-pix.ts';
import { patientPresence, type PresenceServices } from './patient-presence.ts';
import { patientSummary, type SummaryServices } from './patient-summary.ts';
import { permit } from './permit.ts';

export type PersonServices = SummaryServices & PresenceServices & CrossReferenceServices & DocumentServices;

/** A person's summary, and what systems ask before they ask for more. Identifiers that name somebody come in a body, but where a standard has them in the address. */
export function addPersonRoutes(router: Router, services: RouteServices & PersonServices): void {
  const facts = (interaction: 'summary' | 'presence' | 'ihe-pix', pattern: string): RouteFacts => ({ interaction, pattern, permit: permit(interaction) });
  const [summary, presence] = [facts('summary', 'Patient/{id}/$summary'), facts('presence', 'Patient/{id}/$presence')];
  router.get('/Patient/:id/\\$summary', route(services, summary, (asked) => patientSummary(services, asked, false)));
  router.post('/Patient/:id/\\$summary', route(services, summary, (asked) => patientSummary(services, asked, true)));
  router.post('/Patient/\\$summary', route(services, facts('summary', 'Patient/$summary'), (asked) => patientSummary(services, asked, true)));
  router.get('/Patient/:id/\\$presence', route(services, presence, (asked) => patientPresence(services, asked, false)));
  router.post('/Patient/:id/\\$presence', route(services, presence, (asked) => patientPresence(services, asked, true)));
  router.post('/Patient/\\$presence', route(services, facts('presence', 'Patient/$presence'), (asked) => patientPresence(services, asked, true)));
  const pix: RouteFacts = { ...facts('ihe-pix', 'Patient/$ihe-pix'), outcome: pixOutcome };
  router.get('/Patient/\\$ihe-pix', route(services, pix, (asked) => patientIhePix(services, asked, false)));
  router.post('/Patient/\\$ihe-pix', route(services, pix, (asked) => patientIhePix(services, asked, true)));
  const documents: RouteFacts = { interaction: 'docref', pattern: 'DocumentReference/$docref', permit: (requester, asked) => permit('docref')(requester, ofDocuments(asked)) };
  router.get('/DocumentReference/\\$docref', route(services, documents, (asked) => docref(services, asked, false)));
  router.post('/DocumentReference/\\$docref', route(services, documents, (asked) => docref(services, asked, true)));
}

const ofDocuments = (asked: Asked): Asked => ({ ...asked, params: { type: 'DocumentReference' } });

/** Their addresses with what they take. */
export const personAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/Patient/:id/\\$summary', 'Patient/{id}/$summary', 'GET, HEAD, POST'],
  ['/Patient/\\$summary', 'Patient/$summary', 'POST'],
  ['/Patient/:id/\\$presence', 'Patient/{id}/$presence', 'GET, HEAD, POST'],
  ['/Patient/\\$presence', 'Patient/$presence', 'POST'],
  ['/Patient/\\$ihe-pix', 'Patient/$ihe-pix', 'GET, HEAD, POST'],
  ['/DocumentReference/\\$docref', 'DocumentReference/$docref', 'GET, HEAD, POST'],
];

import { Router } from 'express';
import { route, type RouteServices } from '../route.ts';
import { createConsent, type ChoiceServices } from './create-consent.ts';
import { historyInstance } from './history-instance.ts';
import { metadata, type MetadataServices } from './metadata.ts';
import { patientEverything } from './patient-everything.ts';
import { permit } from './permit.ts';
import { read } from './read.ts';
import { searchAuditEvent, type AuditServices } from './search-audit-event.ts';
import { searchType } from './search-type.ts';
import { vread } from './vread.ts';

export type AllFhirServices = RouteServices & AuditServices & ChoiceServices & MetadataServices;

/** Everything under /fhir; what is not here is answered by `notRouted`. */
export function fhirRoutes(services: AllFhirServices): Router {
  const router = Router({ caseSensitive: true });
  const search = { interaction: 'search-type', permit: permit('search-type') };
  router.get('/metadata', metadata(services));
  router.get('/Patient/:id/\\$everything', route(services, { interaction: 'everything', pattern: 'Patient/{id}/$everything', permit: permit('everything') },
    (asked) => patientEverything(services, asked)));
  router.post('/Consent', route(services, { interaction: 'create', pattern: 'Consent', permit: (requester, asked) => permit('create')(requester, { ...asked, params: { type: 'Consent' } }) },
    (asked) => createConsent(services, asked)));
  router.get('/:type', route(services, { ...search, pattern: '{type}' },
    (asked) => (asked.params['type'] === 'AuditEvent' ? searchAuditEvent(services, asked, false) : searchType(services, asked, false))));
  router.post('/:type/_search', route(services, { ...search, pattern: '{type}/_search' },
    (asked) => (asked.params['type'] === 'AuditEvent' ? searchAuditEvent(services, asked, true) : searchType(services, asked, true))));
  router.get('/:type/:id', route(services, { interaction: 'read', pattern: '{type}/{id}', permit: permit('read') }, (asked) => read(services, asked)));
  router.get('/:type/:id/_history', route(services, { interaction: 'history-instance', pattern: '{type}/{id}/_history', permit: permit('history-instance') },
    (asked) => historyInstance(services, asked)));
  router.get('/:type/:id/_history/:version', route(services, { interaction: 'vread', pattern: '{type}/{id}/_history/{version}', permit: permit('vread') },
    (asked) => vread(services, asked)));
  return router;
}

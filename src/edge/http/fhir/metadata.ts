import type { RequestHandler } from 'express';
import { capabilityStatement } from '../../../fhir/capability.ts';
import { outcomeOf, statusOf } from '../../../fhir/outcome.ts';
import { checkAcceptable } from '../check-acceptable.ts';
import { interactionsOf, systemOffers } from './interactions.ts';
import { sameEventTypes } from './same-event.ts';

export interface MetadataServices {
  base: string;
  version: string;
  startedAt: string;
  oauth: { authorize: string; token: string };
}

const explain = { name: 'explain-access', definition: 'https://fhir.bicp.example/OperationDefinition/explain-access' };
const same = { name: 'same-event', definition: 'https://fhir.bicp.example/OperationDefinition/same-event' };
/** Types with rows about a citizen. */
const explained = ['CarePlan', 'CareTeam', 'Consent', 'Encounter', 'EpisodeOfCare', 'Observation', 'ServiceRequest', 'Task'];

/** GET [base]/metadata · public, made from the routes' own table. */
export function metadata({ base, version, startedAt, oauth }: MetadataServices): RequestHandler {
  const text = JSON.stringify(capabilityStatement({
    base, version, date: startedAt, interactions: interactionsOf, compartment: true, system: systemOffers, oauth,
    operations: { ...Object.fromEntries(explained.map((type) => [type, sameEventTypes.includes(type) ? [explain, same] : [explain]])), Patient: [
      explain,
      { name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' },
      { name: 'match', definition: 'https://fhir.bicp.example/OperationDefinition/match' },
      { name: 'story', definition: 'https://fhir.bicp.example/OperationDefinition/story' },
      { name: 'confirm', definition: 'https://fhir.bicp.example/OperationDefinition/confirm' },
      { name: 'correct', definition: 'https://fhir.bicp.example/OperationDefinition/correct' },
      { name: 'timeline', definition: 'https://fhir.bicp.example/OperationDefinition/timeline' },
      { name: 'break-glass', definition: 'https://fhir.bicp.example/OperationDefinition/break-glass' },
      { name: 'end-break-glass', definition: 'https://fhir.bicp.example/OperationDefinition/end-break-glass' },
    ], AuditEvent: [{ name: 'reconstruct', definition: 'https://fhir.bicp.example/OperationDefinition/reconstruct' }] },
  }));
  return (request, response) => {
    const format = new URLSearchParams(request.originalUrl.split('?')[1] ?? '').get('_format') ?? undefined;
    const refused = checkAcceptable(request.get('Accept'), format);
    response.status(refused ? statusOf([refused]) : 200).set('Content-Type', 'application/fhir+json; charset=utf-8');
    response.end(refused ? JSON.stringify(outcomeOf([refused])) : text);
  };
}

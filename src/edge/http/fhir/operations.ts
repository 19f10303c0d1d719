import type { Operation } from '../../../fhir/capability.ts';
import { bulkExport } from './interactions.ts';
import { sameEventTypes } from './same-event.ts';

const ofFhir = (definition: string): string => `http://hl7.org/fhir/OperationDefinition/${definition}`;
const own = (name: string): Operation => ({ name, definition: `https://fhir.bicp.example/OperationDefinition/${name}` });
const validate: Operation = { name: 'validate', definition: ofFhir('Resource-validate') };

/** Types with rows about a citizen. */
const explained = ['CarePlan', 'CareTeam', 'Consent', 'Encounter', 'EpisodeOfCare', 'Observation', 'Patient', 'ServiceRequest', 'Task'];

const byType: Readonly<Record<string, readonly Operation[]>> = {
  Patient: [{ name: 'everything', definition: ofFhir('Patient-everything') }, { name: 'summary', definition: 'http://hl7.org/fhir/uv/ips/OperationDefinition/summary' },
    { name: 'ihe-pix', definition: 'https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix' }, ...['presence', 'match', 'story', 'confirm', 'correct', 'timeline', 'break-glass', 'end-break-glass', 'access-report'].map(own), bulkExport('patient-export')],
  DocumentReference: [{ name: 'docref', definition: 'http://hl7.org/fhir/uv/ipa/OperationDefinition/docref' }],
  AuditEvent: [own('reconstruct')],
  Subscription: ['status', 'events'].map((name): Operation => ({ name, definition: `http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-${name}` })),
  ValueSet: [{ name: 'expand', definition: ofFhir('ValueSet-expand') }, { name: 'validate-code', definition: ofFhir('ValueSet-validate-code') }],
  CodeSystem: [{ name: 'lookup', definition: ofFhir('CodeSystem-lookup') }],
  StructureMap: [{ ...own('transform'), documentation: 'For the integration system of a partner, with the scope feeds.' }],
  ConceptMap: [{ name: 'translate', definition: ofFhir('ConceptMap-translate') }],
};

/** The operations a type has: every one has a route. */
export function operationsOf(type: string): Operation[] {
  return type === 'Group' ? [bulkExport('group-export')] : [validate, ...(explained.includes(type) ? [own('explain-access')] : []), ...(sameEventTypes.includes(type) ? [own('same-event')] : []), ...(byType[type] ?? [])];
}

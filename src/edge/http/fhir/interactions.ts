import type { CapabilityInput, Interaction, Operation } from '../../../fhir/capability.ts';
import { conformanceTypes } from '../../../flow/reading/conformance.ts';

/** The routes' own table: what is here has a route, and what has a route is here. The capability statement is made from it. */
const published: readonly Interaction[] = ['read', 'search-type'];
const stored: readonly Interaction[] = ['read', 'vread', 'history-instance', 'history-type'];
/** Through the API as well: who writes what is mappings/writing/rule.json. */
const written: readonly Interaction[] = ['create', 'update', 'patch', 'delete'];

export const interactionsOf: Readonly<Record<string, readonly Interaction[]>> = {
  Patient: [...stored, 'search-type'],
  CarePlan: [...stored, 'search-type', ...written],
  EpisodeOfCare: [...stored, 'search-type', ...written],
  ServiceRequest: [...stored, 'search-type', ...written],
  Encounter: [...stored, 'search-type', ...written],
  CareTeam: [...stored, 'search-type', ...written],
  Observation: [...stored, 'search-type', ...written],
  Condition: [...stored, 'search-type', ...written],
  AllergyIntolerance: [...stored, 'search-type', ...written],
  MedicationStatement: [...stored, 'search-type', ...written],
  Task: [...stored, 'search-type', ...written],
  Consent: [...stored, 'search-type', 'create', 'update'],
  Organization: [...stored, 'search-type'],
  Device: [...stored, 'search-type'],
  /** whoever signed in, told to themself */
  Practitioner: ['read'],
  Contract: [...stored, 'search-type'],
  AuditEvent: ['read', 'search-type'],
  /** none is kept: what there is, $docref says */
  DocumentReference: [],
  Subscription: [...stored, 'search-type', 'create', 'update', 'delete'],
  Group: [],
  ...Object.fromEntries(conformanceTypes.map((type) => [type, published])),
};

const ofFeeds = 'For the client of a feed that takes them, with the scope intake: what is sent is a record of that feed, kept as it came, about one person, named by the sender\'s own identifiers.';
const ofWriters = 'For whoever may write: up to 5,000 entries, DELETE, POST, PUT, PATCH and GET, with references by urn:uuid and by search.';

/** Bulk Data Access 2, at the base, of patients and of a group. */
export function bulkExport(definition: 'export' | 'patient-export' | 'group-export'): Operation {
  return { name: 'export', definition: `http://hl7.org/fhir/uv/bulkdata/OperationDefinition/${definition}`, documentation: 'For the system of an organisation, with Prefer: respond-async: see docs/bulk-export.md.' };
}

/** What the base takes. */
export const systemOffers: NonNullable<CapabilityInput['system']> = {
  interactions: [{ code: 'transaction', documentation: `${ofWriters} ${ofFeeds}` }, { code: 'batch', documentation: `${ofWriters} ${ofFeeds} Each entry stands for itself.` }, { code: 'history-system', documentation: 'Of whatever the caller may see.' }],
  operations: [{ name: 'process-message', definition: 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message', documentation: `Messages of the Booking and Referral Standard. ${ofFeeds}` }, bulkExport('export')],
};

import type { CapabilityInput, Interaction } from '../../../fhir/capability.ts';

/** The routes' own table: what is here has a route, and what has a route is here. The capability statement is made from it. */
const stored: readonly Interaction[] = ['read', 'vread', 'history-instance'];

export const interactionsOf: Readonly<Record<string, readonly Interaction[]>> = {
  Patient: [...stored, 'search-type'],
  CarePlan: [...stored, 'search-type'],
  EpisodeOfCare: [...stored, 'search-type'],
  ServiceRequest: [...stored, 'search-type'],
  Encounter: [...stored, 'search-type'],
  CareTeam: [...stored, 'search-type'],
  Observation: [...stored, 'search-type'],
  Condition: [...stored, 'search-type'],
  AllergyIntolerance: [...stored, 'search-type'],
  MedicationStatement: [...stored, 'search-type'],
  Task: [...stored, 'search-type'],
  Consent: [...stored, 'search-type', 'create', 'update'],
  Organization: [...stored, 'search-type'],
  Device: [...stored, 'search-type'],
  Contract: [...stored, 'search-type'],
  AuditEvent: ['search-type'],
};

const ofFeeds = 'For the client of a feed that takes them, with the scope intake. What is sent is a record of that feed: kept as it came, about one person, named by the sender\'s own identifiers.';

/** What the base takes. */
export const systemOffers: NonNullable<CapabilityInput['system']> = {
  interactions: [{ code: 'transaction', documentation: ofFeeds }, { code: 'batch', documentation: `${ofFeeds} Each entry stands for itself.` }],
  operations: [{ name: 'process-message', definition: 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message', documentation: `Messages of the Booking and Referral Standard. ${ofFeeds}` }],
};

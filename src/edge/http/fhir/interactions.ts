import type { Interaction } from '../../../fhir/capability.ts';

/** The routes' own table: what is here has a route, and what has a route is here. The capability statement is made from it. */
const stored: readonly Interaction[] = ['read', 'vread', 'history-instance'];

export const interactionsOf: Readonly<Record<string, readonly Interaction[]>> = {
  Patient: [...stored, 'search-type'],
  CarePlan: [...stored, 'search-type'],
  EpisodeOfCare: [...stored, 'search-type'],
  ServiceRequest: [...stored, 'search-type'],
  Encounter: [...stored, 'search-type'],
  CareTeam: [...stored, 'search-type'],
  Observation: stored,
  Condition: stored,
  AllergyIntolerance: stored,
  MedicationStatement: stored,
  Task: [...stored, 'search-type'],
  Consent: [...stored, 'search-type', 'create', 'update'],
  Organization: [...stored, 'search-type'],
  Device: [...stored, 'search-type'],
  Contract: [...stored, 'search-type'],
  AuditEvent: ['search-type'],
};

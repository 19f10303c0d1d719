import type { AuditEvent, Extension } from '@medplum/fhirtypes';
import { auditActionOf } from './audit-actions.ts';
import type { AuditAction } from './audit-actions.ts';
import { auditAgents, gatewayDevice, purposeConcept } from './audit-agents.ts';
import { auditEntities, citizensOf } from './audit-entities.ts';
import type { AuditEntry } from './types.ts';

/** valueString: the entry's position in the log, from 1, in decimal (it may outgrow a FHIR integer). */
export const auditSequenceUrl = 'https://fhir.bicp.example/StructureDefinition/audit-sequence';

export const balp = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';

/**
 * An entry of the log as FHIR: rendered when asked for, never stored. The shape is that of IHE BALP (Basic Audit Log
 * Patterns); its profile is claimed where the entry meets all of it: a permitted REST interaction it has a pattern for,
 * with both network addresses known, about one citizen at most (BALP has one event for each; this log has one for the request). A refusal has outcome 8 as in BALP's authorization decision; a request that failed
 * has 4, and 8 when the fault was ours.
 * Whoever came as a person with a token meets BALP's pattern for that beside it. The disclosure and the decision of the same entry are
 * events of their own: see audit-facets.ts.
 * `gateway.base` is the address of the API, for the server's network.
 */
export function auditEventOf(entry: AuditEntry & { seq: number }, gateway: { base?: string } = {}): AuditEvent {
  const action = auditActionOf(entry.interaction);
  const profiles = [...profileOf(entry, action, gateway.base), ...tokenProfileOf(entry)];
  const failed = outcomeDescription(entry);
  return {
    resourceType: 'AuditEvent',
    id: entry.id,
    ...(profiles.length > 0 && { meta: { profile: profiles } }),
    extension: placeOf(entry),
    type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest', display: 'Restful Operation' },
    subtype: action.subtype,
    action: action.action,
    recorded: entry.at,
    outcome: outcomeOf(entry),
    ...(failed === undefined ? {} : { outcomeDesc: failed }),
    ...purposesOf(entry),
    agent: auditAgents(entry, action, gateway.base),
    source: sourceOf(gateway),
    entity: auditEntities(entry, action),
  };
}

export function placeOf({ seq }: { seq: number }): Extension[] {
  return [{ url: auditSequenceUrl, valueString: String(seq) }];
}

export function sourceOf({ base }: { base?: string }): AuditEvent['source'] {
  return {
    ...(base === undefined ? {} : { site: base }), observer: gatewayDevice,
    type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4', display: 'Application Server' }],
  };
}

/** What the token said it was for, and beside it that it was done under emergency access: that the gateway knows, whatever a token says. */
export function purposesOf({ purpose, emergency }: AuditEntry): Pick<AuditEvent, 'purposeOfEvent'> {
  const codes = [...new Set([...(purpose === undefined ? [] : [purpose]), ...(emergency ? ['BTG'] : [])])];
  return codes.length === 0 ? {} : { purposeOfEvent: codes.map(purposeConcept) };
}

/** Permitted, failed, and refused or a fault of ours. */
export function outcomeOf({ outcome, status }: AuditEntry): '0' | '4' | '8' {
  if (outcome === 'permitted') return '0';
  return outcome === 'denied' || status >= 500 ? '8' : '4';
}

export function outcomeDescription({ outcome, status, code, decisions }: AuditEntry): string | undefined {
  if (outcome === 'permitted') return undefined;
  const because = decisions.find(({ effect }) => effect === 'deny')?.sentence;
  return [`HTTP ${status}`, code, because].filter((part) => part !== undefined).join(': ');
}

function profileOf(entry: AuditEntry, { pattern, asks }: AuditAction, base: string | undefined): string[] {
  const citizens = citizensOf(entry).length;
  const told = citizens < 2 && (asks === 'query' || entry.disclosed.length === 1 || (entry.disclosed.length > 1 && entry.citizen !== undefined));
  if (pattern === undefined || entry.outcome !== 'permitted' || !told || base === undefined || entry.who.address === undefined) return [];
  return [`${balp}${citizens === 0 ? '' : 'Patient'}${pattern}`];
}

/** Of a person who came with a token: its id and nothing else of it is kept. The gateway's tokens are JWTs, so BALP's pattern for opaque ones is never met. */
export function tokenProfileOf({ who: { person, token } }: AuditEntry): string[] {
  return person === undefined || token === undefined ? [] : [`${balp}OAUTHaccessTokenUse.Minimal`];
}

import type { Task } from '@medplum/fhirtypes';
import { indexResource } from '../../fhir/index-resource.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { ReviewOutcome } from '../../fhir/review-outcomes.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { SharedChange } from '../../store/shared-rows.ts';

export const emergencyIdentifier = 'https://fhir.bicp.example/Id/emergency-access';

/**
 * What those who oversee sharing in one organisation are asked, and they alone read: to review the emergency access of this
 * reference. It names nobody, neither the person nor who looked.
 */
export function emergencyTask({ id, reference, owner, name, at }: { id: string; reference: string; owner: OrganisationKey; name: string | undefined; at: Date }): SharedChange {
  const bar = owner.indexOf('|');
  return changeOf({
    resourceType: 'Task', id, meta: { source: 'urn:onestory:emergency-access' }, identifier: [{ system: emergencyIdentifier, value: reference }],
    status: 'requested', intent: 'order', code: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/gateway-action', code: 'break-glass', display: 'Emergency access' }], text: 'Review emergency access' },
    authoredOn: at.toISOString(), owner: { type: 'Organization', identifier: { system: owner.slice(0, bar), value: owner.slice(bar + 1) }, ...(name !== undefined && { display: name }) },
  }, owner, 1, at);
}

/** The same once it is reviewed: what was found as a code. The note stays where it was written. */
export function reviewedTask(standing: { version: number; body: string }, owner: OrganisationKey, outcome: ReviewOutcome, at: Date): SharedChange {
  const task = JSON.parse(standing.body) as Task & { id: string };
  return changeOf({
    ...task, status: 'completed', lastModified: at.toISOString(), businessStatus: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/emergency-review', code: outcome }] },
  }, owner, standing.version + 1, at);
}

function changeOf(task: Task & { id: string }, owner: OrganisationKey, version: number, at: Date): SharedChange {
  const body = { ...task, meta: { ...task.meta, versionId: String(version), lastUpdated: at.toISOString() } };
  return { id: task.id, scope: 'addressed', owner, type: 'Task', version, updatedAt: at, body: JSON.stringify(body), index: indexResource(body as unknown as JsonObject) };
}

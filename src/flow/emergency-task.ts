import type { Task } from '@medplum/fhirtypes';
import { indexResource } from '../fhir/index-resource.ts';
import type { JsonObject } from '../fhir/json.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { SharedChange } from '../store/shared-rows.ts';

/** What a privacy officer is asked: to review the emergency access of this reference. It names nobody, neither the person nor who looked. */
export function emergencyTask({ id, reference, owner, name, at }: { id: string; reference: string; owner: OrganisationKey; name: string | undefined; at: Date }): SharedChange {
  const bar = owner.indexOf('|');
  const task: Task = {
    resourceType: 'Task', id, meta: { versionId: '1', lastUpdated: at.toISOString(), source: 'urn:onestory:emergency-access' },
    identifier: [{ system: 'https://fhir.bicp.example/Id/emergency-access', value: reference }],
    status: 'requested', intent: 'order', code: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/gateway-action', code: 'break-glass', display: 'Emergency access' }], text: 'Review emergency access' },
    authoredOn: at.toISOString(), owner: { type: 'Organization', identifier: { system: owner.slice(0, bar), value: owner.slice(bar + 1) }, ...(name !== undefined && { display: name }) },
  };
  return { id, scope: 'governance', owner: null, type: 'Task', version: 1, updatedAt: at, body: JSON.stringify(task), index: indexResource(task as unknown as JsonObject) };
}

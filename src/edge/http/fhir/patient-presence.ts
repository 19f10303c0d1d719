import type { ParametersParameter } from '@medplum/fhirtypes';
import { incompleteNotice, withheldNotice } from '../../../fhir/notices.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Released } from '../../../flow/release-records.ts';
import type { Presence } from '../../../flow/reading/tell-presence.ts';
import type { Whom } from '../../../flow/who-is-named.ts';
import type { Asked, Reply } from '../route.ts';
import { readInputs } from './read-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';
import { whomOf } from './patient-summary.ts';

export interface PresenceServices {
  limits: ResourceLimits;
  presence: (requester: Requester, whom: Whom, request: RequestFacts) => Promise<Released & Presence>;
}

/**
 * GET or POST [base]/Patient/{citizen}/$presence, and POST [base]/Patient/$presence with an identifier · ours:
 * profiles/OperationDefinition-presence.json. Whether there is anything for the caller, and how much of which category.
 */
export async function patientPresence(services: PresenceServices, asked: Asked, posted: boolean): Promise<Reply> {
  const whom = whomOf(await readInputs(asked, posted, ['identifier'], services.limits), asked.params['id']);
  const { present, categories, notice, incomplete } = await services.presence(asked.requester, whom, asked.request);
  const parameter: ParametersParameter[] = [
    { name: 'present', valueBoolean: present },
    ...categories.map(({ category, count }) => ({ name: 'category', part: [{ name: 'code', valueCode: category }, { name: 'count', valueInteger: count }] })),
    ...[...(notice === 'none' ? [] : [withheldNotice(notice === 'generic' ? [] : notice.organisations)]), ...(incomplete.length > 0 ? [incompleteNotice(incomplete)] : [])]
      .flatMap(({ resource }): ParametersParameter[] => (resource ? [{ name: 'notice', resource }] : [])),
  ];
  return { status: 200, text: JSON.stringify({ resourceType: 'Parameters', parameter }) };
}

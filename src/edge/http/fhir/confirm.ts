import type { Parameters } from '@medplum/fhirtypes';
import type { Requester } from '../../../fhir/sharing.ts';
import type { NamedVersion } from '../../../flow/read-named.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Asked, Reply } from '../route.ts';
import { readNamedInputs } from './read-named-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';

export interface ConfirmServices {
  limits: ResourceLimits;
  confirm: (requester: Requester, citizen: string, named: NamedVersion, request: RequestFacts) => Promise<Date>;
}

/** POST [base]/Patient/{citizen}/$confirm · ours: profiles/OperationDefinition-confirm.json. Somebody asked, and it is still right. */
export async function confirm(services: ConfirmServices, asked: Asked): Promise<Reply> {
  const { reference } = await readNamedInputs(asked, services.limits, {});
  const at = await services.confirm(asked.requester, asked.params['id'] ?? '', reference, asked.request);
  return { status: 200, text: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'recorded', valueInstant: at.toISOString() }] } satisfies Parameters) };
}

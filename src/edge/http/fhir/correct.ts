import type { Parameters } from '@medplum/fhirtypes';
import type { Requester } from '../../../fhir/sharing.ts';
import type { CorrectionAsk } from '../../../flow/story/request-correction.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Asked, Reply } from '../route.ts';
import { readNamedInputs } from './read-named-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';

export interface CorrectServices {
  limits: ResourceLimits;
  correct: (requester: Requester, citizen: string, ask: CorrectionAsk, bytes: Uint8Array, request: RequestFacts) => Promise<string>;
}

/** POST [base]/Patient/{citizen}/$correct · ours: profiles/OperationDefinition-correct.json. Asks who keeps a record to correct it. */
export async function correct(services: CorrectServices, asked: Asked): Promise<Reply> {
  const { bytes, ...ask } = await readNamedInputs(asked, services.limits, { element: 100, value: 1000 });
  const task = await services.correct(asked.requester, asked.params['id'] ?? '', ask, bytes, asked.request);
  return { status: 200, text: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'task', valueReference: { reference: `Task/${task}`, type: 'Task' } }] } satisfies Parameters) };
}

import type { OperationOutcome, OperationOutcomeIssue, ParametersParameter } from '@medplum/fhirtypes';
import { outcomeOfRequest } from '../../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { CrossReferenceAsk, CrossReferenced } from '../../../flow/linkage/cross-reference.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Asked, Reply } from '../route.ts';
import { inputInvalid, readRepeated, textInput } from './read-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';

export interface CrossReferenceServices {
  base: string;
  limits: ResourceLimits;
  crossReference: (requester: Requester, ask: CrossReferenceAsk, request: RequestFacts) => Promise<CrossReferenced>;
}

/** GET or POST [base]/Patient/$ihe-pix?sourceIdentifier=&targetSystem= · IHE PIXm, ITI-83 (https://profiles.ihe.net/ITI/PIXm/ITI-83.html). */
export async function patientIhePix(services: CrossReferenceServices, asked: Asked, posted: boolean): Promise<Reply> {
  const { inputs, lists } = await readRepeated(asked, posted, ['sourceIdentifier'], ['targetSystem'], services.limits);
  const source = textInput(inputs, 'sourceIdentifier');
  const targets = lists.targetSystem.map((system) => (typeof system === 'string' && system !== '' ? system : ''));
  if (source === undefined) throw new Refusal(inputInvalid('sourceIdentifier', 'sourceIdentifier once, as system|value'));
  if (targets.includes('')) throw new Refusal(inputInvalid('targetSystem', 'the system of the identifiers that are wanted'));
  const { citizen, identifiers } = await services.crossReference(asked.requester, { source, targets }, asked.request);
  const parameter: ParametersParameter[] = identifiers.length === 0 ? [] : [
    ...identifiers.map((valueIdentifier) => ({ name: 'targetIdentifier', valueIdentifier })),
    { name: 'targetId', valueReference: { reference: `${services.base}/Patient/${citizen}` } },
  ];
  return { status: 200, text: JSON.stringify({ resourceType: 'Parameters', ...(parameter.length > 0 && { parameter }) }) };
}

/** As ITI-83 words them (2:3.83.4.2.2): issue code and diagnostics; the gateway's own code beside them. */
const worded: Readonly<Record<string, Pick<OperationOutcomeIssue, 'code' | 'diagnostics'>>> = {
  'not-found': { code: 'not-found', diagnostics: 'sourceIdentifier Patient Identifier not found' },
  'source-system-unknown': { code: 'code-invalid', diagnostics: 'sourceIdentifier Assigning Authority not found' },
  'target-system-unknown': { code: 'code-invalid', diagnostics: 'targetSystem not found' },
};

export function pixOutcome(problems: readonly Problem[]): OperationOutcome {
  const outcome = outcomeOfRequest(problems);
  return { ...outcome, issue: outcome.issue.map((issue, i) => ({ ...issue, ...worded[problems[i]?.code ?? ''] })) };
}

import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import type { Reconstruction } from '../../../flow/sharing/reconstruct-decision.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { Asked, Reply } from '../route.ts';

export interface ReconstructServices {
  reconstruct: (requester: Requester, id: string, request: RequestFacts) => Promise<Reconstruction>;
}

type Decided = Reconstruction['recorded'];

/** GET [base]/AuditEvent/{id}/$reconstruct · ours: profiles/OperationDefinition-reconstruct.json. A past decision made again from what was in force then. */
export async function reconstruct(services: ReconstructServices, asked: Asked): Promise<Reply> {
  const made = await services.reconstruct(asked.requester, asked.params['id'] ?? '', asked.request);
  return { status: 200, text: JSON.stringify(parametersOf(made)) };
}

function parametersOf({ entry, asOf, agreements, same, recorded, recomputed, notPermitted }: Reconstruction): Parameters {
  return { resourceType: 'Parameters', parameter: [
    { name: 'same', valueBoolean: same }, { name: 'decided', valueInstant: entry.at }, { name: 'as-of', valueInstant: asOf },
    ...agreements.map(({ id, version, title }): ParametersParameter => ({ name: 'agreement', part: [text('id', id), text('version', version), text('title', title)] })),
    ...linesOf('recorded', recorded), ...linesOf('recomputed', recomputed),
    ...notPermitted.map((resource): ParametersParameter => ({ name: 'not-permitted', valueUri: resource })),
  ] };
}

function linesOf(name: string, { decisions, withheld }: Decided): ParametersParameter[] {
  return [
    ...decisions.map(({ effect, rule, sentence, choice, count }): ParametersParameter => ({
      name, part: [{ name: 'effect', valueCode: effect }, { name: 'number', valueInteger: Number(rule) }, text('sentence', sentence), ...(choice === undefined ? [] : [text('choice', choice)]), { name: 'count', valueInteger: count }],
    })),
    ...withheld.map(({ custodian, category, count }): ParametersParameter => ({
      name, part: [{ name: 'effect', valueCode: 'withheld' }, text('custodian', custodian), { name: 'category', valueCode: category }, { name: 'count', valueInteger: count }],
    })),
  ];
}

function text(name: string, valueString: string): ParametersParameter {
  return { name, valueString };
}

import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { purposes, sharingRoles, type Requester } from '../../../fhir/sharing.ts';
import type { ExplainAsk, ExplainedClass, ExplainedRow, Explanation } from '../../../flow/sharing/explain-access.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { formParameters } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { inputInvalid } from './read-inputs.ts';

export interface ExplainServices {
  explainAccess: (requester: Requester, ask: ExplainAsk, request: RequestFacts) => Promise<Explanation>;
}

const inputs = ['organisation', 'role', 'purpose', 'person'] as const;
/**
 * GET [base]/{type}/{id}/$explain-access?organisation=&role=&purpose=[&person=] · ours: profiles/OperationDefinition-explain-access.json
 * Without a requester: everybody who may see it. With one: the rules one by one, to the one that decides. What is kept apart of a
 * record is explained beside it, and of a citizen each source Patient.
 */
export async function explainAccess(services: ExplainServices, asked: Asked): Promise<Reply> {
  const { type = '', id = '' } = asked.params;
  const explanation = await services.explainAccess(asked.requester, { type, id, of: readRequester(asked.query) }, asked.request);
  return { status: 200, text: JSON.stringify(parametersOf({ type, id }, explanation)) };
}

function readRequester(query: readonly [string, string][]): ExplainAsk['of'] {
  const given = query.filter(([name]) => !formParameters.includes(name));
  const problems: Problem[] = given.flatMap(([name], i) => (inputs.some((input) => input === name) && given.findIndex(([other]) => other === name) === i ? [] : [inputInvalid('a parameter', `each of ${inputs.join(', ')} once at most`)]));
  const value = (name: (typeof inputs)[number]): string | undefined => given.find(([other]) => other === name)?.[1];
  const [organisation, role, purpose, person] = [value('organisation'), sharingRoles.find((each) => each === value('role')), purposes.find((each) => each === value('purpose')), value('person')];
  if (given.length > 0) {
    if (organisation === undefined || !/^[^\s|]+\|[^\s|]+$/.test(organisation)) problems.push(inputInvalid('organisation', 'system|value of an organisation\'s identifier'));
    if (role === undefined) problems.push(inputInvalid('role', sharingRoles.join(', ')));
    if (purpose === undefined) problems.push(inputInvalid('purpose', purposes.join(', ')));
  }
  if (problems.length > 0) throw new Refusal(...problems);
  return organisation === undefined || role === undefined || purpose === undefined ? null : { organisation, role, purpose, person: person ?? null };
}

/** One record stands by itself; of a citizen each source Patient has a block of its own. */
function parametersOf({ type, id }: { type: string; id: string }, { rows, names }: Explanation): Parameters {
  const [only] = rows;
  if (only?.id === id && rows.length === 1) return { resourceType: 'Parameters', parameter: rowParts(only, names) };
  return { resourceType: 'Parameters', parameter: rows.map((row) => ({ name: 'record', part: [{ name: 'reference', valueReference: { reference: `${type}/${row.id}` } }, ...rowParts(row, names)] })) };
}

function rowParts({ parts, ...row }: ExplainedRow, names: Explanation['names']): ParametersParameter[] {
  return [
    ...classParts(row, names),
    ...parts.map(({ elements, ...part }): ParametersParameter => ({ name: 'part', part: [...elements.map((element) => text('element', element)), ...classParts(part, names)] })),
  ];
}

const text = (name: string, valueString: string): ParametersParameter => ({ name, valueString });

function classParts({ sharingClass, audiences, chain }: ExplainedClass, names: Explanation['names']): ParametersParameter[] {
  const name = (organisation: string): string => names.get(organisation) ?? organisation;
  return [
    text('custodian', name(sharingClass.custodian)), { name: 'category', valueCode: sharingClass.category }, ...sharingClass.labels.map((label): ParametersParameter => ({ name: 'label', valueCode: label })),
    ...chain.map(({ rule, says, decision }): ParametersParameter => ({ name: 'rule', part: [
      { name: 'number', valueInteger: rule }, text('says', says), { name: 'effect', valueCode: decision?.effect ?? 'not-decided' },
      ...(decision ? [text('sentence', decision.sentence)] : []),
    ] })),
    ...audiences.map(({ organisation, rule, sentence, roles, purposes: uses }): ParametersParameter => ({ name: 'audience', part: [
      text('organisation', name(organisation)), { name: 'number', valueInteger: rule }, text('sentence', sentence),
      ...roles.map((role): ParametersParameter => ({ name: 'role', valueCode: role })), ...uses.map((purpose): ParametersParameter => ({ name: 'purpose', valueCode: purpose })),
    ] })),
  ];
}

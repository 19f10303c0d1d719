import type { Requester } from '../../../fhir/sharing.ts';
import { Refusal } from '../../../fhir/problem.ts';
import { assembleText } from '../../../flow/assemble.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { ReleasedSummary } from '../../../flow/story/release-summary.ts';
import { identified, type Whom } from '../../../flow/who-is-named.ts';
import type { Asked, Reply } from '../route.ts';
import { documentText, entryAt } from './document-text.ts';
import { inputInvalid, readInputs, textInput, type Inputs } from './read-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';

export interface SummaryServices {
  base: string;
  limits: ResourceLimits;
  summary: (requester: Requester, whom: Whom, base: string, request: RequestFacts) => Promise<ReleasedSummary>;
}

const bundleProfile = 'http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips';

/**
 * GET or POST [base]/Patient/{citizen}/$summary, and POST [base]/Patient/$summary with an identifier ·
 * https://hl7.org/fhir/uv/ips/OperationDefinition-summary.html. A document: Composition, the composed Patient, the records its
 * sections name, the organisations those name.
 */
export async function patientSummary(services: SummaryServices, asked: Asked, posted: boolean): Promise<Reply> {
  const { id } = asked.params;
  const inputs = await readInputs(asked, posted, ['identifier', 'profile'], services.limits);
  const profile = textInput(inputs, 'profile');
  if (profile !== undefined && profile.split('|')[0] !== bundleProfile) throw new Refusal(inputInvalid('profile', `${bundleProfile}, or none`));
  const whom = whomOf(inputs, id);
  const { composition, composed, rows, places, at } = await services.summary(asked.requester, whom, services.base, asked.request);
  return { status: 200, text: documentText(composition, at, [
    ...composed.map(({ citizen, patient }) => entryAt(`${services.base}/Patient/${citizen}`, JSON.stringify(patient))),
    ...[...rows, ...places].map((row) => entryAt(`${services.base}/${row.type}/${row.id}`, assembleText(row))),
  ]) };
}

/** By the id in the address, or where it names nobody by `identifier`. */
export function whomOf(inputs: Inputs, id: string | undefined): Whom {
  const identifier = textInput(inputs, 'identifier');
  if (id !== undefined && identifier === undefined) return { citizen: id };
  if (id !== undefined || identifier === undefined) throw new Refusal(inputInvalid('identifier', 'identifier as system|value, or an id in the address, and not both'));
  return identified(identifier, 'identifier');
}

import type { DocumentReference } from '@medplum/fhirtypes';
import { rangeOf } from '../../../fhir/date-range.ts';
import { isJsonObject, type Json } from '../../../fhir/json.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { DocumentAsk } from '../../../flow/reading/refer-to-documents.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Released } from '../../../flow/release-records.ts';
import { shapeOf } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { documentsText } from './bundle.ts';
import { inputInvalid, readRepeated, textInput, type Inputs } from './read-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';

export interface DocumentServices {
  base: string;
  limits: ResourceLimits;
  documents: (requester: Requester, ask: DocumentAsk, base: string, request: RequestFacts) => Promise<Released & { documents: (DocumentReference & { id: string })[] }>;
}

/**
 * GET or POST [base]/DocumentReference/$docref?patient=&start=&end=&type=&on-demand= · International Patient Access
 * (https://hl7.org/fhir/uv/ipa/OperationDefinition-docref.html). Documents are made when they are read: each reference names its
 * address. Of nobody the caller may see there are none.
 */
export async function docref(services: DocumentServices, asked: Asked, posted: boolean): Promise<Reply> {
  const { inputs, lists } = await readRepeated(asked, posted, ['patient', 'start', 'end', 'on-demand'], ['type'], services.limits);
  const ask = readAsk(inputs, lists.type, services.base);
  const released = await services.documents(asked.requester, ask, services.base, asked.request);
  return { status: 200, text: documentsText(released, `${services.base}/DocumentReference/$docref?patient=${ask.citizen}${shapeOf(asked.query)}`) };
}

function readAsk(inputs: Inputs, types: readonly Json[], base: string): DocumentAsk {
  const citizen = textInput(inputs, 'patient')?.replace(`${base}/`, '').replace(/^Patient\//, '');
  if (citizen === undefined || !/^[A-Za-z0-9.-]{1,64}$/.test(citizen)) throw new Refusal(inputInvalid('patient', 'the id of a Patient'));
  const [from, to] = (['start', 'end'] as const).map((name) => momentOf(inputs, name));
  if (from !== undefined && to !== undefined && to < from) throw new Refusal(inputInvalid('end', 'a date that is not before start'));
  const onDemand = textInput(inputs, 'on-demand');
  if (onDemand !== undefined && onDemand !== 'true' && onDemand !== 'false') throw new Refusal(inputInvalid('on-demand', 'true or false'));
  return { citizen, wish: { types: types.map(typeOf), ...(from !== undefined && { from }), ...(onDemand !== undefined && { onDemand: onDemand === 'true' }) } };
}

function momentOf(inputs: Inputs, name: 'start' | 'end'): number | undefined {
  const value = textInput(inputs, name);
  const range = value === undefined ? undefined : rangeOf(value);
  if (value !== undefined && !range) throw new Refusal(inputInvalid(name, 'one date, such as 2026-06-01'));
  return range && Date.parse(range.from);
}

/** A Coding, or `system|code`, or a code alone. */
function typeOf(type: Json): { system?: string; code: string } {
  const { system, code } = isJsonObject(type) ? type : typeof type === 'string' ? tokenOf(type) : {};
  if (typeof code !== 'string' || code === '') throw new Refusal(inputInvalid('type', 'a Coding with its code, or system|code'));
  return { code, ...(typeof system === 'string' && { system }) };
}

function tokenOf(token: string): { system?: string; code: string } {
  const [system = '', code] = token.split('|');
  return code === undefined ? { code: system } : { system, code };
}

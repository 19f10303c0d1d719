import { allows } from '../../../fhir/allows.ts';
import { outcomeOf } from '../../../fhir/outcome.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { WriteAsk, Written } from '../../../flow/writing/write-context.ts';
import type { WriteWork } from '../../../flow/writing/write-records.ts';
import type { Asked, Reply } from '../route.ts';
import type { FhirServices } from './fhir-services.ts';
import type { ResourceLimits } from './read-resource.ts';
import { replyRow } from './reply-resource.ts';
import { returnOf } from './write-headers.ts';

export interface WriteServices extends FhirServices {
  limits: ResourceLimits & { intakeBytes: number };
  write: (requester: Requester, work: WriteWork, request: RequestFacts) => Promise<Written[]>;
}

const statuses = { created: 201, changed: 200, same: 200, found: 200, deleted: 204, none: 204 } as const;

/** Writes one thing and tells where it is; more only to those who ask for it and may read it. */
export async function writeOne(services: WriteServices, asked: Asked, ask: WriteAsk, bytes: Uint8Array): Promise<Reply> {
  const [written] = await services.write(asked.requester, { asks: [ask], bytes, base: services.base, bundle: false }, asked.request);
  if (!written) throw new Error('a write without a result');
  const status = statuses[written.outcome];
  const headers = headersOf(services.base, written);
  const form = returnOf(asked);
  if (status === 204 || form === 'minimal') return { status, headers };
  if (form === 'OperationOutcome') return { status, headers: { ...headers, 'Preference-Applied': `return=${form}` }, text: JSON.stringify(outcomeOf([])) };
  const text = await representation(services, asked, written);
  return text === undefined ? { status, headers } : { status, headers: { ...headers, 'Preference-Applied': `return=${form}` }, text };
}

/** Where it is, and its version. */
export function headersOf(base: string, { type, id, version, outcome }: Written): Record<string, string> {
  if (outcome === 'none') return {};
  const address = `${base}/${type}/${id}/_history/${version}`;
  return { ETag: `W/"${version}"`, ...(outcome === 'deleted' ? {} : outcome === 'created' || outcome === 'found' ? { Location: address } : { 'Content-Location': address }) };
}

/** The resource as a read gives it, with an entry of its own in the audit trail; nothing for whoever may write and not read. What is written stays written. */
async function representation(services: WriteServices, asked: Asked, { type, id }: Written): Promise<string | undefined> {
  if (!allows(asked.requester.scopes, type, 'r')) return undefined;
  try {
    const { rows: [row] } = await services.release(asked.requester, { interaction: 'read', type, id }, asked.request);
    return row && replyRow({ ...asked, header: () => undefined }, row).text;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

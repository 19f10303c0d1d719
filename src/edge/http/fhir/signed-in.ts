import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../fhir/json.ts';
import type { Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Asked, Reply } from '../route.ts';
import { permit } from './permit.ts';
import { holds } from './reply-resource.ts';

export interface SignedInServices {
  readSignedIn: (requester: Requester, id: string, request: RequestFacts) => Promise<JsonObject>;
}

/** GET [base]/Practitioner/{id} · what `fhirUser` of an ID token names: for whoever it is, and nobody else. */
export async function signedIn({ readSignedIn }: SignedInServices, asked: Asked): Promise<Reply> {
  const text = JSON.stringify(await readSignedIn(asked.requester, asked.params['id'] ?? '', asked.request));
  const headers = { ETag: `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
  return holds(asked, headers.ETag) ? { status: 304, headers } : { status: 200, text, headers };
}

/** The scope `fhirUser` is for this alone. */
export function permitSignedIn(requester: Requester, asked: Asked): Problem | null {
  return requester.scopes.includes('fhirUser') ? null : permit('read')(requester, { ...asked, params: { type: 'Practitioner' } });
}

import type { JsonObject } from '../../fhir/json.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { keyedUuid, type Secrets } from '../../store/secrets.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

/** The id of the Practitioner by which SMART's `fhirUser` names whoever signed in: nobody else can work it out from theirs. */
export function signedInId(secrets: Secrets, person: string): string {
  return keyedUuid(secrets.id, 'Practitioner', 'signed-in', person);
}

/**
 * Whoever signed in, told to themself: their name as their issuer says it. Nothing is kept of them, the directory has no
 * people, and to everybody else this id is nobody's.
 */
export async function readSignedIn(context: ReleaseContext, requester: Requester, id: string, request: RequestFacts): Promise<JsonObject> {
  const { person } = requester;
  if (!person || id !== signedInId(context.secrets, person.id)) throw new Refusal(notFound);
  await appendAct(context, requester, request, { interaction: 'read', query: `Practitioner/${id}`, status: 200 });
  return { resourceType: 'Practitioner', id, meta: { source: 'urn:onestory:composed#signed-in' }, active: true, name: [{ text: person.name }] };
}

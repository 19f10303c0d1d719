import { crossReference, type CrossReferenceAsk } from './flow/linkage/cross-reference.ts';
import { referToDocuments, type DocumentAsk } from './flow/reading/refer-to-documents.ts';
import type { RequestFacts } from './flow/release-context.ts';
import { releaseSummary } from './flow/story/release-summary.ts';
import { tellPresence } from './flow/reading/tell-presence.ts';
import type { Whom } from './flow/who-is-named.ts';
import type { Requester } from './fhir/sharing.ts';

/** A person's summary, and what systems ask before they ask for more. */
export function personsOf(context: Parameters<typeof releaseSummary>[0] & Parameters<typeof crossReference>[0]) {
  return {
    summary: (requester: Requester, whom: Whom, base: string, request: RequestFacts) => releaseSummary(context, requester, whom, base, request),
    presence: (requester: Requester, whom: Whom, request: RequestFacts) => tellPresence(context, requester, whom, request),
    crossReference: (requester: Requester, ask: CrossReferenceAsk, request: RequestFacts) => crossReference(context, requester, ask, request),
    documents: (requester: Requester, ask: DocumentAsk, base: string, request: RequestFacts) => referToDocuments(context, requester, ask, base, request),
  };
}

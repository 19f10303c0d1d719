import type { DocumentReference } from '@medplum/fhirtypes';
import type { Requester } from '../../fhir/sharing.ts';
import { documentReferences, type DocumentWish } from '../../story/document-references.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { releaseTold, type Released } from '../release-records.ts';
import { isUuid } from '../../store/secrets.ts';

export interface DocumentAsk {
  citizen: string;
  wish: DocumentWish;
}

/** Which documents the caller can have about somebody they may see: of anybody else there are none. */
export function referToDocuments(context: ReleaseContext, requester: Requester, { citizen, wish }: DocumentAsk, base: string, request: RequestFacts): Promise<Released & { documents: (DocumentReference & { id: string })[] }> {
  const normal = `DocumentReference/$docref?patient=${isUuid(citizen) ? citizen : '*'}`;
  return releaseTold(context, requester, { interaction: 'docref', whom: { citizen }, normal }, request, (_held, found) => {
    const now = found.people[0]?.citizen;
    return { sent: found, told: { documents: typeof now === 'string' ? documentReferences(now, wish, base, context.clock()) : [] } };
  });
}

import type { Requester } from '../../../fhir/sharing.ts';
import type { Released } from '../../../flow/release-records.ts';
import type { Ask } from '../../../flow/read-asked.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';

/** What the FHIR interactions call: stories, never steps. */
export interface FhirServices {
  /** FHIR base URL without trailing slash */
  base: string;
  release: (requester: Requester, ask: Ask, request: RequestFacts) => Promise<Released>;
  sealPage: (requester: Requester, state: unknown) => string;
  openPage: (requester: Requester, token: string) => unknown;
}

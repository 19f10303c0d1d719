import { hash } from 'node:crypto';
import type { Requester } from '../../../fhir/sharing.ts';

/** A key the issuer withdrew keeps opening doors no longer than this; shorter than its keys are kept. */
const longestMs = 5 * 60_000;
const mostTokens = 10_000;

export interface VerifiedTokens<Known> {
  find(token: string, now: Date): Known | undefined;
  /** `untilMs`: when the token itself ends */
  keep(token: string, known: Known, untilMs: number, now: Date): void;
}

/**
 * Tokens whose signature and claims were checked a moment ago: checking a signature costs more than answering a read.
 * Only accepted tokens are kept, by their SHA-256, never beyond their own end, and the oldest go when there are many.
 */
export function createVerifiedTokens<Known = Requester>(): VerifiedTokens<Known> {
  const kept = new Map<string, { known: Known; untilMs: number }>();
  return {
    find: (token, now) => {
      const key = hash('sha256', token, 'base64');
      const found = kept.get(key);
      if (found && found.untilMs > now.getTime()) return found.known;
      if (found) kept.delete(key);
      return undefined;
    },
    keep: (token, known, untilMs, now) => {
      for (const oldest of kept.keys()) {
        if (kept.size < mostTokens) break;
        kept.delete(oldest);
      }
      kept.set(hash('sha256', token, 'base64'), { known, untilMs: Math.min(untilMs, now.getTime() + longestMs) });
    },
  };
}

import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { BundleOutcome } from '../../../flow/intake/bundle-outcome.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { checkContentType } from '../check-content-type.ts';
import type { Asked } from '../route.ts';
import { waitForTask, type TaskReader } from '../wait-for-task.ts';
import { bodyTypes } from './read-resource.ts';

export interface BundleServices extends TaskReader {
  base: string;
  /** whether they are a feed's own client, and the feed takes Bundles of this type */
  takesBundles: (requester: Requester, type: string) => boolean;
  intakeLimit: (feed: string, part: string) => number | null;
  acceptBytes: (requester: Requester, received: { feed: string; part: string; bytes: Uint8Array }, request: RequestFacts) => Promise<{ taskId: string; known: boolean }>;
  bundleOutcome: (requester: Requester, taskId: string) => Promise<BundleOutcome>;
}

/** Only a feed's own client sends Bundles, and only of the type its feed takes. */
export function permitBundles(services: BundleServices, type: string): (requester: Requester) => Problem | null {
  return (requester) => (sendsBundles(services, requester, type) ? null : {
    category: 'forbidden', code: 'bundle-not-taken', text: 'This client may not send Bundles of this type.', expected: `the client of a feed that takes a ${type}, with the scope intake`,
  });
}

/** Whether what this client sends as a Bundle of this type is a record of its feed. */
export function sendsBundles(services: Pick<BundleServices, 'takesBundles'>, requester: Requester, type: string): boolean {
  return requester.scopes.includes('intake') && services.takesBundles(requester, type);
}

/**
 * Takes a Bundle in like any file of the feed, and waits for what becomes of it. The bytes are safe before anything in
 * them is looked at; `outcome` is absent when it takes longer than `waitMs`.
 */
export async function takeBundle(services: BundleServices, asked: Asked, waitMs: number): Promise<{ taskId: string; known: boolean; task: string; outcome?: BundleOutcome }> {
  const undeclared = checkContentType(asked.header('Content-Type'), bodyTypes);
  if (undeclared) throw new Refusal(undeclared);
  const feed = asked.requester.client;
  const bytes = await asked.body(services.intakeLimit(feed, '') ?? 0);
  if (bytes.byteLength === 0) throw new Refusal({ category: 'malformed', code: 'source-empty', text: 'There are no bytes to take in.' });
  const { taskId, known } = await services.acceptBytes(asked.requester, { feed, part: '', bytes }, asked.request);
  const task = await waitForTask(services, asked.requester, taskId, waitMs);
  return { taskId, known, task: task?.text ?? '', ...(task?.finished && { outcome: await services.bundleOutcome(asked.requester, taskId) }) };
}

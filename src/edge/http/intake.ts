import { Router } from 'express';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { RequestFacts } from '../../flow/release-context.ts';
import { route, type Asked, type Reply } from './route.ts';
import { unserved } from './unserved.ts';
import { addUploadRoutes, type UploadServices } from './uploads.ts';
import { waitForTask, type TaskReader } from './wait-for-task.ts';

export interface IntakeServices extends UploadServices, TaskReader {
  ownsFeed: (requester: Requester, feed: string) => boolean;
  acceptBytes: (requester: Requester, received: { feed: string; part: string; bytes: Uint8Array }, request: RequestFacts) => Promise<{ taskId: string; known: boolean }>;
}

const longestWaitSeconds = 10;

/** POST /intake/{feed}[/{part}]: the partner's bytes as they are, or in pieces below /intake/{feed}/uploads. 202 with a Task, or with `Prefer: wait=n` the finished one. */
export function intakeRoutes(services: IntakeServices): Router {
  const router = Router({ caseSensitive: true });
  const ownFeed = permitOwnFeed(services);
  const facts = { interaction: 'intake', pattern: 'intake/{feed}/{part}', permit: ownFeed };
  addUploadRoutes(router, services, ownFeed);
  router.post(['/:feed', '/:feed/:part'], route(services, facts, (asked) => receive(services, asked)));
  router.all(['/:feed', '/:feed/:part'], route(services, { ...facts, permit: () => onlyPost, allow: 'POST' }, () => Promise.reject(new Error('a method that is refused'))));
  router.use(...unserved(services));
  return router;
}

const onlyPost: Problem = { category: 'method-not-allowed', code: 'interaction-unsupported', text: 'This address does not take this method.', expected: 'POST' };

/** The authenticated client fixes the feed: nobody else may send under its name. */
function permitOwnFeed({ ownsFeed }: IntakeServices): (requester: Requester, asked: Asked) => Problem | null {
  return (requester, { params }) => (requester.scopes.includes('intake') && ownsFeed(requester, params['feed'] ?? '') ? null : { category: 'forbidden', code: 'feed-of-another-client', text: 'Only a feed\'s own client may send to it.', expected: 'a token of the client registered under the feed\'s name, of the organisation whose feed it is' });
}

async function receive(services: IntakeServices, asked: Asked): Promise<Reply> {
  const { feed = '', part = '' } = asked.params;
  const limit = services.intakeLimit(feed, part);
  if (limit === null) throw new Refusal({ category: 'not-found', code: 'part-unknown', text: 'This feed has no such part.' });
  const bytes = await asked.body(limit);
  if (bytes.byteLength === 0) throw new Refusal({ category: 'malformed', code: 'source-empty', text: 'There are no bytes to take in.' });
  const { taskId } = await services.acceptBytes(asked.requester, { feed, part, bytes }, asked.request);
  const wait = Number(/\bwait=(\d{1,3})\b/.exec(asked.header('Prefer') ?? '')?.[1] ?? 0);
  const task = await waitForTask(services, asked.requester, taskId, Math.min(wait, longestWaitSeconds) * 1000);
  return { status: task?.finished ? 200 : 202, headers: { 'Content-Location': `${services.base}/Task/${taskId}` }, ...(task && { text: task.text }) };
}

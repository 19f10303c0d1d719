import type { FeedPost } from './feed-posts.ts';

export interface Acknowledged {
  post: FeedPost;
  requestId: string;
  taskId: string;
}

/** What the supervisor knows for certain: every post the gateway answered with 2xx, and every answer it should not give. */
export interface PostLedger {
  attempts: number;
  acknowledged: Acknowledged[];
  /** answers other than 2xx */
  refused: { status: number; feed: string }[];
  /** no answer came: the connection broke */
  unanswered: FeedPost[];
  /** found missing right after a kill */
  lost: string[];
}

export function newLedger(): PostLedger {
  return { attempts: 0, acknowledged: [], refused: [], unanswered: [], lost: [] };
}

/** Posts as the feed's client and notes what came of it; false when the gateway did not answer. */
export async function postAndNote(ledger: PostLedger, url: string, token: string, post: FeedPost): Promise<boolean> {
  ledger.attempts += 1;
  const requestId = `post-${ledger.attempts}`;
  let response: Response;
  try {
    response = await fetch(`${url}/intake/${post.feed}${post.part === '' ? '' : `/${post.part}`}`, {
      method: 'POST', body: post.content,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/octet-stream', 'X-Request-ID': requestId },
    });
  } catch {
    ledger.unanswered.push(post);
    return false;
  }
  await response.arrayBuffer().catch(() => undefined); // the answer is its status line; the body may be cut off by the kill
  const taskId = response.headers.get('Content-Location')?.split('/').at(-1) ?? '';
  if (response.ok) ledger.acknowledged.push({ post, requestId, taskId });
  else ledger.refused.push({ status: response.status, feed: post.feed });
  return true;
}

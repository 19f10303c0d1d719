import type { PostHook } from '../../flow/partners/tell-subscriber.ts';

/** How checkpoints are posted to partners, and what is remembered of it. */
export interface Delivering {
  hooks: readonly string[];
  post: PostHook;
  /** size of the last checkpoint an address was given; null: another process posts to it */
  claim: (url: string) => Promise<number | null>;
  delivered: (url: string, size: number | null, done: boolean) => Promise<void>;
  /** the smallest beyond a size */
  after: (size: number, limit: number) => Promise<{ size: number; note: string }[]>;
}

const mostTogether = 20;
/** all of a round must end within the claim */
const timeoutMs = 5_000;

/** Posts an address the checkpoints it was not given yet, smallest first, each once it took the one before. Returns why it took one not, or null. */
export async function deliverCheckpoints({ post, claim, delivered, after }: Delivering, url: string): Promise<string | null> {
  const size = await claim(url);
  if (size === null) return null;
  let problem: string | null = null;
  try {
    for (const checkpoint of await after(size, mostTogether)) {
      problem = await post({ url, headers: [], contentType: 'text/plain; charset=utf-8', body: checkpoint.note, timeoutMs });
      if (problem !== null) break;
      await delivered(url, checkpoint.size, false);
    }
  } finally {
    await delivered(url, null, true);
  }
  return problem;
}

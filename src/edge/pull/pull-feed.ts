import { fetchPage, type PullFailed, type PullFailure } from './fetch-page.ts';

/** A source that is pulled, from feeds.yaml. */
export interface PullSource {
  feed: string;
  base: string;
  everySeconds: number;
  timeoutSeconds?: number;
  /** a page larger than the feed may send at once is not read */
  maxBytes: number;
}

/** A source that is asked for all it has, page by page. */
export interface PullTarget extends PullSource {
  query: string;
  since?: string;
}

/** What pulls need of the gateway; `take` hands a page on as if it had been pushed. */
export interface PullServices {
  lease: (feed: string, everySeconds: number) => Promise<PullPosition | null>;
  savePage: (feed: string, next: { page: string; since: string }) => Promise<void>;
  finish: (feed: string, since: string, everySeconds: number) => Promise<void>;
  /** cut short by the gateway itself: nobody's failure */
  release: (feed: string) => Promise<void>;
  /** `restart`: the page it was on is not asked for again */
  fail: (feed: string, waitSeconds: number, restart: boolean) => Promise<void>;
  take: (feed: string, bytes: Uint8Array) => Promise<void>;
}

export interface PullPosition {
  since: string | null;
  nextPage: string | null;
  nextSince: string | null;
  failures: number;
}

export type PullResult = { kind: 'not-due' } | { kind: 'stopped' } | { kind: 'finished'; pages: number; /** people of whom nothing was given */ without?: number } | { kind: 'failed'; pages: number; code: PullFailure | 'pull-endless' };

/** Times that tests shorten. */
export interface PullTiming {
  /** before the second try of a page; doubles with each further one */
  firstWaitMs: number;
  /** tries of one page before the pull gives up for now */
  tries: number;
  /** a source that asks for more patience than this is left alone until the next pull */
  longestWaitMs: number;
  /** failed pulls in a row before the source is given a longer rest */
  failuresBeforeRest: number;
  /** the longest rest, reached by doubling */
  longestRestSeconds: number;
}

export const usualTiming: PullTiming = { firstWaitMs: 1_000, tries: 5, longestWaitMs: 60_000, failuresBeforeRest: 3, longestRestSeconds: 6 * 3600 };
const mostPages = 100_000;

/**
 * One pull of one feed: page after page, each handed to intake before the place after it is remembered, so that a stop at
 * any moment loses nothing and repeats one page at most, which intake knows again by its hash.
 */
export async function pullFeed(services: PullServices, target: PullTarget, token: string | null, timing: PullTiming, stop: AbortSignal): Promise<PullResult> {
  const position = await services.lease(target.feed, target.everySeconds);
  if (!position) return { kind: 'not-due' };
  const goesOn = position.nextPage?.startsWith(new URL(target.base).href) ? position.nextPage : null; // not where another way of asking was
  let url = goesOn ?? firstPage(target, position.since);
  let since = goesOn === null ? '' : position.nextSince ?? '';
  const seen = new Set<string>();
  for (let pages = 0; pages < mostPages && !seen.has(url); pages += 1) {
    seen.add(url);
    const page = await patiently(() => fetchPage({ url, base: target.base, token, timeoutMs: timeoutMs(target), maxBytes: target.maxBytes, stop }), timing, stop);
    if (page.kind === 'failed' && stop.aborted) {
      await services.release(target.feed);
      return { kind: 'stopped' };
    }
    if (page.kind === 'failed') {
      await services.fail(target.feed, restSeconds(target, position.failures + 1, page, timing), !page.again);
      return { kind: 'failed', pages, code: page.code };
    }
    await services.take(target.feed, page.bytes);
    since ||= page.at;
    if (page.next === null) {
      await services.finish(target.feed, since || (position.since ?? ''), target.everySeconds);
      return { kind: 'finished', pages: pages + 1 };
    }
    url = page.next;
    await services.savePage(target.feed, { page: url, since });
  }
  await services.fail(target.feed, target.everySeconds, true);
  return { kind: 'failed', pages: seen.size, code: 'pull-endless' };
}

function firstPage({ base, query, since: parameter }: PullTarget, since: string | null): string {
  const asked = `${base}/${query}`;
  if (parameter === undefined || !since) return asked;
  return `${asked}${query.includes('?') ? '&' : '?'}${parameter}=ge${encodeURIComponent(since)}`;
}

export function timeoutMs({ timeoutSeconds = 30 }: PullSource): number {
  return timeoutSeconds * 1000;
}

/** Asks again, each time later, or when the source says so. */
export async function patiently<Fetched extends { kind: string }>(ask: () => Promise<Fetched | PullFailed>, timing: PullTiming, stop: AbortSignal): Promise<Fetched | PullFailed> {
  for (let attempt = 1; ; attempt += 1) {
    const page = await ask();
    if (!isFailed(page) || !page.again || attempt >= timing.tries || page.waitMs > timing.longestWaitMs || stop.aborted) return page;
    await sleep(Math.max(page.waitMs, timing.firstWaitMs * 2 ** (attempt - 1)), stop);
  }
}

function isFailed(page: { kind: string }): page is PullFailed {
  return page.kind === 'failed';
}

/** The circuit breaker: after some failures in a row a source rests longer each time, and is then tried once. */
export function restSeconds({ everySeconds }: PullSource, failures: number, failure: PullFailed, timing: PullTiming): number {
  const over = Math.max(0, failures - timing.failuresBeforeRest + 1);
  return Math.max(Math.ceil(failure.waitMs / 1000), Math.min(everySeconds * 2 ** Math.min(over, 20), Math.max(timing.longestRestSeconds, everySeconds)));
}

function sleep(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    }
    stop.addEventListener('abort', done, { once: true });
  });
}

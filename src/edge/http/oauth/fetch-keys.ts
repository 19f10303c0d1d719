export type FetchKeys = (url: string, options: RequestInit) => Promise<Response>;

const retryAfterMs = 30_000;
export const maxKeysBytes = 64 * 1024;

/**
 * How clients' keys are fetched from the addresses they registered. The library looks at the address when it has connected
 * and refuses those that are not on the public internet, waits 2.5 seconds, and asks again for a key it does not know at most
 * once a minute. This adds: https alone, no redirects, no longer memory than that because an answer says so, and half a
 * minute of rest after a failure. Without the library's look at addresses nothing is fetched.
 */
export function createFetchKeys(clock: () => Date, send: FetchKeys = (url, options) => fetch(url, options)): FetchKeys {
  const failedAt = new Map<string, number>();
  return async (url, options) => {
    const now = clock().getTime();
    if (URL.parse(url)?.protocol !== 'https:' || !('dispatcher' in options)) throw new Error('client-keys-address');
    if (now - (failedAt.get(url) ?? Number.NEGATIVE_INFINITY) < retryAfterMs) throw new Error('client-keys-failed-before');
    failedAt.set(url, now);
    const response = await send(url, { ...options, redirect: 'error' });
    if (response.status !== 200) throw new Error('client-keys-status');
    failedAt.delete(url);
    return new Response(response.body, { status: 200, headers: lengthOf(response) });
  };
}

/** None of the answer's wishes about how long it is kept. */
function lengthOf({ headers }: Response): Record<string, string> {
  const length = headers.get('content-length');
  return length === null ? {} : { 'content-length': length };
}

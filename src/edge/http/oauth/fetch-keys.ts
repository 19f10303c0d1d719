export type FetchKeys = (url: string, options: RequestInit) => Promise<Response>;

const retryAfterMs = 30_000;
export const maxKeysBytes = 64 * 1024;

/**
 * How clients' keys are fetched from the addresses they registered. The library looks at the address when it has connected
 * and refuses those that are not on the public internet, waits 2.5 seconds, and asks again for a key it does not know at most
 * once a minute. This adds: https alone, no redirects, no longer memory than that because an answer says so, and half a
 * minute of rest after a failure; who asks for the same address at the same moment gets the same answer. Without the library's look at addresses nothing is fetched.
 */
export function createFetchKeys(clock: () => Date, send: FetchKeys = (url, options) => fetch(url, options)): FetchKeys {
  const failedAt = new Map<string, number>();
  const asked = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  async function fetchOnce(url: string, options: RequestInit): Promise<Uint8Array<ArrayBuffer>> {
    try {
      const response = await send(url, { ...options, redirect: 'error' });
      if (response.status !== 200) throw new Error('client-keys-status');
      return await readAtMost(response, maxKeysBytes);
    } catch (error) {
      failedAt.set(url, clock().getTime());
      throw error;
    } finally {
      asked.delete(url);
    }
  }

  return async (url, options) => {
    if (URL.parse(url)?.protocol !== 'https:' || !('dispatcher' in options)) throw new Error('client-keys-address');
    if (clock().getTime() - (failedAt.get(url) ?? Number.NEGATIVE_INFINITY) < retryAfterMs) throw new Error('client-keys-failed-before');
    const answer = asked.get(url) ?? fetchOnce(url, options);
    asked.set(url, answer);
    const body = await answer;
    failedAt.delete(url);
    return new Response(body, { status: 200 }); // with none of the answer's wishes about how long it is kept
  };
}

async function readAtMost({ body }: Response, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += piece.byteLength;
    if (length > bytes) throw new Error('client-keys-size');
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}

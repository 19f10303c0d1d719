const mostBytes = 16_384;

/** The text of an answer, no more of it than is ever of use. */
export async function readSmallText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const part of body ?? []) {
    parts.push(part);
    bytes += part.byteLength;
    if (bytes > mostBytes) break; // which ends the connection
  }
  return Buffer.concat(parts).subarray(0, mostBytes).toString('utf8');
}

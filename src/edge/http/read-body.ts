import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Refusal, type Problem } from '../../fhir/problem.ts';

const unpackers: Readonly<Record<string, (() => Duplex) | null>> = {
  identity: null, gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress,
};

/**
 * Reads a request's bytes after the caller is known: limited as received and as unpacked, so a small bomb stays small.
 * A body that is too large is refused at once, from its announced length or at the first byte too many; what still
 * arrives is thrown away unread, so that the caller gets its answer. Unpacks gzip, deflate and br.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const unpacker = Object.hasOwn(unpackers, encoding) ? unpackers[encoding] : undefined;
  if (unpacker === undefined) throw new Refusal(encodingUnsupported);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new Refusal(tooLarge(maxBytes));
  return collect(request, unpacker?.() ?? null, maxBytes);
}

function collect(request: IncomingMessage, unpack: Duplex | null, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const source: Readable = unpack ?? request;
    const parts: Buffer[] = [];
    let received = 0;
    let size = 0;
    const refuse = (problem: Problem): void => {
      request.off('data', countReceived).off('close', closed);
      source.off('data', keep).off('end', finished);
      request.unpipe();
      unpack?.destroy();
      parts.length = 0;
      request.resume();
      reject(new Refusal(problem));
    };
    const countReceived = (part: Buffer): void => {
      received += part.byteLength;
      if (received > maxBytes) refuse(tooLarge(maxBytes));
    };
    const keep = (part: Buffer): void => {
      size += part.byteLength;
      parts.push(part);
      if (size > maxBytes) refuse(tooLarge(maxBytes));
    };
    const finished = (): void => resolve(Buffer.concat(parts));
    const closed = (): void => {
      if (!request.complete) refuse(unreadable);
    };
    source.on('data', keep).on('end', finished).on('error', () => refuse(unreadable));
    request.on('close', closed);
    if (unpack) request.on('data', countReceived).on('error', () => refuse(unreadable)).pipe(unpack);
  });
}

function tooLarge(maxBytes: number): Problem {
  return {
    category: 'too-large', code: 'body-too-large', text: 'The body is larger than this address takes.',
    expected: `at most ${maxBytes} bytes, also when unpacked`, fix: 'Send it in smaller parts.',
  };
}
const encodingUnsupported: Problem = {
  category: 'media-type', code: 'content-encoding-unsupported', text: 'The body has a content encoding the gateway does not unpack.', expected: 'gzip, deflate, br or none',
};
const unreadable: Problem = {
  category: 'malformed', code: 'body-unreadable', text: 'The body could not be read to its end or unpacked.', fix: 'Send the whole body, with the encoding its header names.',
};

import express, { type Request, type Response } from 'express';
import { Refusal, type Problem } from '../../fhir/problem.ts';

/** Reads a request's bytes after the caller is known: limited as received and as inflated, so a small bomb stays small. */
export function readBody(request: Request, response: Response, maxBytes: number): Promise<Uint8Array> {
  const read = express.raw({ limit: maxBytes, type: () => true, inflate: true });
  return new Promise((resolve, reject) => {
    read(request, response, (error?: unknown) => {
      if (error) reject(new Refusal(problemOf(error, maxBytes)));
      else resolve(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    });
  });
}

function problemOf(error: unknown, maxBytes: number): Problem {
  const type = error !== null && typeof error === 'object' && 'type' in error ? String(error.type) : '';
  if (type === 'entity.too.large') {
    return { category: 'too-large', code: 'body-too-large', text: 'The body is larger than this address takes.', expected: `at most ${maxBytes} bytes, also when unpacked`, fix: 'Send it in smaller parts.' };
  }
  if (type === 'encoding.unsupported') {
    return { category: 'media-type', code: 'content-encoding-unsupported', text: 'The body has a content encoding the gateway does not unpack.', expected: 'gzip, deflate, br or none' };
  }
  return { category: 'malformed', code: 'body-unreadable', text: 'The body could not be read to its end or unpacked.', fix: 'Send the whole body, with the encoding its header names.' };
}

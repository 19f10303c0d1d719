import { createCipheriv, createDecipheriv, createHash, randomBytes, type KeyObject } from 'node:crypto';
import type { Problem } from '../fhir/problem.ts';
import type { Requester } from '../fhir/sharing.ts';

/**
 * Where a next page begins, sealed so that a link holds no identifier and cannot be made up: AES-256-GCM, bound to who
 * asked. It is a place in a result, never a permit: the next page is read under the grant of that moment.
 */
export function sealPage(key: KeyObject, requester: Requester, state: unknown): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(boundTo(requester));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(state), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

export function openPage(key: KeyObject, requester: Requester, token: string): { state: unknown } | { problem: Problem } {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length < 28 || bytes.toString('base64url') !== token) return { problem: pageTokenInvalid };
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    decipher.setAAD(boundTo(requester));
    decipher.setAuthTag(bytes.subarray(12, 28));
    const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    return { state: JSON.parse(text) as unknown };
  } catch {
    return { problem: pageTokenInvalid };
  }
}

function boundTo(requester: Requester): Buffer {
  return createHash('sha256').update(JSON.stringify([requester.client, requester.person?.id ?? null, requester.organisation])).digest();
}

const pageTokenInvalid: Problem = {
  category: 'invalid', code: 'page-token-invalid', text: 'The page link is not one this gateway gave to you.',
  expected: 'a `next` link exactly as received, used by the client and person it was given to', fix: 'Start the search again.',
};

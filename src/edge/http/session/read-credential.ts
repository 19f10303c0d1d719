import { readFile } from 'node:fs/promises';
import type { JWK } from 'jose';
import { Refusal } from '../../../fhir/problem.ts';
import type { SignInClient } from './sign-in.ts';

/** How the viewer's client shows itself to an external issuer: its secret, or the private key in a file. Refuses what is no key, quoting nothing. */
export async function readCredential({ secret, keyFile }: { secret: string | null; keyFile: string | null }): Promise<SignInClient['credential']> {
  if (secret !== null) return { kind: 'secret', secret };
  try {
    const key = JSON.parse(await readFile(keyFile ?? '', 'utf8')) as JWK;
    if (typeof key.d === 'string' && typeof key.kty === 'string') return { kind: 'key', key };
  } catch {
    // told below, without what the file holds
  }
  throw new Refusal({
    category: 'invalid', code: 'config-invalid', text: 'OIDC_CLIENT_KEY_FILE: This file holds no private key.', at: { field: 'OIDC_CLIENT_KEY_FILE' }, expected: 'a private key as a JWK',
  });
}

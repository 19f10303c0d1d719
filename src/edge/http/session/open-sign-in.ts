import type { Config } from '../../../config.ts';
import type { Issuer } from '../oauth/issuer.ts';
import { readCredential } from './read-credential.ts';
import { createSignIn, signInNotOffered, type SignIn } from './sign-in.ts';

/** How people sign in to the viewer: at the embedded issuer, at an external one that knows its client, or not at all. */
export async function openSignIn({ viewerClient, baseUrl, issuer: { url } }: Pick<Config, 'viewerClient' | 'baseUrl' | 'issuer'>, embedded: Issuer | null, clock: () => Date): Promise<SignIn> {
  const addresses = { issuer: url, redirectUri: `${baseUrl}/session/callback`, afterSignOut: `${baseUrl}/app/signed-out` };
  if (embedded) {
    const { clientId, key, scope } = embedded.viewer;
    return createSignIn({ ...addresses, clientId, scope, credential: { kind: 'key', key } }, clock);
  }
  if (!viewerClient) return signInNotOffered;
  const { clientId, scope } = viewerClient;
  return createSignIn({ ...addresses, clientId, scope, credential: await readCredential(viewerClient) }, clock);
}

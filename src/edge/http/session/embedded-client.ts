import type { Issuer } from '../oauth/issuer.ts';
import type { SignInClient } from './sign-in.ts';

/** The viewer at the embedded issuer. */
export function embeddedClient({ viewer, metadata }: Issuer, baseUrl: string): SignInClient {
  return { ...viewer, credential: { kind: 'key', key: viewer.key }, issuer: metadata.issuer, ...returnAddresses(baseUrl) };
}

/** Where an issuer sends people back to. */
export function returnAddresses(baseUrl: string): Pick<SignInClient, 'redirectUri' | 'afterSignOut'> {
  return { redirectUri: `${baseUrl}/session/callback`, afterSignOut: `${baseUrl}/app/signed-out` };
}

import type { SignedIn } from '../api/session.ts';

export function Person({ session }: { session: SignedIn }) {
  return <p>{session.role}</p>;
}

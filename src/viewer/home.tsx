import { Navigate } from 'react-router';
import type { SignedIn } from './api/session.ts';

const overseers = ['governance', 'privacy-officer'];

export function oversees({ role }: SignedIn): boolean {
  return overseers.includes(role);
}

/** Where each sort of person begins. */
export function Home({ session }: { session: SignedIn }) {
  return <Navigate to={oversees(session) ? '/who-looked' : '/find'} replace />;
}

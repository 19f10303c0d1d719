import { Navigate } from 'react-router';
import type { SignedIn } from './api/session.ts';

const overseers = ['governance', 'privacy-officer'];

export function oversees({ role }: SignedIn): boolean {
  return overseers.includes(role);
}

/** Whether emergency access is for this person at all, as the gateway decides it from role and purpose. */
export function mayBreakGlass({ role, purpose }: SignedIn): boolean {
  return ['doctor', 'nurse', 'therapist', 'paramedic', 'social-worker'].includes(role) && ['TREAT', 'ETREAT', 'BTG'].includes(purpose);
}

/** Whether somebody may answer for what they oversee, beside reading it. */
export function mayAnswer(session: SignedIn): boolean {
  return hasScope(session, 'Task', 'u');
}

/** SMART v2: `user/Task.u`, `user/*.cruds`. */
export function hasScope({ scopes }: SignedIn, type: string, letter: 'c' | 'u'): boolean {
  return scopes.some((scope) => {
    const [, of, letters = ''] = /^user\/(\*|[A-Za-z]+)\.(c?r?u?d?s?)$/.exec(scope) ?? [];
    return (of === '*' || of === type) && letters.includes(letter);
  });
}

/** Where each sort of person begins. */
export function Home({ session }: { session: SignedIn }) {
  return <Navigate to={oversees(session) ? '/who-looked' : '/find'} replace />;
}

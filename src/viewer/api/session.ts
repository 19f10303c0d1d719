import { ApiProblem } from './api-problem.ts';

/** Emergency access somebody has to a record now: ids and a time, nothing of the record. */
export interface LiveEmergency {
  citizen: string;
  reference: string;
  /** FHIR instant */
  until: string;
}

/** Who is signed in, for whom they act, and how long it lasts. The token itself never reaches the browser. */
export interface SignedIn {
  state: 'signed-in';
  person: { id: string; name: string };
  organisation: string;
  organisationName: string;
  /** id of its Organization in the directory; null where it is not listed there */
  organisationId: string | null;
  /** names of the organisations they may choose between at sign-in; none where the issuer does not say */
  actsFor: string[];
  role: string;
  purpose: string;
  /** SMART scopes: what may be asked for at all, so that nothing is offered that would be refused */
  scopes: string[];
  /** until the session ends by itself when nothing is done */
  idleLeftSeconds: number;
  /** until it ends whatever is done */
  endsInSeconds: number;
  /** whichever of their windows it was opened in, the first to end first */
  emergencies: LiveEmergency[];
}

export interface SignedOut {
  state: 'signed-out';
}

export type Session = SignedIn | SignedOut;

/** Looks without counting as doing something. */
export function readSession(): Promise<Session> {
  return ask<Session>('/session', {});
}

/** "I am still here." */
export function extendSession(): Promise<Session> {
  return ask<Session>('/session/extend', { method: 'POST' });
}

/** Ends this session, or with `everywhere` every session of this person; answers where to go next. */
export function endSession(everywhere: boolean): Promise<{ location: string }> {
  return ask<{ location: string }>('/session/sign-out', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ everywhere }),
  });
}

/** Where signing in begins; afterwards the person is back at `returnTo`. `as`: who they say they are. What was there of the session before ends with it. */
export function signInAddress(returnTo: string, as?: string): string {
  return `/session/sign-in?${new URLSearchParams({ return: returnTo, ...(as !== undefined && { as }) }).toString()}`;
}

async function ask<T>(address: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address, { ...init, redirect: 'error', signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new ApiProblem(0, undefined);
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw ApiProblem.of(response.status, body, response.headers.get('X-Request-ID') ?? undefined);
  return body as T;
}

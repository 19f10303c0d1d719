import { decodeJwt } from 'jose';
import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { outcomeOf, problemsOf, statusOf } from '../../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { EmergencyOpened } from '../../../flow/sharing/break-glass.ts';
import type { Log } from '../../log.ts';
import type { TokenVerifier } from '../oauth/verify-token.ts';
import { checkSameOrigin } from './check-same-origin.ts';
import { cookieNamed, newSecret, seal, unseal } from './session-cookie.ts';
import type { Attempt, SignIn } from './sign-in.ts';
import type { HeldTokens, ViewerSessions } from './viewer-sessions.ts';

export interface SessionServices {
  /** without trailing slash */
  baseUrl: string;
  sessions: ViewerSessions;
  signIn: SignIn;
  verify: TokenVerifier;
  log: Log;
  ownEmergencies: (requester: Requester) => Promise<EmergencyOpened[]>;
  /** of an organisation's Organization, where the directory has one */
  directoryIdOf: (organisation: string) => string | undefined;
}

const attemptMaxAgeMs = 600_000;
const signedOutPage = '/app/signed-out';
const failedPage = '/app/sign-in-failed';

/** `/session/…`: how people sign in to the viewer, stay and leave. The tokens never leave the gateway. */
export function sessionRoutes(services: SessionServices): Router {
  const router = Router();
  const json = express.json({ limit: 1024, strict: true });
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/sign-in', page(services, signIn));
  router.get('/callback', page(services, callback));
  router.get('/', answer(services, (_services, request) => describe(services, request, 'look')));
  router.post('/extend', answer(services, (_services, request) => describe(services, request, 'use')));
  router.post('/sign-out', json, answer(services, signOut));
  return router;
}

/** GET /session/sign-in?return=/app/…&as=… : to the issuer. `as` is taken from our own start page or the person, never from another site. */
async function signIn({ baseUrl, signIn: client }: SessionServices, request: Request, response: Response): Promise<void> {
  const here = new URL(request.originalUrl, baseUrl);
  if (request.headers.host !== here.host) return response.redirect(307, here.href); // cookies belong to one name of this host
  const hint = ['same-origin', 'none'].includes(String(request.headers['sec-fetch-site'])) ? here.searchParams.get('as') : null;
  const { location, attempt } = await client.start(returnTo(baseUrl, here.searchParams.get('return')), hint !== null && /^[\w-]{1,64}$/.test(hint) ? hint : undefined);
  const secret = newSecret();
  const cookie = attemptCookie(baseUrl, attempt.state);
  response.cookie(cookie.name, `${secret}.${await seal(secret, attempt)}`, { ...cookie.options, maxAge: attemptMaxAgeMs });
  response.redirect(303, location);
}

/** GET /session/callback?code=…&state=… : back from the issuer, in the browser that was sent there. */
async function callback(services: SessionServices, request: Request, response: Response): Promise<void> {
  const { baseUrl, sessions, verify, log } = services;
  const address = new URL(request.originalUrl, baseUrl);
  const cookie = attemptCookie(baseUrl, address.searchParams.get('state') ?? '');
  const attempt = await attemptOf(cookieNamed(request.headers.cookie, cookie.name));
  if (attempt === null) return response.redirect(303, failedPage);
  response.clearCookie(cookie.name, cookie.options);
  const { tokens, subject } = await services.signIn.complete(address, attempt);
  const verified = await verify(`Bearer ${tokens.accessToken}`);
  if ('problem' in verified || verified.requester.person?.id !== subject) throw new Refusal('problem' in verified ? verified.problem : notAPerson);
  const before = sessions.secretOf(request.headers.cookie);
  if (before !== null) await sessions.end(before);
  sessions.cookie.set(response, await sessions.begin(subject, tokens));
  log('session-began');
  response.redirect(303, attempt.returnTo);
}

/** POST /session/sign-out {everywhere}: the session, or all of this person's, and then the issuer's own if it can be ended. */
async function signOut({ sessions, signIn: client, log }: SessionServices, request: Request, response: Response): Promise<unknown> {
  refuseForeign(request);
  const secret = sessions.secretOf(request.headers.cookie);
  sessions.cookie.clear(response);
  if (secret === null) return { location: signedOutPage };
  const held = await sessions.look(secret);
  const everywhere = (request.body as { everywhere?: unknown } | undefined)?.everywhere === true;
  await (everywhere ? sessions.endAll(secret) : sessions.end(secret));
  log('session-ended');
  return { location: (held && (await client.endAddress(held).catch(() => null))) ?? signedOutPage };
}

/** Who is signed in, as the API will see them, for how long, and which emergency access they have now. */
async function describe({ sessions, verify, ownEmergencies, directoryIdOf }: SessionServices, request: Request, how: 'look' | 'use'): Promise<unknown> {
  refuseForeign(request);
  const secret = sessions.secretOf(request.headers.cookie);
  const held = secret === null ? null : await sessions[how](secret);
  if (!held) return { state: 'signed-out' };
  const verified = await verify(`Bearer ${held.accessToken}`);
  if ('requester' in verified) return { ...signedIn(verified.requester, held, await ownEmergencies(verified.requester), actsFor(held.accessToken)), organisationId: directoryIdOf(verified.requester.organisation) ?? null };
  if (verified.problem.category === 'unauthenticated') return { state: 'signed-out' };
  throw new Refusal(verified.problem);
}

function signedIn({ person, organisation, organisationName, role, purpose, scopes }: Requester, { idleLeftSeconds, endsInSeconds }: HeldTokens, emergencies: readonly EmergencyOpened[], actsFor: readonly string[]): object {
  return { state: 'signed-in', person, organisation, organisationName, actsFor, role, purpose, scopes, idleLeftSeconds, endsInSeconds, emergencies: emergencies.map(({ citizen, reference, until }) => ({ citizen, reference, until: until.toISOString() })) };
}

/** Names of the organisations the person may choose between at the issuer, where it says so: `acts_for` of a token that was verified. */
function actsFor(token: string): string[] {
  const { acts_for: named } = decodeJwt(token);
  return Array.isArray(named) ? named.filter((each): each is string => typeof each === 'string' && each.length <= 512).slice(0, 50) : [];
}

function refuseForeign(request: Request): void {
  const problem = checkSameOrigin(request.headers, 'empty');
  if (problem) throw new Refusal(problem);
}

/** A cookie for each attempt, so that two windows can sign in at once. Lax: the issuer's redirect must bring it back. */
function attemptCookie(baseUrl: string, state: string): { name: string; options: { httpOnly: true; secure: boolean; sameSite: 'lax'; path: '/' } } {
  const secure = baseUrl.startsWith('https:');
  return { name: `${secure ? '__Host-' : ''}onestory-sign-in-${state.replace(/[^\w-]/g, '').slice(0, 16)}`, options: { httpOnly: true, secure, sameSite: 'lax', path: '/' } };
}

async function attemptOf(value: string | null): Promise<Attempt | null> {
  const [secret = '', ...sealed] = (value ?? '').split('.');
  return value === null ? null : unseal<Attempt>(secret, sealed.join('.'));
}

/** A place in the viewer, or the question whether an app may act for the person, and nowhere else. */
function returnTo(baseUrl: string, asked: string | null): string {
  const url = asked !== null && asked.length <= 512 && asked.startsWith('/') ? URL.parse(asked, baseUrl) : null;
  return url !== null && url.origin === new URL(baseUrl).origin && (url.pathname === '/app' || url.pathname.startsWith('/app/') || url.pathname.startsWith('/oauth/interaction/')) ? `${url.pathname}${url.search}` : '/app/';
}

/** A browser's page: whatever goes wrong ends on a page too. */
function page(services: SessionServices, handle: (services: SessionServices, request: Request, response: Response) => Promise<void>): RequestHandler {
  return async (request, response) => {
    try {
      await handle(services, request, response);
    } catch (error) {
      const code = error instanceof Refusal ? error.problems[0]?.code : undefined;
      services.log('sign-in-failed', code === undefined ? { error } : { code });
      response.redirect(303, code === 'sign-in-not-offered' ? `${failedPage}?reason=not-offered` : failedPage);
    }
  };
}

/** An answer to the viewer's own scripts, errors as an OperationOutcome like everywhere. */
function answer(services: SessionServices, handle: (services: SessionServices, request: Request, response: Response) => Promise<unknown>): RequestHandler {
  return async (request, response) => {
    try {
      response.json(await handle(services, request, response));
    } catch (error) {
      if (!(error instanceof Refusal)) services.log('request-failed', { route: 'session', error });
      const problems = problemsOf(error);
      response.status(statusOf(problems)).json(outcomeOf(problems));
    }
  };
}

const notAPerson: Problem = { category: 'forbidden', code: 'person-required', text: 'The viewer is for people; this token names a system.' };

import { randomUUID } from 'node:crypto';
import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import type { InteractionDetails, Provider } from 'oidc-provider';
import { Refusal } from '../../../fhir/problem.ts';
import { coversScope, readScope } from '../../../fhir/smart-scopes.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { RegisteredClient } from '../../../store/partners/oauth-clients.ts';
import { html, type Markup } from '../../html.ts';
import { htmlPage, letFormsLeadTo } from '../html-page.ts';
import { bySession, type Identify } from '../session/identify.ts';
import type { FhirServices } from '../fhir/fhir-services.ts';
import { renewableSeconds, type AppLaunches } from './app-launches.ts';
import { choosePage } from './choose-page.ts';
import { choosePatient, saidIn, typedIn } from './choose-patient.ts';

/** What the page needs to know of those who answer it. */
export interface AppPeople {
  identify: Identify;
  /** where people sign in, if not here: its origin */
  signInOrigins: readonly string[];
  /** how whoever is asked about whom an app is to open looks for people: as everywhere */
  release: FhirServices['release'];
  /** Writes down that somebody lets an app act for them, durable before the app has anything. */
  noteAllowed: (requester: Requester, client: string, scopes: readonly string[], request: RequestFacts) => Promise<void>;
}

export interface AppPageServices extends AppPeople {
  provider: Provider;
  audience: string;
  launches: AppLaunches;
  findClient: (id: string) => Promise<RegisteredClient | null>;
  nameOf: (organisation: string) => string;
}

const failed = '/app/sign-in-failed';
const oidcScopes = ['openid', 'offline_access', 'launch', 'launch/patient', 'fhirUser'];

/**
 * /oauth/interaction/{uid} of a registered app: whoever is signed in to the viewer is asked whether the app may act for them,
 * each time. The app is given of what it asks for no more than the person may do, and a launch only if it was made for this
 * person and this app. An app that is not launched and asks for `launch/patient` is given whom the person then chooses, of those
 * they may see. The page is opened from the app's site, so the viewer's cookie comes with the answer, not before. Every page is an
 * answer to GET at the one address: going back, or loading anew, repeats no form.
 */
export function appPage(services: AppPageServices): Router {
  const router = Router();
  router.get('/:uid', ofAnApp(services, async (asked, client, request, response) => {
    show(services, client, response, (await choosing(services, asked, client, request)) ?? question(asked, client, services.nameOf(client.organisation)));
  }));
  router.post('/:uid', express.urlencoded({ extended: false, limit: 1024, parameterLimit: 8 }), ofAnApp(services, (asked, client, request, response) => decide(services, asked, client, request, response)));
  return router;
}

function show({ signInOrigins }: AppPageServices, client: RegisteredClient, response: Response, page: Markup): void {
  letFormsLeadTo(response, [...client.redirectUris.map((address) => new URL(address).origin), ...signInOrigins]);
  response.type('html').set('Cache-Control', 'no-store').send(page.text);
}

/** Goes on to whoever comes next where the question is not an app's. */
function ofAnApp({ provider, findClient }: AppPageServices, handle: (asked: InteractionDetails, client: RegisteredClient, request: Request, response: Response) => Promise<void>): RequestHandler {
  return async (request, response, next) => {
    const asked = await provider.interactionDetails(request, response).catch(() => null);
    const client = asked && (await findClient(String(asked.params.client_id)));
    if (!asked || client?.kind !== 'app') return next();
    try {
      await handle(asked, client, request, response);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response.redirect(303, failed); // nothing was given: it could not be written down
    }
  };
}

async function decide(services: AppPageServices, asked: InteractionDetails, client: RegisteredClient, request: Request, response: Response): Promise<void> {
  const { provider, launches, identify } = services;
  const refuse = (error: string, error_description: string): Promise<void> => provider.interactionFinished(request, response, { error, error_description });
  if (request.headers['sec-fetch-site'] !== 'same-origin') return response.redirect(303, failed);
  if ((request.body as { decision?: unknown } | undefined)?.decision !== 'allow') return refuse('access_denied', 'the person did not allow it');
  const verified = await bySession(identify)(request.headers);
  if ('problem' in verified) return response.redirect(303, verified.problem.category === 'unauthenticated' ? `/session/sign-in?return=${encodeURIComponent(request.originalUrl)}` : failed);
  const { requester } = verified;
  if (!requester.person) return refuse('access_denied', 'only a person can allow it');
  const { launch: id } = asked.params;
  const launch = typeof id === 'string' ? await launches.take(id, requester, client.id) : null;
  if (id !== undefined && !launch) return refuse('invalid_request', 'the launch is not known: it was used, it ended, or it is somebody else\'s');
  const facts = { id: randomUUID(), address: request.ip ?? '' };
  const patient = launch ? launch.patient : wordsOf(asked.params.scope).includes('launch/patient') ? await chosen(services, asked, { requester, facts }, request, response) : null;
  if (patient === 'asked') return;
  await give(services, asked, client, { requester, facts, patient }, request, response);
}

/** `asked`: they are led to the page to choose on instead. */
async function chosen({ release, launches }: AppPageServices, { uid }: InteractionDetails, { requester, facts }: Pick<Allowing, 'requester' | 'facts'>, request: Request, response: Response): Promise<string> {
  const said = saidIn(request.body);
  const outcome = said?.['patient'] === undefined ? null : await choosePatient(release, requester, said, facts);
  if (outcome?.kind === 'chosen') {
    await launches.endChoosing(uid);
    return outcome.patient;
  }
  await launches.keepChoosing(uid, { person: requester.person?.id ?? '', said });
  response.redirect(303, request.originalUrl);
  return 'asked';
}

/** The page to choose on, for who allowed the app and has nobody chosen yet; null for everybody else. */
async function choosing({ release, launches, identify }: AppPageServices, { uid }: InteractionDetails, client: RegisteredClient, request: Request): Promise<Markup | null> {
  const verified = await bySession(identify)(request.headers);
  const kept = 'problem' in verified ? null : await launches.findChoosing(uid, verified.requester);
  if ('problem' in verified || kept === null) return null;
  const outcome = await choosePatient(release, verified.requester, kept.said, { id: randomUUID(), address: request.ip ?? '' });
  return choosePage(uid, client.name, typedIn(kept.said), outcome.kind === 'chosen' ? { kind: 'nothing' } : outcome);
}

interface Allowing {
  requester: Requester;
  facts: RequestFacts;
  /** in whose context the app is opened, if in anybody's */
  patient: string | null;
}

async function give(services: AppPageServices, asked: InteractionDetails, client: RegisteredClient, { requester, facts, patient }: Allowing, request: Request, response: Response): Promise<void> {
  const { provider, launches } = services;
  const { person } = requester;
  const refuse = (error_description: string): Promise<void> => provider.interactionFinished(request, response, { error: 'access_denied', error_description });
  if (!person) return refuse('only a person can allow it');
  const asks = wordsOf(asked.params.scope).filter((scope) => readScope(scope) !== null);
  const given = givenOf(asks, requester.scopes, patient !== null);
  if (given.length === 0) return refuse('the person may do nothing of what is asked for');
  await services.noteAllowed(requester, client.id, given, facts);
  const grantId = await grantTo(services, asked, client, person.id, { given, refused: asks.filter((scope) => !given.includes(scope)) });
  const { organisation, organisationName, role, purpose } = requester;
  await launches.keepGrant(grantId, client.id, { organisation, organisation_name: organisationName, role, purpose, name: person.name, ...(patient !== null && { patient }), ...(given.some(isOfPatient) && { bound: true }) });
  return provider.interactionFinished(request, response, { login: { accountId: person.id, remember: false }, consent: { grantId } });
}

const isOfPatient = (scope: string): boolean => scope.startsWith('patient/');

/** Of what is asked for, what the person may do. A patient's context is that of a launch or of whom they chose, and where there is one nothing is given beside it. */
function givenOf(asks: readonly string[], own: readonly string[], launched: boolean): string[] {
  const ofPatient = asks.filter((scope) => launched && isOfPatient(scope) && coversScope(own, scope.replace('patient/', 'user/')));
  return ofPatient.length > 0 ? ofPatient : asks.filter((scope) => !isOfPatient(scope) && coversScope(own, scope));
}

/** What was given of it, and what was not. */
async function grantTo({ provider, audience }: AppPageServices, { params }: InteractionDetails, client: RegisteredClient, accountId: string, { given, refused }: Record<'given' | 'refused', readonly string[]>): Promise<string> {
  const grant = new provider.Grant({ accountId, clientId: client.id });
  grant.addOIDCScope(wordsOf(params.scope).filter((scope) => oidcScopes.includes(scope)).join(' '));
  grant.addResourceScope(audience, [...given, ...wordsOf(params.scope).filter((scope) => scope === 'fhirUser')].join(' ')); // who signed in may be read about
  if (refused.length > 0) grant.rejectResourceScope(audience, refused.join(' '));
  return grant.save();
}

function question({ uid, params }: InteractionDetails, client: RegisteredClient, organisation: string): Markup {
  const asked = wordsOf(params.scope);
  const rights = asked.filter((scope) => readScope(scope) !== null);
  return htmlPage({
    title: 'Allow an app', notice: null,
    main: html`<h1>May this app act for you?</h1>
<p><strong>${client.name}</strong> of ${organisation} asks to read or write records as you, within what you may do yourself. Everything it does is logged under your name.</p>
<ul>${rights.map((scope) => html`<li><code>${scope}</code></li>`)}${asked.includes('offline_access') ? html`<li><code>offline_access</code>: it goes on for up to ${renewableSeconds / 3600} hours, after you have signed out too</li>` : html``}${asked.includes('fhirUser') ? html`<li><code>fhirUser</code>: it is told your name</li>` : html``}${asked.includes('launch/patient') && params.launch === undefined ? html`<li><code>launch/patient</code>: you choose next about whom it opens</li>` : html``}</ul>
<form method="post" action="/oauth/interaction/${uid}">
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="refuse">Do not allow</button></p>
</form>`,
  });
}

function wordsOf(scope: unknown): string[] {
  return typeof scope === 'string' ? scope.split(' ') : [];
}

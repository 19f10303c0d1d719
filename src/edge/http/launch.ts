import express, { Router, type RequestHandler } from 'express';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { RegisteredClient } from '../../store/partners/oauth-clients.ts';
import { html } from '../html.ts';
import type { FhirServices } from './fhir/fhir-services.ts';
import { allows } from '../../fhir/allows.ts';
import { scopeMissing } from './fhir/permit.ts';
import { readFields } from './governance/read-fields.ts';
import { json } from './governance/reply-json.ts';
import { htmlPage, letFormsLeadTo } from './html-page.ts';
import { launchSeconds, type AppLaunches } from './oauth/app-launches.ts';
import { bySession } from './session/identify.ts';
import { route, type Asked, type Reply, type RouteServices } from './route.ts';
import { unserved } from './unserved.ts';

export interface LaunchServices extends RouteServices, Pick<FhirServices, 'release'> {
  /** without trailing slash */
  baseUrl: string;
  launches: AppLaunches;
  /** where people sign in, if not here: its origin */
  signInOrigins: readonly string[];
  findClient: (id: string) => Promise<RegisteredClient | null>;
  /** unguessable */
  newId: () => string;
}

const launchForm = /^[0-9a-f-]{36}$/;

const fields = {
  patient: { pattern: /^[A-Za-z0-9.-]{1,64}$/, expected: 'the citizen\'s id' },
  client: { pattern: /^$|^[a-z][a-z0-9-]{1,62}[a-z0-9]$/, expected: 'the id of a registered app, or nothing for the viewer' },
};

/** POST /launch {patient, client}: an address that opens an app, or the viewer, with this citizen chosen: for the person who asks alone, once, within five minutes. Whom they may not see they cannot launch at. */
export function launchRoutes(services: LaunchServices): Router {
  const router = Router();
  const permit: Parameters<typeof route>[1]['permit'] = ({ person, scopes }) => (person === undefined ? personsOnly : allows(scopes, 'Patient', 'r') ? null : scopeMissing('Patient', 'r'));
  router.post('/', route(services, { interaction: 'read', pattern: 'launch', permit, allow: 'POST' }, (asked) => begin(services, asked)));
  router.use(...unserved(services));
  return router;
}

async function begin({ release, launches, findClient, baseUrl, newId }: LaunchServices, asked: Asked): Promise<Reply> {
  const { patient, client } = await readFields(asked, fields);
  const app = client === '' ? null : await findClient(client);
  const opens = client === '' ? `${baseUrl}/app/launch` : app?.enabled === true ? app.launchUrl : null;
  if (opens === null) throw new Refusal(appUnknown);
  const { composed: [citizen] } = await release(asked.requester, { interaction: 'read', type: 'Patient', id: patient }, asked.request);
  if (!citizen) throw new Refusal(notFound);
  const launch = newId();
  await launches.begin(launch, { person: asked.requester.person?.id ?? '', organisation: asked.requester.organisation, patient, client: app?.id ?? null });
  const address = new URL(opens);
  address.searchParams.set('iss', `${baseUrl}/fhir`);
  address.searchParams.set('launch', launch);
  return json(201, { launch, address: address.href, expiresInSeconds: launchSeconds });
}

/** GET /app/launch?iss=…&launch=… : asks once, because a cookie does not come along from another site; then the citizen's record, for whom it was made. */
export function openLaunched(services: LaunchServices): Router {
  const router = Router();
  router.get('/', (request, response) => {
    const [iss, launch] = ['iss', 'launch'].map((name) => new URL(request.originalUrl, services.baseUrl).searchParams.get(name));
    if (iss !== `${services.baseUrl}/fhir` || !launchForm.test(launch ?? '')) return void response.status(400).type('html').set('Cache-Control', 'no-store').send(page(html`<p>This address opens nothing here. Go back to where you came from, and try again.</p>`).text);
    letFormsLeadTo(response, services.signInOrigins);
    response.type('html').set('Cache-Control', 'no-store').send(page(html`<form method="post" action="/app/launch"><input type="hidden" name="launch" value="${launch ?? ''}"><p><button>Open the record</button></p></form>`).text);
  });
  router.post('/', express.urlencoded({ extended: false, limit: 1024, parameterLimit: 2 }), chosen(services));
  return router;
}

function chosen({ identify, launches, baseUrl }: LaunchServices): RequestHandler {
  return async (request, response) => {
    const launch = (request.body as { launch?: unknown } | undefined)?.launch;
    if (request.headers['sec-fetch-site'] !== 'same-origin' || typeof launch !== 'string' || !launchForm.test(launch)) return response.redirect(303, '/app/');
    const verified = await bySession(identify)(request.headers);
    if ('problem' in verified) return response.redirect(303, `/session/sign-in?return=${encodeURIComponent(`/app/launch?iss=${encodeURIComponent(`${baseUrl}/fhir`)}&launch=${launch}`)}`);
    const taken = await launches.take(launch, verified.requester, null);
    if (taken) return response.redirect(303, `/app/person/${taken.patient}`);
    response.status(403).type('html').set('Cache-Control', 'no-store').send(page(html`<p>This was used already, has ended, or was made for somebody else. <a href="/app/">Go on to OneStory</a></p>`).text);
  };
}

function page(main: ReturnType<typeof html>): ReturnType<typeof htmlPage> {
  return htmlPage({ title: 'Open a record', notice: null, main: html`<h1>OneStory</h1>${main}` });
}

const personsOnly: Problem = { category: 'forbidden', code: 'person-required', text: 'A launch is made for the person who asks; this token names a system.' };
const appUnknown: Problem = { category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: '/client' }, expected: 'the id of a registered app with a launch address, or nothing for the viewer' };

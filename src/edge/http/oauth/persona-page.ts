import express, { Router, type Request, type Response } from 'express';
import type { Provider } from 'oidc-provider';
import type { DemoClient } from '../../demo-client.ts';
import { html, type Markup } from '../../html.ts';
import { evaluationNotice } from '../../start-info.ts';
import { htmlPage } from '../html-page.ts';

/**
 * /oauth/interaction/{uid}: the embedded issuer's only question, whose eyes to look through. There are no passwords to know,
 * which is why this issuer never answers beyond this machine. Somebody who came through a door of the start page has said
 * it already. Who works for several organisations says then for which: a session acts for one.
 */
export function personaPage(provider: Provider, personas: readonly DemoClient[]): Router {
  const router = Router();
  const known = (id: unknown): DemoClient | undefined => personas.find((persona) => persona.id === id);
  const finish = (request: Request, response: Response, persona: DemoClient, acting = persona): Promise<void> =>
    provider.interactionFinished(request, response, { login: { accountId: persona.id, remember: false }, acting: acting.id });

  router.get('/:uid', async (request, response) => {
    const asked = await provider.interactionDetails(request, response).catch(() => null);
    if (asked?.prompt.name !== 'login') return void response.redirect(303, '/app/sign-in-failed');
    const hinted = known(asked.params.login_hint);
    if (hinted && !hinted.also) return finish(request, response, hinted);
    response.type('html').set('Cache-Control', 'no-store').send((hinted ? chooseFor(asked.uid, hinted) : choose(asked.uid, personas)).text);
  });
  router.post('/:uid', express.urlencoded({ extended: false, limit: 1024, parameterLimit: 4 }), async (request, response) => {
    const asked = await provider.interactionDetails(request, response).catch(() => null);
    const { persona: named, account } = (request.body as { persona?: unknown; account?: unknown } | undefined) ?? {};
    const persona = known(named);
    if (!asked || request.headers['sec-fetch-site'] !== 'same-origin') return void response.redirect(303, '/app/sign-in-failed');
    if (!persona) return void response.redirect(303, request.originalUrl);
    const acting = persona.also ? [persona, ...persona.also].find(({ id }) => id === account) : persona;
    if (!acting) return void response.type('html').set('Cache-Control', 'no-store').send(chooseFor(asked.uid, persona).text);
    return finish(request, response, persona, acting);
  });
  return router;
}

function choose(uid: string, personas: readonly DemoClient[]): Markup {
  return htmlPage({
    title: 'Sign in', notice: evaluationNotice,
    main: html`<h1>Who do you want to be?</h1>
<p>This is the sign-in of the evaluation. In real use your organisation’s own sign-in stands here.</p>
<form method="post" action="/oauth/interaction/${uid}">
<ul class="choices">
${personas.map((persona) => html`<li><button name="persona" value="${persona.id}"><strong>${persona.name ?? persona.id}</strong><span>${persona.description}</span><span>${persona.organisationName}</span></button></li>`)}
</ul>
</form>`,
  });
}

function chooseFor(uid: string, persona: DemoClient): Markup {
  return htmlPage({
    title: 'For whom do you act?', notice: evaluationNotice,
    main: html`<h1>For whom do you act?</h1>
<p>${persona.name ?? persona.id}, you work for more than one organisation. What you see depends on which one you act for now. To act for another, sign in again.</p>
<form method="post" action="/oauth/interaction/${uid}">
<input type="hidden" name="persona" value="${persona.id}">
<ul class="choices">
${[persona, ...persona.also ?? []].map(({ id, organisationName, role, purpose }) => html`<li><button name="account" value="${id}"><strong>${organisationName}</strong><span>As ${role}, for ${purposeWords[purpose] ?? purpose}</span></button></li>`)}
</ul>
</form>`,
  });
}

const purposeWords: Readonly<Record<string, string>> = { TREAT: 'direct care', ETREAT: 'emergency care', CAREMGT: 'care management', HOPERAT: 'oversight of sharing' };

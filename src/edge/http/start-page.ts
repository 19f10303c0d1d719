import { Router, type Response } from 'express';

import { html } from '../html.ts';
import type { Markup } from '../html.ts';
import { evaluationNotice, isEvaluation, tokenCommandFor, tour } from '../start-info.ts';
import type { StartInfo } from '../start-info.ts';
import { htmlPage } from './html-page.ts';
import { startStyle } from './start-style.ts';

/**
 * `/`: what this is, and a door for each sort of person who uses it; `/integrate`: addresses, personas and first steps for
 * those who connect systems. Everything comes from this origin and nothing runs in it, so both live under the strictest
 * content security policy and are there before anything else has loaded.
 */
export function startPage(info: StartInfo): Router {
  const notice = isEvaluation(info) ? evaluationNotice : null;
  const pages: Readonly<Record<string, string>> = {
    '/': htmlPage({ title: 'OneStory', notice, main: start(info) }).text,
    '/integrate': htmlPage({ title: 'Connect a system', notice, main: integrate(info) }).text,
  };
  const router = Router();
  const keep = (response: Response): Response => response.set('Cache-Control', 'no-cache');
  for (const [path, text] of Object.entries(pages)) router.get(path, (_request, response) => { keep(response).type('html').send(text); });
  router.get('/start.css', (_request, response) => { keep(response).type('css').send(startStyle); });
  return router;
}

/** The four doors: a persona of the demo, where that person's work begins, and what they come for. */
const doors = [
  { persona: 'ward-doctor', name: 'I am a ward doctor', to: '/app/find', why: 'Somebody has come in. Where have they been, what is the plan, whom can I phone?' },
  { persona: 'social-worker', name: 'I am a social worker', to: '/app/find', why: 'Where is this person now, who is dealing with it, and what happens when they go home?' },
  { persona: 'community-nurse', name: 'I am a community nurse', to: '/app/find', why: 'Who else is visiting, what was agreed with the person, and what changed since my last visit?' },
  { persona: 'governance-lead', name: 'I look after information governance', to: '/app/who-looked', why: 'Who looked at whose record, which clause allowed it, and what do our agreements let whom see?' },
] as const;

function start(info: StartInfo): Markup {
  return html`<h1>People tell their story only once</h1>
<p class="lede">In Birmingham hospitals, community and mental-health teams, the council and many others care for the same people, and each
keeps its own records. OneStory joins them into one story. It shows that story only as the partners’ agreements and the
person’s own wishes allow, and writes down every look with the reason.</p>
${info.externalIssuer === null ? demoDoors(info) : html`<p><a class="door-single" href="/session/sign-in?return=/app/">Sign in</a></p>`}
<h2>What you can rely on</h2>
<ul>
<li>What is missing here may still exist. A source that is late is named, never shown as “none”.</li>
<li>When something is kept back, you are told that it is, not what it is.</li>
<li>Every look is recorded before anything is shown, and the person can ask who looked.</li>
</ul>
<h2>I integrate systems</h2>
<p><a href="/integrate">Addresses, tokens and a first tour of the FHIR API</a></p>
`;
}

function demoDoors(info: StartInfo): Markup {
  const open = doors.filter(({ persona }) => info.personas.some(({ id }) => id === persona));
  return html`<h2>Come in as</h2>
<ul class="doors">
${open.map(({ persona, name, to, why }) => html`<li><a href="/session/sign-in?as=${persona}&amp;return=${to}">${name}</a><p>${why}</p></li>`)}
</ul>
<p><a href="/session/sign-in?return=/app/">Come in as somebody else</a></p>
`;
}

function integrate(info: StartInfo): Markup {
  return html`<h1>Connect a system</h1>
<h2>Addresses</h2>
<dl>
<dt>FHIR R4</dt><dd><code>${info.baseUrl}/fhir</code>, described by its <a href="/fhir/metadata">capability statement</a> and as <a href="/fhir/openapi.json">OpenAPI</a></dd>
<dt>Intake of the partners' files</dt><dd><code>${info.baseUrl}/intake/{feed}</code> for ${info.feeds.join(', ')}</dd>
<dt>Sign-in</dt><dd><code>${info.externalIssuer ?? `${info.baseUrl}/oauth`}</code></dd>
<dt>Health</dt><dd><a href="/livez">alive</a>, <a href="/readyz">ready</a></dd>
</dl>
${info.externalIssuer === null ? html`${personas(info)}${steps(info)}` : html`<h2>Tokens</h2>
<p>Access tokens come from <code>${info.externalIssuer}</code>.</p>`}
`;
}

function personas(info: StartInfo): Markup {
  return html`<h2>Who you can be</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Personas">
<table>
<caption>Personas of the demo. Run the command beside the gateway to get a token.</caption>
<thead><tr><th scope="col">Persona</th><th scope="col">Works for</th><th scope="col">Command</th></tr></thead>
<tbody>
${info.personas.map((persona) => html`<tr><th scope="row">${persona.description}</th><td>${persona.organisationName}</td><td><code>${tokenCommandFor(info, persona.id)}</code></td></tr>`)}
</tbody>
</table>
</div>
`;
}

function steps(info: StartInfo): Markup {
  return html`<h2>A first tour</h2>
<ol>
${tour(info).map((step) => html`<li>${step.title}<pre tabindex="0"><code>${step.command}</code></pre></li>`)}
</ol>
`;
}

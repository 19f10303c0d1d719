import { Router } from 'express';

import { html } from '../html.ts';
import type { Markup } from '../html.ts';
import { evaluationNotice, isEvaluation, tokenCommandFor, tour } from '../start-info.ts';
import type { StartInfo } from '../start-info.ts';
import { startStyle } from './start-style.ts';

/**
 * `/` and `/start.css`: what this is and how to take the first steps, until the viewer takes their place. Everything
 * comes from this origin and nothing runs in it, so it lives under the strictest content security policy.
 */
export function startPage(info: StartInfo): Router {
  const page = describe(info).text;
  const router = Router();
  router.get('/', (_request, response) => { response.type('html').set('Cache-Control', 'no-cache').send(page); });
  router.get('/start.css', (_request, response) => { response.type('css').set('Cache-Control', 'no-cache').send(startStyle); });
  return router;
}

function describe(info: StartInfo): Markup {
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OneStory</title>
<link rel="stylesheet" href="/start.css">
<link rel="icon" href="data:,">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${isEvaluation(info) ? html`<p class="notice" role="note">${evaluationNotice}</p>` : html``}
<header><h1>OneStory</h1></header>
<main id="main">
<p>Each partner organisation keeps its own system and sends what it already produces. OneStory keeps the bytes, turns
them into FHIR, works out which citizen they are about, and shows one story to those an agreement and the citizen's own
choices let see it. Every look is written down, with the reason it was allowed.</p>
${addresses(info)}
${info.externalIssuer === null ? html`${personas(info)}${steps(info)}` : html`<h2>Sign-in</h2>
<p>Access tokens come from <code>${info.externalIssuer}</code>.</p>`}
</main>
</body>
</html>
`;
}

function addresses(info: StartInfo): Markup {
  return html`<h2>Addresses</h2>
<dl>
<dt>FHIR R4</dt><dd><code>${info.baseUrl}/fhir</code>, described by its <a href="/fhir/metadata">capability statement</a></dd>
<dt>Intake of the partners' files</dt><dd><code>${info.baseUrl}/intake/{feed}</code> for ${info.feeds.join(', ')}</dd>
<dt>Sign-in</dt><dd><code>${info.externalIssuer ?? `${info.baseUrl}/oauth`}</code></dd>
<dt>Health</dt><dd><a href="/livez">alive</a>, <a href="/readyz">ready</a></dd>
</dl>
`;
}

function personas(info: StartInfo): Markup {
  return html`<h2>Who you can be</h2>
<table>
<caption>Personas of the demo. Run the command beside the gateway to get a token.</caption>
<thead><tr><th scope="col">Persona</th><th scope="col">Works for</th><th scope="col">Command</th></tr></thead>
<tbody>
${info.personas.map((persona) => html`<tr><th scope="row">${persona.description}</th><td>${persona.organisationName}</td><td><code>${tokenCommandFor(info, persona.id)}</code></td></tr>`)}
</tbody>
</table>
`;
}

function steps(info: StartInfo): Markup {
  return html`<h2>A first tour</h2>
<ol>
${tour(info).map((step) => html`<li>${step.title}<pre tabindex="0"><code>${step.command}</code></pre></li>`)}
</ol>
`;
}

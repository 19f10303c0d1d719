import type { Response } from 'express';
import { html, type Markup } from '../html.ts';

export interface HtmlPage {
  title: string;
  /** the strip at the top; null where there is nothing to warn of */
  notice: string | null;
  main: Markup;
}

/** Browsers hold the redirects after a form against the page's `form-action` too: these are origins they may lead to. */
export function letFormsLeadTo(response: Response, origins: readonly string[]): void {
  const policy = String(response.getHeader('Content-Security-Policy') ?? '');
  response.set('Content-Security-Policy', policy.replace("form-action 'self'", ["form-action 'self'", ...new Set(origins)].join(' ')));
}

/** The frame of every page the gateway writes itself: nothing runs in it, and all it needs is /start.css. */
export function htmlPage({ title, notice, main }: HtmlPage): Markup {
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === 'OneStory' ? title : `${title} – OneStory`}</title>
<link rel="stylesheet" href="/start.css">
<link rel="icon" href="data:,">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${notice === null ? html`` : html`<p class="notice" role="note">${notice}</p>`}
<header><p><a href="/">OneStory <span>Birmingham integrated care partnership</span></a></p></header>
<main id="main">
${main}
</main>
</body>
</html>
`;
}

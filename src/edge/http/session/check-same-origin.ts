import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from '../../../fhir/problem.ts';

/**
 * A cookie goes along with whatever makes the browser ask, so what comes with one must come from our own pages: Fetch
 * metadata (W3C) says where from, and no page can forge it. A browser that does not say is refused. `dest` is `empty` for
 * what a script fetches, `document` for a page opened or a form sent.
 */
export function checkSameOrigin(headers: IncomingHttpHeaders, dest: 'empty' | 'document'): Problem | null {
  return headers['sec-fetch-site'] === 'same-origin' && headers['sec-fetch-dest'] === dest ? null : crossSite;
}

export const crossSite: Problem = {
  category: 'forbidden', code: 'cross-site-request', text: 'A request with a session cookie must come from the viewer\'s own pages.',
  expected: 'Sec-Fetch-Site: same-origin', fix: 'Programs send a bearer token instead; people use a current browser.',
};

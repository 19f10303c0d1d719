import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';
import helmet from 'helmet';
import sirv from 'sirv';
import { Refusal } from '../../fhir/problem.ts';

/**
 * `/app/…`: the built viewer, already compressed, its parts named by their content and so kept for a year. It may run its
 * own scripts and ask its own origin; no markup becomes script (trusted types), and nobody may frame it. An address that is no file is
 * a place inside the viewer. Refuses a folder without a build.
 */
export function viewer(folder: string, https: boolean): Router {
  if (!existsSync(join(folder, 'index.html'))) throw new Refusal(notBuilt);
  const router = Router();
  router.use(helmet.contentSecurityPolicy({ useDefaults: false, directives: {
    defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'data:'], connectSrc: ["'self'"], baseUri: ["'none'"], formAction: ["'self'"],
    frameAncestors: ["'none'"], requireTrustedTypesFor: ["'script'"], trustedTypes: ["'none'"], ...(https && { upgradeInsecureRequests: [] }),
  } }));
  router.use(sirv(folder, {
    etag: true, brotli: true, gzip: true, single: true,
    setHeaders: (response, path) => {
      response.setHeader('Cache-Control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  }));
  return router;
}

const notBuilt = {
  category: 'unavailable', code: 'viewer-not-built', text: 'The viewer has not been built.', fix: 'Start with npm start, or run npm run build:viewer first.',
} as const;

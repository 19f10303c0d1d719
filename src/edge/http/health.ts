import { Router } from 'express';

/**
 * `/livez`: the process answers. `/readyz`: every part works: the database, the audit trail, the demo, if any, is loaded; names
 * those that do not. `missing` never rejects.
 */
export function health(missing: () => Promise<readonly string[]>): Router {
  const router = Router();
  router.get('/livez', (_request, response) => { response.json({ status: 'alive' }); });
  router.get('/readyz', async (_request, response) => {
    const parts = await missing();
    response.status(parts.length === 0 ? 200 : 503).set('Cache-Control', 'no-store').json(parts.length === 0 ? { status: 'ready' } : { status: 'not ready', missing: parts });
  });
  return router;
}

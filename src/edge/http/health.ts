import { Router } from 'express';

interface Probe {
  query(statement: string): Promise<unknown>;
}

/** `/livez`: the process answers. `/readyz`: the database answers and the demo, if any, is loaded; names what is missing. */
export function health(database: Probe, notReady: () => string[]): Router {
  const router = Router();
  router.get('/livez', (_request, response) => { response.json({ status: 'alive' }); });
  router.get('/readyz', async (_request, response) => {
    const missing = [...notReady(), ...((await answers(database)) ? [] : ['database'])];
    response.status(missing.length === 0 ? 200 : 503).set('Cache-Control', 'no-store').json(missing.length === 0 ? { status: 'ready' } : { status: 'not ready', missing });
  });
  return router;
}

async function answers(database: Probe): Promise<boolean> {
  return database.query('select 1').then(() => true, () => false);
}

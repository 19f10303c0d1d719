import { request as httpRequest } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { outcomeOf } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Sandboxes } from '../sandboxes/sandboxes.ts';
import { route, type RouteFacts, type RouteServices } from './route.ts';

export interface SandboxServices extends RouteServices {
  sandboxes: Sandboxes;
}

const facts: Omit<RouteFacts, 'permit'> = { interaction: 'sandbox', pattern: 'sandbox' };

/**
 * /sandbox/… : the client's own sandbox answers as this gateway would at the address without `/sandbox`. Who asks is known
 * here by the token, and is said there. POST /sandbox/$reset begins it anew.
 */
export function sandboxRoutes(services: SandboxServices): Router {
  const router = Router({ caseSensitive: true });
  router.post('/\\$reset', route(services, { ...facts, pattern: 'sandbox/$reset', permit: systemsAndPeople }, async ({ requester }) => {
    await services.sandboxes.reset(requester.client);
    return { status: 200, text: JSON.stringify(outcomeOf([])) };
  }));
  router.use(passOn(services));
  return router;
}

/** Every client that has a token has a sandbox. */
const systemsAndPeople = (): null => null;

function passOn(services: SandboxServices): RequestHandler {
  return async (request, response, next) => {
    const verified = await services.identify(request.headers);
    const refused = 'problem' in verified ? [verified.problem] : await forward(services.sandboxes, verified.requester, request, response);
    if (refused.length > 0) route(services, { ...facts, permit: () => null }, () => Promise.reject(new Refusal(...refused)))(request, response, next);
  };
}

/** What the sandbox answers, as it answers; problems where there was no answer. */
async function forward(sandboxes: Sandboxes, requester: Requester, request: Request, response: Response): Promise<readonly Problem[]> {
  try {
    await sandboxes.use(requester.client, async ({ port, authorise }) => exchange({ port, authorization: await authorise(requester) }, request, response));
    return [];
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
      return [];
    }
    return error instanceof Refusal ? error.problems : [notAnswering];
  }
}

function exchange({ port, authorization }: { port: number; authorization: string }, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    const { connection: _connection, host: _host, cookie: _cookie, authorization: _token, ...headers } = request.headers;
    const outgoing = httpRequest({ host: '127.0.0.1', port, method: request.method, path: request.url, headers: { ...headers, authorization } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response).then(resolve, reject);
    });
    outgoing.once('error', reject);
    pipeline(request, outgoing).catch(reject);
  });
}

const notAnswering: Problem = { category: 'unavailable', code: 'sandbox-not-answering', text: 'The sandbox does not answer.', fix: 'Send it again; POST /sandbox/$reset begins it anew.' };

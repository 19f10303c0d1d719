import { randomUUID } from 'node:crypto';
import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Request, RequestHandler, Response } from 'express';
import type { RefusedRequest } from '../../flow/describe-refused-request.ts';
import { outcomeOf, problemsOf, statusOf } from '../../fhir/outcome.ts';
import { AuditedRefusal, Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Log } from '../log.ts';
import { checkAcceptable } from './check-acceptable.ts';
import { challengeFor } from './oauth/challenge.ts';
import { readBody } from './read-body.ts';
import { readParameters } from './read-parameters.ts';
import type { Identify } from './session/identify.ts';

/** What a handler gets: the verified requester and the request's plain facts. */
export interface Asked {
  requester: Requester;
  params: Readonly<Record<string, string>>;
  /** decoded query parameters in order */
  query: [string, string][];
  header: (name: string) => string | undefined;
  body: (maxBytes: number) => Promise<Uint8Array>;
  requestId: string;
  address: string;
}

export interface Reply {
  status: number;
  /** JSON text, passed through as it is */
  text?: string;
  /** instead of a text: writes it line by line as the work goes on, until it is done or the caller has gone */
  stream?: (write: (line: string) => void, gone: AbortSignal) => Promise<void>;
  headers?: Record<string, string>;
}

export interface RouteFacts {
  /** as the audit trail names it */
  interaction: string;
  /** pattern for log and audit, never the address */
  pattern: string;
  /** a capability the requester must have before anything is looked at */
  permit: (requester: Requester, asked: Asked) => Problem | null;
  /** methods this address takes: told with 405 */
  allow?: string | ((params: Readonly<Record<string, string>>) => string);
  /** how problems are told where a standard asks for more than an OperationOutcome with the gateway's own codes */
  outcome?: (problems: readonly Problem[]) => OperationOutcome;
}

export interface RouteServices {
  identify: Identify;
  recordRefusal: (refused: RefusedRequest) => Promise<void>;
  log: Log;
}

/**
 * The one wrapper every route goes through: correlation id, identity, capability, the handler, and every error as an
 * OperationOutcome. A refused request has its own durable audit entry before it is answered, like a permitted one.
 */
export function route(services: RouteServices, facts: RouteFacts, handle: (asked: Asked) => Promise<Reply>): RequestHandler {
  return async (request, response) => {
    const startedAt = performance.now();
    const requestId = correlationId(request);
    const correlation = request.get('X-Correlation-ID');
    response.set({ 'X-Request-ID': requestId, 'Cache-Control': 'no-store', ...(correlation !== undefined && isPlainToken(correlation) && { 'X-Correlation-ID': correlation }) });
    let requester: Requester | null = null;
    try {
      const verified = await services.identify(request.headers);
      if ('problem' in verified) throw new Refusal(verified.problem);
      requester = verified.requester;
      const asked = describe(request, requester, requestId);
      const forbidden = facts.permit(requester, asked) ?? checkAcceptable(asked.header('Accept'), asked.query.find(([name]) => name === '_format')?.[1]);
      if (forbidden) throw new Refusal(forbidden);
      await send(response, await handle(asked));
    } catch (error) {
      await refuse(services, facts, { request, response, requester, requestId }, error);
    }
    services.log('request-finished', { requestId, method: request.method, route: facts.pattern, status: response.statusCode, durationMs: Math.round(performance.now() - startedAt) });
  };
}

async function refuse(
  services: RouteServices, facts: RouteFacts,
  { request, response, requester, requestId }: { request: Request; response: Response; requester: Requester | null; requestId: string }, error: unknown,
): Promise<void> {
  let problems = problemsOf(error);
  if (!(error instanceof Refusal)) services.log('request-failed', { requestId, route: facts.pattern, error });
  if (problems.some(({ code }) => code === 'audit-unavailable')) {
    services.log('audit-unavailable', { requestId }); // tried already: asking again would only keep the caller waiting
  } else if (!(error instanceof AuditedRefusal)) {
    try {
      await services.recordRefusal({
        requestId, requester, address: request.socket.remoteAddress ?? '', interaction: facts.interaction, pattern: facts.pattern,
        status: statusOf(problems), code: problems[0]?.code ?? 'internal',
      });
    } catch (auditError) {
      services.log('audit-unavailable', { requestId, error: auditError });
      problems = auditError instanceof Refusal ? auditError.problems : problems;
    }
  }
  if (response.headersSent) return void response.destroy();
  const [first] = problems;
  const challenge = first && challengeFor(first);
  if (challenge) response.set('WWW-Authenticate', challenge);
  const status = statusOf(problems);
  if (status === 503 || status === 429) response.set('Retry-After', String(first?.retryAfter ?? 5));
  if (status === 405 && facts.allow !== undefined) response.set('Allow', typeof facts.allow === 'string' ? facts.allow : facts.allow(paramsOf(request)));
  await send(response, { status, text: JSON.stringify((facts.outcome ?? outcomeOf)(problems)) });
}

function paramsOf(request: Request): Record<string, string> {
  return Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, Array.isArray(value) ? value.join('/') : (value ?? '')]));
}

function describe(request: Request, requester: Requester, requestId: string): Asked {
  const search = request.originalUrl.indexOf('?');
  return {
    requester, requestId, params: paramsOf(request),
    query: search < 0 ? [] : readParameters(request.originalUrl.slice(search + 1)),
    header: (name) => request.get(name),
    body: (maxBytes) => readBody(request, maxBytes),
    address: request.socket.remoteAddress ?? '',
  };
}

async function send(response: Response, { status, text, stream, headers }: Reply): Promise<void> {
  response.status(status).set({ 'Content-Type': 'application/fhir+json; charset=utf-8', ...headers });
  if (text === undefined && !stream) response.removeHeader('Content-Type');
  if (stream) await sendLines(response, stream);
  response.end(text);
}

/** The status has left by the time something fails: the last line is then the OperationOutcome that would have been the answer. */
async function sendLines(response: Response, stream: NonNullable<Reply['stream']>): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => { gone.abort(); });
  try {
    await stream((line) => void response.write(`${line}\n`), gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) response.write(`${JSON.stringify(outcomeOf(problemsOf(error)))}\n`);
  }
}

/** The caller's X-Request-ID when it is a plain token without an NHS number, else a new one: nothing a caller typed reaches a log unchecked. */
function correlationId(request: Request): string {
  const given = request.get('X-Request-ID');
  return given !== undefined && isPlainToken(given) ? given : randomUUID();
}

function isPlainToken(given: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}$/.test(given) && !namesSomebody(given);
}

/** Ten digits, in one piece or as printed on letters. Inside a UUID or a trace id they mean nothing. */
function namesSomebody(token: string): boolean {
  const random = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{16})$/i.test(token);
  return !random && /\d{3}[-._]?\d{3}[-._]?\d{4}/.test(token);
}

import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Request, RequestHandler, Response } from 'express';
import type { RefusedRequest } from '../../flow/describe-refused-request.ts';
import type { RequestFacts } from '../../flow/release-context.ts';
import { outcomeOf, outcomeOfRequest, problemsOf, statusOf } from '../../fhir/outcome.ts';
import { AuditedRefusal, Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Log } from '../log.ts';
import { checkClaimedContext } from './check-claimed-context.ts';
import { checkContext } from './check-context.ts';
import { checkPreference } from './check-preference.ts';
import type { Form } from './negotiate-form.ts';
import { asksForForm, type OtherForm } from './other-form.ts';
import { challengeFor } from './oauth/challenge.ts';
import type { RateLimits } from './rate-limits.ts';
import { readBody } from './read-body.ts';
import { readSentParameters } from './read-parameters.ts';
import { contentTypes, partSaid, plainJson, readRepresentation, represent, type Representation } from './representation.ts';
import type { Identify } from './session/identify.ts';

/** What a handler gets: the verified requester and the request's plain facts. */
export interface Asked {
  requester: Requester;
  params: Readonly<Record<string, string>>;
  /** nothing but the headers is asked for */
  head: boolean;
  /** decoded query parameters in order */
  query: [string, string][];
  header: (name: string) => string | undefined;
  body: (maxBytes: number) => Promise<Uint8Array>;
  /** parameters from the body that may shape the answer, as those of the address do: throws what cannot be offered */
  shapedBy: (parameters: readonly (readonly [string, string])[]) => void;
  /** as the audit trail names it */
  request: RequestFacts;
}

export interface Reply {
  status: number;
  /** JSON text, passed through as it is where nothing else is asked for */
  text?: string;
  /** instead of a text: writes it line by line as the work goes on, until it is done or the caller has gone; what is written has room once its promise resolves */
  stream?: (write: (line: string) => Promise<void>, gone: AbortSignal) => Promise<void>;
  headers?: Record<string, string>;
  /** the stream is long: it goes out as gzip to who takes that */
  zips?: true;
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
  /** forms this address writes beside those of FHIR */
  writes?: readonly OtherForm[];
  /** opened as a page of its own, too: a session's cookie then counts where the browser asks for a document */
  page?: true;
  /** takes `_elements` and `_summary` */
  parts?: boolean;
  /** takes `Prefer: handling=…`, and says so */
  handling?: boolean;
  /** answers later, and takes `Prefer: respond-async` */
  later?: true;
  /** how problems are told where a standard asks for more than an OperationOutcome with the gateway's own codes */
  outcome?: (problems: readonly Problem[]) => OperationOutcome;
}

export interface RouteServices {
  identify: Identify;
  recordRefusal: (refused: RefusedRequest) => Promise<void>;
  log: Log;
  rates: RateLimits;
  /** forms its answers may be asked for in; default JSON alone */
  forms?: readonly Form[];
}

/**
 * The one wrapper every route goes through: correlation id, identity, capability, the handler, and every error as an
 * OperationOutcome. A refused request has its own durable audit entry before it is answered, like a permitted one.
 */
export function route(services: RouteServices, facts: RouteFacts, handle: (asked: Asked) => Promise<Reply>): RequestHandler {
  return async (received, response) => {
    const startedAt = performance.now();
    const request = requestOf(received);
    response.set({ 'X-Request-ID': request.id, 'Cache-Control': 'no-store', ...(request.correlation !== undefined && { 'X-Correlation-ID': request.correlation }) });
    let requester: Requester | null = null;
    let representation = plainJson;
    try {
      requester = await whoAsks(services, facts, received);
      await services.rates.countRequest(requester);
      const asked = describe(received, requester, request, (parameters) => {
        representation = representationOf(received, services, facts, parameters);
        const shape = partSaid(representation);
        if (shape !== null) request.shape = shape; // what shapes a search by POST is read with its body
      });
      const forbidden = checkRepeated(received.headersDistinct) ?? checkClaimedContext(asked.header, requester) ?? checkContext(requester, facts.interaction, asked.params['type']) ?? facts.permit(requester, asked) ?? checkPreference(asked.header('Prefer'), facts.later === true);
      if (forbidden) throw new Refusal(forbidden);
      asked.shapedBy([]);
      const reply = await handle(asked);
      if (facts.handling) response.set(preferenceApplied(asked.header('Prefer')));
      await send(response, reply, representation);
    } catch (error) {
      await refuse(services, facts, { received, response, requester, request }, error);
    }
    services.log('request-finished', { requestId: request.id, method: received.method, route: facts.pattern, status: response.statusCode, durationMs: Math.round(performance.now() - startedAt) });
  };
}

/** Conditions of a write: joined, two would be one that means something else. */
function checkRepeated(headers: Request['headersDistinct']): Problem | null {
  const field = ['If-Match', 'If-None-Exist'].find((name) => (headers[name.toLowerCase()]?.length ?? 0) > 1);
  return field === undefined ? null : { category: 'invalid', code: 'header-invalid', text: 'A header that is a condition is there more than once.', at: { field }, expected: `${field} once` };
}

/** Identity. Who names nobody is told so, or that their address did so too often; somebody else behind the same address goes on. */
async function whoAsks({ identify, rates }: RouteServices, { page }: RouteFacts, { ip = '', headers }: Request): Promise<Requester> {
  const verified = await identify(headers, page);
  if ('problem' in verified) {
    await rates.admit(ip);
    if (verified.problem.category === 'unauthenticated') await rates.countAddress(ip);
    throw new Refusal(verified.problem);
  }
  return verified.requester;
}

async function refuse(
  services: RouteServices, facts: RouteFacts,
  { received, response, requester, request }: { received: Request; response: Response; requester: Requester | null; request: RequestFacts }, error: unknown,
): Promise<void> {
  let problems = problemsOf(error);
  if (!(error instanceof Refusal)) services.log('request-failed', { requestId: request.id, route: facts.pattern, error });
  if (problems.some(({ code }) => code === 'audit-unavailable')) {
    services.log('audit-unavailable', { requestId: request.id }); // tried already: asking again would only keep the caller waiting
  } else if (!(error instanceof AuditedRefusal)) {
    try {
      await services.recordRefusal({
        request, requester, interaction: facts.interaction, pattern: facts.pattern,
        status: statusOf(problems), code: problems[0]?.code ?? 'internal',
      });
    } catch (auditError) {
      services.log('audit-unavailable', { requestId: request.id, error: auditError });
      problems = auditError instanceof Refusal ? auditError.problems : problems;
    }
  }
  if (response.headersSent) return void response.destroy();
  const [first] = problems;
  const challenge = first && challengeFor(first);
  if (challenge) response.set('WWW-Authenticate', challenge);
  const status = statusOf(problems);
  if (status === 503 || status === 429) response.set('Retry-After', String(first?.retryAfter ?? 5));
  if (status === 405 && facts.allow !== undefined) response.set('Allow', typeof facts.allow === 'string' ? facts.allow : facts.allow(paramsOf(received)));
  await send(response, { status, text: JSON.stringify((facts.outcome ?? (services.forms ? outcomeOfRequest : outcomeOf))(problems)) }, refusalForm(received, services));
}

function describe(received: Request, requester: Requester, request: RequestFacts, shape: Asked['shapedBy']): Asked {
  const query = queryOf(received);
  return {
    requester, request, query, params: paramsOf(received), head: received.method === 'HEAD',
    shapedBy: (parameters) => { shape([...query, ...parameters]); },
    header: (name) => received.get(name),
    body: (maxBytes) => readBody(received, maxBytes),
  };
}

function paramsOf(request: Request): Record<string, string> {
  return Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, Array.isArray(value) ? value.join('/') : (value ?? '')]));
}

function queryOf(request: Request): [string, string][] {
  const search = request.originalUrl.indexOf('?');
  return search < 0 ? [] : readSentParameters(request.originalUrl.slice(search + 1));
}

function representationOf(request: Request, { forms = ['json'] }: RouteServices, facts: Pick<RouteFacts, 'parts' | 'handling' | 'writes'>, parameters: Parameters<Asked['shapedBy']>[0]): Representation {
  const asked = { header: (name: string) => request.get(name), query: queryOf(request) };
  if (facts.writes?.some((form) => asksForForm(asked, form))) return plainJson;
  const wishes = { accept: request.get('Accept'), contentType: request.get('Content-Type') };
  return readRepresentation(wishes, parameters, { forms, parts: facts.parts ? (paramsOf(request)['type'] ?? '') : null, counts: facts.handling === true });
}

/** A refusal is told in the form asked for too, and in JSON where that is why it is refused. */
function refusalForm(request: Request, services: RouteServices): Representation {
  try {
    return representationOf(request, services, {}, queryOf(request));
  } catch {
    return plainJson;
  }
}

/** RFC 7240: what was asked for and is done. */
function preferenceApplied(prefer: string | undefined): Record<string, string> {
  const handling = /\bhandling=(strict|lenient)\b/.exec(prefer ?? '')?.[1];
  return handling === undefined ? {} : { 'Preference-Applied': `handling=${handling}` };
}

async function send(response: Response, { status, text, stream, headers, zips }: Reply, representation: Representation): Promise<void> {
  const asked = text !== undefined && headers?.['Content-Type'] === undefined ? represent(text, representation) : text;
  response.status(status).set({ 'Content-Type': contentTypes[representation.form], ...headers });
  if (text === undefined && !stream) response.removeHeader('Content-Type');
  const out = zips && takesGzip(response.req.get('Accept-Encoding')) ? zipped(response) : response;
  if (stream && response.req.method !== 'HEAD') await sendLines(out, response, stream);
  out.end(asked);
}

function takesGzip(accepts = ''): boolean {
  return /(?:^|[\s,])gzip\s*(?:$|,|;(?!\s*q=0(?:\.0*)?\s*(?:$|,)))/i.test(accepts);
}

/** What is written here arrives there; where the caller has gone nothing waits for room. */
function zipped(response: Response): Writable {
  const out = createGzip();
  response.set('Content-Encoding', 'gzip').once('close', () => { out.destroy(); });
  out.pipe(response);
  return out;
}

/** The status has left by the time something fails: the last line is then the OperationOutcome that would have been the answer. */
async function sendLines(out: Writable, response: Response, stream: NonNullable<Reply['stream']>): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => { gone.abort(); });
  try {
    await stream((line) => roomAfter(out, `${line}\n`), gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) out.write(`${JSON.stringify(outcomeOf(problemsOf(error)))}\n`);
  }
}

/** Whoever reads slowly is waited for: what waits in between is never more than one line beyond the socket's own room. */
async function roomAfter(out: Writable, text: string): Promise<void> {
  if (out.write(text) || out.destroyed) return;
  await new Promise<void>((resolve) => {
    const room = (): void => {
      out.off('drain', room).off('close', room);
      resolve();
    };
    out.on('drain', room).on('close', room);
  });
}

/**
 * The caller's X-Request-ID when it is a plain token without an NHS number, else a new one, and its X-Correlation-ID when
 * it is one: nothing a caller typed reaches a log, the trail or an answer unchecked.
 */
function requestOf(received: Request): RequestFacts {
  const [id, correlation] = ['X-Request-ID', 'X-Correlation-ID'].map((name) => received.get(name)).map((given) => (given !== undefined && isPlainToken(given) ? given : undefined));
  return { id: id ?? randomUUID(), address: received.ip ?? '', ...(correlation !== undefined && { correlation }) };
}

function isPlainToken(given: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}$/.test(given) && !namesSomebody(given);
}

/** Ten digits, in one piece or as printed on letters. Inside a UUID or a trace id they mean nothing. */
function namesSomebody(token: string): boolean {
  const random = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{16})$/i.test(token);
  return !random && /\d{3}[-._]?\d{3}[-._]?\d{4}/.test(token);
}

import type { OperationOutcome } from '@medplum/fhirtypes';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { CliContext } from './cli-context.ts';
import { tokenFor } from './token.ts';

const timeoutMs = 30_000;
const streamTimeoutMs = 20 * 60_000;

export interface GatewayCall {
  method: 'GET' | 'POST' | 'HEAD' | 'PATCH' | 'DELETE';
  /** below the gateway's address, percent-encoded */
  path: string;
  body?: { type: string; text: string | Uint8Array<ArrayBuffer> };
  headers?: Record<string, string>;
}

/** Where a command goes and as whom: options of every command that calls the gateway. */
export interface CallOptions {
  base: string;
  as?: string;
}

/** Calls the running gateway with ONESTORY_TOKEN, or with a token of the persona after `--as`. Its refusal comes back as it was told. */
export async function callGateway(context: CliContext, options: CallOptions, call: GatewayCall): Promise<{ answer: unknown } | { problems: Problem[] }> {
  const base = baseOf(options);
  const reached = await reach(context, options, call, timeoutMs);
  if ('problems' in reached) return reached;
  try {
    const answer = readJson(await reached.response.text());
    return reached.response.ok && answer !== null ? { answer } : { problems: problemsFrom(answer, base) };
  } catch {
    return { problems: [notRunning(base)] };
  }
}

/** The same where what matters are the answer's headers, and a refusal by its status may be no failure. */
export async function askGateway(context: CliContext, options: CallOptions, call: GatewayCall): Promise<{ response: Response } | { problems: Problem[]; status: number }> {
  const reached = await reach(context, options, call, timeoutMs);
  if ('problems' in reached) return { ...reached, status: 0 };
  if (reached.response.ok) return reached;
  const { status } = reached.response;
  // an answer to HEAD has no body to say why
  const told = call.method === 'HEAD' ? [{ category: 'invalid' as const, code: 'gateway-refused', text: `The gateway refused with status ${status}.` }] : problemsFrom(readJson(await reached.response.text()), baseOf(options));
  return { problems: told, status };
}

/** The same where the answer comes line by line, for minutes: each line of JSON as it arrives. An OperationOutcome as a line is a refusal, too. */
export async function streamFromGateway(context: CliContext, options: CallOptions, call: GatewayCall, take: (line: Record<string, unknown>) => void): Promise<Problem[]> {
  const base = baseOf(options);
  const reached = await reach(context, options, call, streamTimeoutMs);
  if ('problems' in reached) return reached.problems;
  const { response } = reached;
  try {
    if (!response.ok || !response.body) return problemsFrom(readJson(await response.text()), base);
    for await (const text of linesOf(response.body)) {
      const line = readJson(text);
      if (line === null || typeof line !== 'object' || 'resourceType' in line) return problemsFrom(line, base);
      take(line as Record<string, unknown>);
    }
    return [];
  } catch {
    return [brokenOff(base)];
  }
}

/** The same where the answer is text and not JSON. */
export async function textFromGateway(context: CliContext, options: CallOptions, call: GatewayCall): Promise<{ text: string } | { problems: Problem[] }> {
  const reached = await reach(context, options, call, timeoutMs);
  if ('problems' in reached) return reached;
  const text = await reached.response.text().catch(() => '');
  return reached.response.ok ? { text } : { problems: problemsFrom(readJson(text), baseOf(options)) };
}

/** The same where the answer is lines of text that are passed on as they are, however many. Throws a Refusal where it is refused or breaks off. */
export async function* linesFromGateway(context: CliContext, options: CallOptions, call: GatewayCall): AsyncGenerator<string> {
  const base = baseOf(options);
  const reached = await reach(context, options, call, streamTimeoutMs);
  if ('problems' in reached) throw new Refusal(...reached.problems);
  const { response } = reached;
  if (!response.ok || !response.body) throw new Refusal(...problemsFrom(readJson(await response.text().catch(() => '')), base));
  const lines = linesOf(response.body);
  for (;;) {
    const next = await lines.next().catch(() => { throw new Refusal(brokenOff(base)); });
    if (next.done === true) return;
    if (next.value.startsWith('{"resourceType":"OperationOutcome"')) throw new Refusal(...problemsFrom(readJson(next.value), base));
    yield next.value;
  }
}

async function reach(context: CliContext, options: CallOptions, call: GatewayCall, withinMs: number): Promise<{ response: Response } | { problems: Problem[] }> {
  const token = await tokenOf(context, options);
  if ('problem' in token) return { problems: [token.problem] };
  const base = baseOf(options);
  try {
    return { response: await fetch(`${base}${call.path}`, {
      method: call.method, redirect: 'error', signal: AbortSignal.timeout(withinMs), body: call.body?.text ?? null,
      headers: { Authorization: `Bearer ${token.token}`, Accept: 'application/json', ...(call.body && { 'Content-Type': call.body.type }), ...call.headers },
    }) };
  } catch {
    return { problems: [notRunning(base)] };
  }
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of body) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function baseOf({ base }: CallOptions): string {
  return base.replace(/\/+$/, '');
}

function brokenOff(base: string): Problem {
  return { category: 'unavailable', code: 'gateway-answer-broken', text: `The answer of ${base} broke off.`, fix: 'Look at the gateway\'s log, and ask again.' };
}

export function notRunning(base: string): Problem {
  return { category: 'unavailable', code: 'gateway-not-running', text: `No gateway answers at ${base}.`, fix: 'Start it with npm start, or name the right address with --base.' };
}

/** ONESTORY_TOKEN, or a token of the persona. */
export async function tokenOf(context: CliContext, { base, as }: CallOptions): Promise<{ token: string } | { problem: Problem }> {
  if (as !== undefined) return tokenFor({ who: as, base, dataDir: context.dataDir, personas: context.personas, clock: context.clock });
  return context.token === null
    ? { problem: { category: 'unauthenticated', code: 'token-not-given', text: 'The gateway must know who asks.', fix: 'Set ONESTORY_TOKEN to an access token, or with the demo name a persona: --as governance-lead.' } }
    : { token: context.token };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** An OperationOutcome as problems again; anything else is no gateway of ours. */
function problemsFrom(answer: unknown, base: string): Problem[] {
  const { resourceType, issue } = (answer ?? {}) as Partial<OperationOutcome>;
  if (resourceType !== 'OperationOutcome' || !Array.isArray(issue)) {
    return [{ category: 'unavailable', code: 'gateway-answer-unknown', text: `What answers at ${base} is not a OneStory gateway of this version.`, fix: 'Check --base.' }];
  }
  return issue.map(({ details, diagnostics }): Problem => {
    const told: Problem = { category: 'invalid', code: 'gateway-refused', text: details?.text ?? 'The gateway refused.' };
    return { ...told, ...(details?.coding?.[0]?.code !== undefined && { code: details.coding[0].code }), ...partsOf(diagnostics ?? '') };
  });
}

/** What the gateway says beside the sentence (see outcomeOf): what was expected, and how to mend it, after where it is. */
function partsOf(diagnostics: string): Pick<Problem, 'expected' | 'fix'> {
  const [before = '', fix] = diagnostics.split(/ ?To mend it: /, 2);
  const [where = '', expected] = before.split(/ ?Expected: /, 2);
  const told = [where.replace(/\.$/, ''), expected?.replace(/\.$/, '')].filter((part) => part).join(', ');
  return { ...(told !== '' && { expected: told }), ...(fix !== undefined && { fix }) };
}

import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Problem } from '../../fhir/problem.ts';
import type { CliContext } from './cli-context.ts';
import { tokenFor } from './token.ts';

const timeoutMs = 30_000;

export interface GatewayCall {
  method: 'GET' | 'POST';
  /** below the gateway's address, percent-encoded */
  path: string;
  body?: { type: string; text: string };
}

/** Where a command goes and as whom: options of every command that calls the gateway. */
export interface CallOptions {
  base: string;
  as?: string;
}

/** Calls the running gateway with ONESTORY_TOKEN, or with a token of the persona after `--as`. Its refusal comes back as it was told. */
export async function callGateway(context: CliContext, options: CallOptions, call: GatewayCall): Promise<{ answer: unknown } | { problems: Problem[] }> {
  const token = await tokenOf(context, options);
  if ('problem' in token) return { problems: [token.problem] };
  const base = options.base.replace(/\/+$/, '');
  let status: number;
  let answer: unknown;
  try {
    const response = await fetch(`${base}${call.path}`, {
      method: call.method, redirect: 'error', signal: AbortSignal.timeout(timeoutMs), body: call.body?.text ?? null,
      headers: { Authorization: `Bearer ${token.token}`, Accept: 'application/json', ...(call.body && { 'Content-Type': call.body.type }) },
    });
    status = response.status;
    answer = readJson(await response.text());
  } catch {
    return { problems: [{ category: 'unavailable', code: 'gateway-not-running', text: `No gateway answers at ${base}.`, fix: 'Start it with npm start, or name the right address with --base.' }] };
  }
  return status < 300 && answer !== null ? { answer } : { problems: problemsFrom(answer, base) };
}

async function tokenOf(context: CliContext, { base, as }: CallOptions): Promise<{ token: string } | { problem: Problem }> {
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
    return { ...told, ...(details?.coding?.[0]?.code !== undefined && { code: details.coding[0].code }), ...(diagnostics !== undefined && { fix: diagnostics }) };
  });
}

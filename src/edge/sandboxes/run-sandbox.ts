import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { SmartFacts } from '../http/smart-configuration.ts';
import { sayWho } from './say-who.ts';

/** A sandbox that listens. */
export interface RunningSandbox {
  /** on loopback */
  port: number;
  /** the Authorization header that tells it who asks */
  authorise: (requester: Requester) => Promise<string>;
  /** resolves when its process is gone, whoever ended it */
  ended: Promise<void>;
  stop: () => Promise<void>;
}

/** What a sandbox may know of the gateway that starts it: the address callers use, and where its tokens come from. */
export interface SandboxOf extends Pick<Config, 'baseUrl' | 'logLevel' | 'rates'> {
  smart: SmartFacts;
}

/** What it is told once it runs. */
export interface ToldSandbox {
  /** base64 */
  secret: string;
  smart: SmartFacts;
}

const program = join(import.meta.dirname, '..', '..', 'sandbox.ts');
/** of its JavaScript; the embedded database has its own memory */
const mostMegabytes = 512;
/** one that has not begun, or not ended, by then is broken */
const [startMs, stopMs] = [180_000, 10_000];

/**
 * The whole environment of a sandbox's process. Nothing of the gateway's own is passed on: without an address of the record,
 * and without credentials for it, there is no way from a sandbox to it.
 */
export function sandboxEnvironment({ baseUrl, smart, logLevel, rates }: SandboxOf, folder: string): Record<string, string> {
  return { BASE_URL: `${baseUrl}/sandbox`, DATA_DIR: folder, OIDC_ISSUER: smart.issuer, LOG_LEVEL: logLevel, ONESTORY_RATE_CLIENT: String(rates.clientPerMinute) };
}

/** Starts one in a process of its own, and waits until it listens. Its own mistakes are told as ours: a sandbox that cannot start is unavailable. */
export function runSandbox(of: SandboxOf, folder: string): Promise<RunningSandbox> {
  const child = fork(program, [], { env: sandboxEnvironment(of, folder), execArgv: [`--max-old-space-size=${mostMegabytes}`], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const secret = randomBytes(32);
  child.send({ secret: secret.toString('base64'), smart: of.smart } satisfies ToldSandbox);
  const ended = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  const endAfter = (ms: number): NodeJS.Timeout => setTimeout(() => { child.kill('SIGKILL'); }, ms).unref();
  const stop = (): Promise<void> => {
    child.kill('SIGTERM');
    const late = endAfter(stopMs);
    return ended.then(() => { clearTimeout(late); });
  };
  const starting = endAfter(startMs);
  return new Promise((resolve, reject) => {
    child.once('message', (told) => {
      clearTimeout(starting);
      resolve({ port: Number((told as { port?: unknown }).port), authorise: (requester) => sayWho(secret, requester), ended, stop });
    });
    child.once('error', () => { reject(new Refusal(notStarted)); });
    void ended.then(() => { reject(new Refusal(notStarted)); });
  });
}

const notStarted = { category: 'unavailable', code: 'sandbox-not-started', text: 'The sandbox could not be started.', fix: 'Try again in a minute; the gateway\'s log says why.' } as const;

import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { Refusal } from '../../fhir/problem.ts';

/** A sandbox that listens. */
export interface RunningSandbox {
  /** on loopback */
  port: number;
  /** resolves when its process is gone, whoever ended it */
  ended: Promise<void>;
  stop: () => Promise<void>;
}

/** What a sandbox may know of the gateway that starts it: whose tokens it accepts, and the address callers use. */
export type SandboxOf = Pick<Config, 'baseUrl' | 'issuer' | 'logLevel'>;

const program = join(import.meta.dirname, '..', '..', 'sandbox.ts');
/** of its JavaScript; the embedded database has its own memory */
const mostMegabytes = 512;

/**
 * The whole environment of a sandbox's process. Nothing of the gateway's own is passed on: without an address of the record,
 * and without credentials for it, there is no way from a sandbox to it.
 */
export function sandboxEnvironment({ baseUrl, issuer, logLevel }: SandboxOf, folder: string): Record<string, string> {
  return {
    BASE_URL: `${baseUrl}/sandbox`, DATA_DIR: folder, OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: issuer.audience, OIDC_ALGORITHMS: issuer.algorithms.join(','), LOG_LEVEL: logLevel,
  };
}

/** Starts one in a process of its own, and waits until it listens. Its own mistakes are told as ours: a sandbox that cannot start is unavailable. */
export function runSandbox(of: SandboxOf, folder: string): Promise<RunningSandbox> {
  const child = fork(program, [], { env: sandboxEnvironment(of, folder), execArgv: [`--max-old-space-size=${mostMegabytes}`], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  const stop = (): Promise<void> => {
    child.kill('SIGTERM');
    return ended;
  };
  return new Promise((resolve, reject) => {
    child.once('message', (told) => { resolve({ port: Number((told as { port?: unknown }).port), ended, stop }); });
    child.once('error', () => { reject(new Refusal(notStarted)); });
    void ended.then(() => { reject(new Refusal(notStarted)); });
  });
}

const notStarted = { category: 'unavailable', code: 'sandbox-not-started', text: 'The sandbox could not be started.', fix: 'Try again in a minute; the gateway\'s log says why.' } as const;

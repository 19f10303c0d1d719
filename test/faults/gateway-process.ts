import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personas } from '../../src/demo/personas.ts';
import { tokenFor } from '../../src/edge/cli/token.ts';
import { freePort } from '../postgres-setup.ts';

const root = join(import.meta.dirname, '..', '..');
const startLimitMs = 300_000;

export interface GatewaySettings {
  port: number;
  dataDir: string;
  /** absent: the embedded database in `dataDir` */
  databaseUrl?: string;
  demo: boolean;
  /** variables beside these */
  environment?: Record<string, string>;
}

/** The real program as a process of its own, as `npm start` runs it. */
export interface GatewayProcess {
  url: string;
  pid: number;
  /** what it wrote to standard error so far */
  errors: () => string;
  /** resolves when it answers `/readyz` with 200; rejects when it ended first or took too long */
  ready: () => Promise<void>;
  running: () => boolean;
  /** how it ended: its exit code, or the signal that ended it */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** sends the signal and waits until the process is gone */
  stop: (signal: 'SIGKILL' | 'SIGTERM') => Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** A free port and an empty data folder. */
export async function newSettings(databaseUrl?: string): Promise<GatewaySettings> {
  return {
    port: await freePort(), dataDir: mkdtempSync(join(tmpdir(), 'onestory-fault-')), demo: false, ...(databaseUrl !== undefined && { databaseUrl }),
  };
}

export function spawnGateway(settings: GatewaySettings): GatewayProcess {
  const child: ChildProcess = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join('src', 'main.ts')], {
    cwd: root, stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], PORT: String(settings.port), DATA_DIR: settings.dataDir, DEMO: String(settings.demo), LOG_LEVEL: 'error',
      ...(settings.databaseUrl !== undefined && { DATABASE_URL: settings.databaseUrl }), ...settings.environment,
    },
  });
  let errors = '';
  child.stderr?.on('data', (part: Buffer) => { errors += part.toString(); });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => { resolve({ code, signal }); });
  });
  const url = `http://127.0.0.1:${settings.port}`;
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    url, running, ended, pid: child.pid ?? 0, errors: () => errors,
    ready: async () => {
      const until = Date.now() + startLimitMs;
      while (running() && Date.now() < until) {
        const ready = await fetch(`${url}/readyz`).then((response) => response.ok, () => false);
        if (ready) return;
        await pause(20);
      }
      throw new Error(`the gateway did not get ready: ${errors}`);
    },
    stop: async (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** A token of a persona or a feed's client from the gateway's own issuer. */
export async function tokenOf(gateway: GatewayProcess, settings: GatewaySettings, who: string): Promise<string> {
  const answer = await tokenFor({ who, base: gateway.url, dataDir: settings.dataDir, personas, clock: () => new Date() });
  if ('problem' in answer) throw new Error(answer.problem.code);
  return answer.token;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

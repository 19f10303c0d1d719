import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { runSandbox } from './run-sandbox.ts';
import { createSandboxes, type Sandboxes } from './sandboxes.ts';

const idleMs = 30 * 60_000;

/** Partners' sandboxes where the configuration offers any. */
export function openSandboxes(config: Pick<Config, 'baseUrl' | 'dataDir' | 'issuer' | 'logLevel' | 'sandboxes'>): Sandboxes | undefined {
  if (config.sandboxes === 0) return undefined;
  return createSandboxes({ run: (folder) => runSandbox(config, folder), folder: join(config.dataDir, 'sandboxes'), most: config.sandboxes, idleMs, clock: () => new Date() });
}

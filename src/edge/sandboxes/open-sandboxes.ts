import { join } from 'node:path';
import type { Config } from '../../config.ts';
import type { SmartFacts } from '../http/smart-configuration.ts';
import { runSandbox } from './run-sandbox.ts';
import { createSandboxes, type Sandboxes } from './sandboxes.ts';

const idleMs = 30 * 60_000;

/** Partners' sandboxes where the configuration offers any. */
export function openSandboxes({ baseUrl, dataDir, logLevel, rates, sandboxes }: Pick<Config, 'baseUrl' | 'dataDir' | 'logLevel' | 'rates' | 'sandboxes'>, smart: SmartFacts): Sandboxes | undefined {
  if (sandboxes === 0) return undefined;
  return createSandboxes({ run: (folder) => runSandbox({ baseUrl, logLevel, rates, smart }, folder), folder: join(dataDir, 'sandboxes'), most: sandboxes, idleMs, clock: () => new Date() });
}

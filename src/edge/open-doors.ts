import { readFileSync } from 'node:fs';
import type { Config } from '../config.ts';
import { Refusal } from '../fhir/problem.ts';
import type { Services } from '../services.ts';
import { startCheckpoints } from './checkpoints/publish-checkpoints.ts';
import { watchFolder } from './file-drop/watch-folder.ts';
import type { Log } from './log.ts';
import { listenMetrics } from './metrics/listen-metrics.ts';
import type { Metrics } from './metrics/metrics.ts';
import { listenMllp } from './mllp/listen-mllp.ts';
import { startPulls } from './pull/start-pulls.ts';

/** Every other way in is found by the gateway's own port. */
export interface Doors {
  /** takes nothing more, and finishes what it has; a message that is not answered after `drainMs` is cut */
  close: (drainMs: number) => Promise<void>;
}

/** As the standard has them, for one message at a time: see docs/operating.md. */
const mllpLimits = { connections: 100, betweenBytesMs: 10_000, frameMs: 60_000, idleMs: 600_000 };

/** Opens the doors that are configured: the MLLP listener, the folder of dropped files, the sources that are pulled, the folder that checkpoints go to, the port for metrics. Refused when what they are bound to is not there. */
export async function openDoors(config: Pick<Config, 'mllp' | 'dropDir' | 'limits' | 'dataDir' | 'audit' | 'metrics'>, services: Services, log: Log, metrics: Metrics): Promise<Doors> {
  metrics.measure(services.operation);
  const measured = config.metrics && await listenMetrics(metrics, { ...config.metrics, token: readToken(config.metrics.tokenFile) });
  const mllp = config.mllp && await openMllp(config.mllp, config.limits.intakeBytes, services, log);
  const drop = config.dropDir === null ? null : watchFolder({ folder: config.dropDir, ...services.dropped, limitOf: services.intakeLimit, log });
  const pulls = startPulls({ services: services.pulling, targets: services.pullTargets, dataDir: config.dataDir, log });
  const checkpoints = startCheckpoints({ publishing: services.auditLog.publishing, folder: config.audit.checkpointDir, log });
  return {
    close: async (drainMs) => {
      await Promise.all([mllp?.close(drainMs), drop?.stop(), pulls.stop(), checkpoints.stop(), measured?.close()]);
    },
  };
}

function openMllp({ host, port, tls, clients }: NonNullable<Config['mllp']>, messageBytes: number, services: Services, log: Log): ReturnType<typeof listenMllp> {
  const unknown = clients.filter(({ feed }) => !services.takesMessages(feed));
  if (unknown.length > 0) {
    throw new Refusal({ category: 'invalid', code: 'config-invalid', text: 'ONESTORY_MLLP_CLIENTS: A feed named here is not one that sends HL7 v2.', at: { field: 'ONESTORY_MLLP_CLIENTS' }, expected: 'HL7 v2 feeds of mappings/feeds.yaml' });
  }
  return listenMllp({
    host, port, clients, log, limits: { ...mllpLimits, messageBytes: Math.min(messageBytes, 4 * 1024 ** 2) },
    tls: tls && { certificate: readPem(tls.certificateFile, 'ONESTORY_MLLP_CERT_FILE'), key: readPem(tls.keyFile, 'ONESTORY_MLLP_KEY_FILE'), clientAuthorities: readPem(tls.authoritiesFile, 'ONESTORY_MLLP_CA_FILE') },
    receive: services.receiveMessage, refuse: services.refuseFrame,
  });
}

/** One line, of which nobody guesses much. */
function readToken(file: string | null): string | null {
  if (file === null) return null;
  const token = readFileText(file)?.trim() ?? '';
  if (/^[\x21-\x7e]{32,}$/.test(token)) return token;
  throw new Refusal({ category: 'invalid', code: 'config-invalid', text: 'ONESTORY_METRICS_TOKEN_FILE: The file cannot be read, or holds no token.', at: { field: 'ONESTORY_METRICS_TOKEN_FILE' }, expected: 'one line of at least 32 printable characters without a space' });
}

function readFileText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function readPem(file: string, name: string): string {
  const text = readFileText(file);
  if (text === null) throw new Refusal({ category: 'invalid', code: 'config-invalid', text: `${name}: The file cannot be read.`, at: { field: name }, expected: 'a PEM file' });
  return text;
}

import { resolve } from 'node:path';
import { isLoopback, type Settings } from './config-settings.ts';

/** Where metrics are fetched from. */
export interface MetricsConfig {
  readonly host: string;
  readonly port: number;
  /** absolute; a file with the bearer token that must be shown; null: on loopback only */
  readonly tokenFile: string | null;
}

/** Null where no port is set. Refused: an address beyond this machine that asks nobody for a token. */
export function readMetrics(settings: Settings): MetricsConfig | null {
  const host = settings.host('ONESTORY_METRICS_HOST', '127.0.0.1');
  const port = settings.integer('ONESTORY_METRICS_PORT', 0, 1, 65_535);
  const tokenFile = settings.text('ONESTORY_METRICS_TOKEN_FILE');
  if (settings.text('ONESTORY_METRICS_PORT') === null) return null;
  if (tokenFile === null && !isLoopback(host)) {
    settings.refuse('ONESTORY_METRICS_HOST', 'Beyond this machine metrics are given to whoever shows a token.', '127.0.0.1, ::1 or localhost', 'Set ONESTORY_METRICS_TOKEN_FILE, or leave the host as it is.');
  }
  return { host, port, tokenFile: tokenFile === null ? null : resolve(tokenFile) };
}

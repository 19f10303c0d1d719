import { isIP } from 'node:net';
import { resolve } from 'node:path';

import { readAudit, type AuditConfig } from './config-audit.ts';
import { readMetrics, type MetricsConfig } from './config-metrics.ts';
import { readMllp, type MllpConfig } from './config-mllp.ts';
import { isLoopback, Settings } from './config-settings.ts';
import type { Environment } from './config-settings.ts';
import { usualSmallNumber } from './consent/suppress-small-numbers.ts';
import type { Problem } from './fhir/problem.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Asymmetric only: with a shared-secret algorithm our public key would be the secret. */
const algorithms = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA', 'Ed25519'];

/** Whose access tokens are accepted. `embedded` is the demo's own issuer, on loopback only. */
export interface IssuerConfig {
  readonly kind: 'embedded' | 'external';
  /** the exact `iss` */
  readonly url: string;
  /** the `aud` a token must name */
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** absolute; what the gateway signs its own tokens with, the first signs; empty: one in the data folder */
  readonly keyFiles: readonly string[];
  /** absolute; more issuers; null: none */
  readonly othersFile: string | null;
}

/** The viewer as a client of an external issuer; the embedded one knows it already. */
export interface ViewerClientConfig {
  readonly clientId: string;
  readonly secret: string | null;
  /** absolute; a private key as a JWK */
  readonly keyFile: string | null;
  readonly scope: string;
}

export interface SessionConfig {
  /** a session nobody uses ends after this long */
  readonly idleSeconds: number;
  /** any session ends after this long */
  readonly maxSeconds: number;
}

export interface EmergencyConfig {
  /** how long one access lasts */
  readonly minutes: number;
  /** most access one person is given within an hour */
  readonly perHour: number;
  /** a review open for this long is overdue */
  readonly reviewDays: number;
}

export interface Limits {
  readonly bodyBytes: number;
  readonly intakeBytes: number;
  readonly jsonDepth: number;
  readonly requestTimeoutMs: number;
}

/** What one process runs with; made once from the environment and never changed. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** no trailing slash; `${baseUrl}/fhir` is the FHIR base */
  readonly baseUrl: string;
  /** absolute */
  readonly dataDir: string;
  /** null = the embedded database */
  readonly databaseUrl: string | null;
  readonly issuer: IssuerConfig;
  /** null with the embedded issuer, and where nobody signs in to the viewer */
  readonly viewerClient: ViewerClientConfig | null;
  readonly sessions: SessionConfig;
  readonly emergency: EmergencyConfig;
  readonly demo: boolean;
  /** what is under way when it is told to stop has this long altogether */
  readonly stopSeconds: number;
  /** partners' sandboxes that may run at once; 0 = none is offered */
  readonly sandboxes: number;
  /** absolute; null = not configured */
  readonly ukCoreDir: string | null;
  readonly logLevel: LogLevel;
  /** counts of people below this are not told: src/consent/suppress-small-numbers.ts */
  readonly smallNumber: number;
  readonly limits: Limits;
  readonly rates: { readonly clientPerMinute: number; readonly addressPerMinute: number };
  /** addresses and networks of the operator's own proxies */
  readonly proxies: readonly string[];
  readonly audit: AuditConfig;
  /** null = no listener */
  readonly mllp: MllpConfig | null;
  /** null = nobody fetches metrics */
  readonly metrics: MetricsConfig | null;
  /** absolute; null = no files are taken from a folder */
  readonly dropDir: string | null;
  /** hosts, lower case, that notifications may be sent to in private networks and without TLS */
  readonly hookHosts: readonly string[];
}

export type ConfigResult = { config: Config } | { problems: Problem[] };

/**
 * Reads the whole configuration, or reports every mistake in it together. An empty variable counts as absent. Values
 * never appear in a problem: some of them are secrets.
 */
export function readConfig(env: Environment): ConfigResult {
  const settings = new Settings(env);
  const host = settings.host('HOST', '127.0.0.1');
  const port = settings.integer('PORT', 8080, 1, 65_535);
  const baseUrl = settings.url('BASE_URL', ['http:', 'https:']) ?? `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const databaseUrl = settings.secretUrl('DATABASE_URL', ['postgres:', 'postgresql:']);
  const ukCoreDir = settings.text('UK_CORE_DIR');
  const dropDir = settings.text('ONESTORY_DROP_DIR');
  const issuer = readIssuer(settings, host, baseUrl);
  const demo = settings.boolean('DEMO', databaseUrl === null && issuer.kind === 'embedded');
  const config: Config = {
    host,
    port,
    baseUrl,
    dataDir: resolve(settings.text('DATA_DIR') ?? 'data'),
    databaseUrl,
    issuer,
    viewerClient: readViewerClient(settings, issuer, baseUrl),
    ...readPeople(settings),
    demo,
    stopSeconds: settings.integer('ONESTORY_STOP_SECONDS', 25, 1, 3_600),
    sandboxes: settings.integer('ONESTORY_SANDBOXES', demo ? 2 : 0, 0, 50),
    ukCoreDir: ukCoreDir === null ? null : resolve(ukCoreDir),
    logLevel: settings.choice('LOG_LEVEL', logLevels, 'warn'),
    smallNumber: settings.integer('ONESTORY_SMALL_NUMBER', usualSmallNumber, 2, 1000),
    ...readBounds(settings),
    proxies: settings.networks('ONESTORY_PROXIES'),
    audit: readAudit(settings, baseUrl),
    mllp: readMllp(settings),
    metrics: readMetrics(settings),
    dropDir: dropDir === null ? null : resolve(dropDir),
    hookHosts: settings.hosts('ONESTORY_HOOK_HOSTS'),
  };
  if (['0.0.0.0', '::'].includes(host) && settings.text('BASE_URL') === null) {
    settings.refuse('BASE_URL', 'A gateway that listens on every address must be told the one its callers use.', 'an http or https address');
  }
  if (config.demo && issuer.kind === 'external') settings.refuse('DEMO', 'The demo is sent with tokens of the embedded issuer.', 'false, or no OIDC_ISSUER');
  settings.refuseUnknown();
  return settings.problems.length > 0 ? { problems: settings.problems } : { config: deepFreeze(config) };
}

/** How long people are signed in, and what emergency access they may have. */
function readPeople(settings: Settings): Pick<Config, 'sessions' | 'emergency'> {
  return {
    sessions: {
      idleSeconds: settings.integer('ONESTORY_SESSION_IDLE_SECONDS', 900, 60, 3600),
      maxSeconds: settings.integer('ONESTORY_SESSION_MAX_SECONDS', 8 * 3600, 300, 12 * 3600),
    },
    emergency: {
      minutes: settings.integer('ONESTORY_EMERGENCY_MINUTES', 60, 5, 1440),
      perHour: settings.integer('ONESTORY_EMERGENCY_PER_HOUR', 20, 1, 1000),
      reviewDays: settings.integer('ONESTORY_EMERGENCY_REVIEW_DAYS', 7, 1, 365),
    },
  };
}

/** How large a request may be, and how many may come. */
function readBounds(settings: Settings): Pick<Config, 'limits' | 'rates'> {
  return {
    limits: {
      bodyBytes: settings.integer('ONESTORY_MAX_BODY_BYTES', 2 * 1024 ** 2, 1024, 64 * 1024 ** 2),
      intakeBytes: settings.integer('ONESTORY_MAX_INTAKE_BYTES', 32 * 1024 ** 2, 1024, 512 * 1024 ** 2),
      jsonDepth: settings.integer('ONESTORY_MAX_JSON_DEPTH', 64, 8, 256),
      requestTimeoutMs: settings.integer('ONESTORY_REQUEST_TIMEOUT_MS', 30_000, 1000, 600_000),
    },
    rates: {
      clientPerMinute: settings.integer('ONESTORY_RATE_CLIENT', 30_000, 0, 10_000_000),
      addressPerMinute: settings.integer('ONESTORY_RATE_ADDRESS', 600, 0, 10_000_000),
    },
  };
}

/** The embedded issuer hands out tokens to whoever can read its key files: never beyond this machine. */
function readIssuer(settings: Settings, host: string, baseUrl: string): IssuerConfig {
  const external = settings.url('OIDC_ISSUER', ['https:', 'http:']);
  const accepted = settings.list('OIDC_ALGORITHMS', algorithms, ['ES256', 'ES384', 'PS256', 'RS256']);
  const audience = settings.text('OIDC_AUDIENCE') ?? `${baseUrl}/fhir`;
  const others = settings.text('ONESTORY_ISSUERS_FILE');
  const othersFile = others === null ? null : resolve(others);
  const keyFiles = (settings.text('ONESTORY_ISSUER_KEY_FILES') ?? '').split(',').map((file) => file.trim()).filter((file) => file !== '').map((file) => resolve(file));
  if (external === null) {
    if (!isLoopback(host)) settings.refuse('HOST', 'The embedded issuer is for evaluation and listens on loopback only.', '127.0.0.1, ::1 or localhost', 'Set OIDC_ISSUER to a real issuer, or leave HOST as it is.');
    if (!isLoopback(hostnameOf(baseUrl))) settings.refuse('BASE_URL', 'The embedded issuer is for evaluation and answers on loopback only.', 'an address on 127.0.0.1, ::1 or localhost', 'Set OIDC_ISSUER to a real issuer, or remove BASE_URL.');
    return { kind: 'embedded', url: `${baseUrl}/oauth`, audience, algorithms: ['ES384'], keyFiles, othersFile };
  }
  if (external.startsWith('http:') && !isLoopback(hostnameOf(external))) settings.refuse('OIDC_ISSUER', 'An issuer reached without TLS can be impersonated.', 'an https address');
  return { kind: 'external', url: settings.text('OIDC_ISSUER') ?? external, audience, algorithms: accepted, keyFiles, othersFile };
}

/** People sign in with a cookie, which needs TLS anywhere but on this machine. */
function readViewerClient(settings: Settings, issuer: IssuerConfig, baseUrl: string): ViewerClientConfig | null {
  const [clientId, secret, keyFile] = [settings.text('OIDC_CLIENT_ID'), settings.text('OIDC_CLIENT_SECRET'), settings.text('OIDC_CLIENT_KEY_FILE')];
  const scope = settings.text('OIDC_SCOPES') ?? 'openid offline_access user/*.rs';
  if (clientId === null) {
    for (const [name, value] of [['OIDC_CLIENT_SECRET', secret], ['OIDC_CLIENT_KEY_FILE', keyFile]] as const) {
      if (value !== null) settings.refuse(name, 'This belongs to a client nobody named.', 'OIDC_CLIENT_ID as well');
    }
    return null;
  }
  if (issuer.kind === 'embedded') settings.refuse('OIDC_CLIENT_ID', 'The embedded issuer knows the viewer already.', 'no value, or OIDC_ISSUER as well');
  if ((secret === null) === (keyFile === null)) settings.refuse('OIDC_CLIENT_ID', 'A client shows itself with a secret or with a key.', 'one of OIDC_CLIENT_SECRET and OIDC_CLIENT_KEY_FILE');
  if (baseUrl.startsWith('http:') && !isLoopback(hostnameOf(baseUrl))) settings.refuse('BASE_URL', 'People\'s sessions need TLS.', 'an https address');
  return { clientId, secret, keyFile: keyFile === null ? null : resolve(keyFile), scope };
}

function hostnameOf(url: string): string {
  return (URL.parse(url)?.hostname ?? '').replace(/^\[|\]$/g, '');
}

function deepFreeze<T extends object>(value: T): Readonly<T> {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part as object);
  return Object.freeze(value);
}

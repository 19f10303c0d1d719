import { pino } from 'pino';
import type { DestinationStream } from 'pino';

/**
 * Everything the gateway ever logs: code, level and a sentence that never changes. A new event is a new line here.
 */
export const logEvents = {
  'gateway-started': ['info', 'The gateway listens'],
  'gateway-stopping': ['info', 'The gateway stops accepting work and finishes what it has'],
  'gateway-stopped': ['info', 'The gateway has stopped'],
  'gateway-stop-cut': ['warn', 'What was under way did not end in time: the gateway stopped without it, and the next start goes on with it'],
  'gateway-failed': ['fatal', 'The gateway cannot go on'],
  'demo-loading': ['info', 'The demo is sent through intake'],
  'demo-loaded': ['info', 'The demo is in the record'],
  'request-finished': ['info', 'A request was answered'],
  'request-failed': ['error', 'A request met an error nobody foresaw'],
  'token-refused': ['info', 'A request came without an acceptable token'],
  'session-began': ['info', 'Somebody signed in to the viewer'],
  'session-ended': ['info', 'Somebody signed out of the viewer'],
  'sign-in-failed': ['warn', 'A sign-in to the viewer was not completed'],
  'issuer-failed': ['error', 'The embedded issuer met an error nobody foresaw'],
  'audit-unavailable': ['error', 'The audit store cannot take entries; nothing is disclosed'],
  'audit-log-broken': ['fatal', 'The audit log no longer fits its checkpoints: it was changed, cut or put back from a backup; no new checkpoint is signed'],
  'checkpoint-failed': ['error', 'A checkpoint of the audit log could not be made or brought to its folder; it is tried again'],
  'checkpoint-not-taken': ['warn', 'An address of ONESTORY_CHECKPOINT_HOOKS did not take a checkpoint; it is tried again'],
  'witness-refused': ['warn', 'A witness did not sign a checkpoint; it is asked again'],
  'database-unavailable': ['error', 'The database does not answer'],
  'database-outdated': ['warn', 'PostgreSQL is older than the releases that are safe to restore with: see docs/operating.md'],
  'database-migrated': ['info', 'The schema was brought up to date'],
  'intake-received': ['info', 'A source record is safe'],
  'intake-finished': ['info', 'A source record was worked off'],
  'intake-retried': ['warn', 'Work on a record failed and will be tried again'],
  'intake-outdated': ['error', 'Another process has newer code sets: this one takes nothing in until it is started again'],
  'search-reindexing': ['info', 'The search index is made anew: the gateway serves when every row has been through it'],
  'mapping-waits': ['warn', 'The folder has a changed mapping, which has no effect before a replay was approved: see onestory feed doctor'],
  'feed-missing': ['warn', 'Records and rows wait for a feed that mappings/feeds.yaml does not have: they are worked on when it is there again'],
  'linkage-run-failed': ['error', 'A batch of a comparison of links met an error nobody foresaw and will be tried again'],
  'replay-failed': ['error', 'A batch of a replay met an error nobody foresaw and will be tried again'],
  'intake-quarantined': ['warn', 'A record was put in quarantine'],
  'mllp-message-refused': ['warn', 'A message by MLLP was answered with AE or AR'],
  'mllp-refused': ['warn', 'A connection by MLLP was refused'],
  'mllp-dropped': ['warn', 'A connection by MLLP was ended because of what came, or did not come'],
  'mllp-failed': ['error', 'A message by MLLP could not be kept'],
  'drop-refused': ['warn', 'A dropped file was refused'],
  'drop-failed': ['error', 'A dropped file could not be taken; it stays where it is'],
  'worker-failed': ['error', 'The intake worker met an error nobody foresaw'],
  'agreement-expires': ['warn', 'An agreement in force ends soon or is due for review'],
  'agreement-watch-failed': ['error', 'The dates of the agreements could not be looked at'],
  'emergency-review-overdue': ['warn', 'Emergency access has waited too long for a review'],
  'referral-watch-failed': ['error', 'Referrals without a reply could not be looked for'],
  'disagreement-watch-failed': ['error', 'Disagreements between organisations could not be looked for'],
  'correction-watch-failed': ['error', 'Answered corrections could not be looked for'],
  'odd-looks-failed': ['error', 'Odd looks could not be looked for'],
  'emergency-watch-failed': ['error', 'Overdue reviews of emergency access could not be looked for'],
  'export-failed': ['error', 'The list of an export could not be made; it is tried again'],
  'notification-failed': ['error', 'Subscribers could not be told what happened; it is tried again'],
  'pull-finished': ['info', 'A source was pulled to its end'],
  'pull-without': ['info', 'A source gave no record of some people it was asked about'],
  'pull-failed': ['warn', 'A source could not be pulled to its end; it goes on later where it was'],
  'grant-recompiled': ['debug', 'A grant was compiled again'],
} as const satisfies Record<string, readonly [Exclude<LogLevel, 'silent'>, string]>;

type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
export type LogEvent = keyof typeof logEvents;

/** The only fields a line may carry: keys, counts and codes, nothing a person could be known by. */
export interface LogFields {
  requestId?: string;
  method?: string;
  /** the route's pattern, never the address: that may hold identifiers */
  route?: string;
  status?: number;
  durationMs?: number;
  /** code of a Problem */
  code?: string;
  client?: string;
  feed?: string;
  /** id of a source record */
  sourceRecord?: string;
  row?: number;
  count?: number;
  attempt?: number;
  resourceType?: string;
  signal?: string;
  host?: string;
  port?: number;
  pid?: number;
  version?: number;
  /** `id/version` of an agreement */
  agreement?: string;
  /** of emergency access; it names nobody */
  reference?: string;
  /** which of its dates is near: `end` or `review` */
  boundary?: string;
  /** calendar days until then, negative when past; days a review has been open */
  days?: number;
  /** anything thrown: only its class, its code and where in our source it came from are written */
  error?: unknown;
}

export type Log = (event: LogEvent, fields?: LogFields) => void;

const fieldNames: readonly (keyof LogFields)[] = [
  'requestId', 'method', 'route', 'status', 'durationMs', 'code', 'client', 'feed', 'sourceRecord', 'row', 'count',
  'attempt', 'resourceType', 'signal', 'host', 'port', 'pid', 'version', 'agreement', 'reference', 'boundary', 'days',
];

/**
 * One JSON line per event on standard error, so that standard output stays for people. A field outside the list is
 * dropped, and a value that does not look like a key or a code is replaced: whatever a caller passes, no sentence,
 * name, NHS number or payload gets into a log.
 */
export function createLog(options: { level: LogLevel; destination?: DestinationStream; clock?: () => Date }): Log {
  const clock = options.clock ?? (() => new Date());
  const logger = pino(
    { level: options.level, base: null, timestamp: () => `,"time":"${clock().toISOString()}"`, formatters: { level: (label) => ({ level: label }) } },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
  return (event, fields = {}) => {
    const [level, message] = logEvents[event];
    logger[level]({ event, ...safeFields(fields), ...describeError(fields.error) }, message);
  };
}

function safeFields(fields: LogFields): Record<string, string | number> {
  const safe: Record<string, string | number> = {};
  for (const name of fieldNames) {
    const value = fields[name];
    if (typeof value === 'number' && Number.isFinite(value)) safe[name] = value;
    if (typeof value === 'string') safe[name] = safeText(value);
  }
  return safe;
}

const keyOrCode = /^[\w.:/$*{}@+-]{1,120}$/;
/** Ten digits, in one piece or as it is printed on letters, and not a part of a UUID. */
const likeNhsNumber = /(?<![0-9a-f-])\d{3}[-._:]?\d{3}[-._:]?\d{4}(?![0-9a-f-])/i;

function safeText(value: string): string {
  return keyOrCode.test(value) && !likeNhsNumber.test(value) ? value : '[withheld]';
}

/** An error's message may quote what it failed on, so it stays out; its class, code and origin say enough. */
function describeError(error: unknown): Record<string, string> {
  if (error === undefined) return {};
  if (typeof error !== 'object' || error === null) return { error: typeof error };
  const { code, stack, constructor: kind } = error as { code?: unknown; stack?: unknown; constructor?: { name?: unknown } };
  const frames = typeof stack === 'string' ? stack.split('\n    at ').slice(1).join('\n') : '';
  const origin = /\b((?:src|bin|node_modules)\/[\w@./-]+:\d+):\d+\)?$/m.exec(frames)?.[1];
  return {
    error: typeof kind?.name === 'string' ? safeText(kind.name) : 'object',
    ...(typeof code === 'string' ? { errorCode: safeText(code) } : {}),
    ...(origin === undefined ? {} : { errorAt: origin }),
  };
}

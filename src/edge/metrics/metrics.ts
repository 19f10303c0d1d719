import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FeedFreshness } from '../../store/intake/feed-freshness.ts';
import type { Log, LogFields } from '../log.ts';

/** What is measured when somebody fetches the metrics. */
export interface Measured {
  /** parts that do not work now */
  failingParts: () => Promise<readonly string[]>;
  /** every feed's, not older than a minute */
  freshness: () => Promise<readonly FeedFreshness[]>;
  audit: () => Promise<{ entries: number; waiting: number; checkpointAgeSeconds: number | null }>;
}

export interface Metrics {
  /** the same log, whose lines are counted as well */
  counted: (log: Log) => Log;
  /** from now on these are measured, too */
  measure: (measured: Measured) => void;
  /** as Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats */
  text: () => Promise<string>;
  contentType: string;
}

const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const parts = ['database', 'audit trail'] as const;

/**
 * Counts and times without anybody in them. Every label is one of a list that the program or its configuration has: an event
 * of the log, a route's pattern, a method, the first digit of a status, a feed.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'onestory_' });
  const registers = [registry];
  const events = new Counter({ name: 'onestory_events_total', help: 'Lines of the log by event, written or below its level', labelNames: ['event'], registers });
  const requests = new Histogram({
    name: 'onestory_request_seconds', help: 'Requests by the pattern of their route, the method and the first digit of the status', labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10], registers,
  });
  const counted = (log: Log): Log => (event, fields) => {
    events.inc({ event });
    if (event === 'request-finished' && fields) observeRequest(requests, fields);
    log(event, fields);
  };
  return { counted, measure: (measured) => { addMeasures(registry, measured); }, text: () => registry.metrics(), contentType: registry.contentType };
}

function observeRequest(requests: Histogram<'route' | 'method' | 'status'>, { route = '', method = '', status = 0, durationMs = 0 }: LogFields): void {
  requests.observe({ route, method: methods.includes(method) ? method : 'other', status: `${Math.floor(status / 100)}xx` }, durationMs / 1_000);
}

type SetLabelled = (labels: Record<string, string>, value: number) => void;

function addMeasures(registry: Registry, { failingParts, freshness, audit }: Measured): void {
  const gauge = (name: string, help: string, labelNames: string[], collect: (set: SetLabelled) => Promise<void>): void => {
    const made: Gauge = new Gauge({
      name, help, labelNames, registers: [registry],
      collect: async () => {
        if (labelNames.length === 0) made.remove(); // of what has no label a reset leaves a zero
        else made.reset();
        await collect((labels, value) => { made.set(labels, value); }).catch(() => undefined); // what cannot be measured is absent, and the part that fails is told
      },
    });
  };
  gauge('onestory_up', 'Whether a part works: 1, or 0', ['part'], async (set) => {
    const failing = await failingParts();
    for (const part of parts) set({ part }, failing.includes(part) ? 0 : 1);
  });
  const ofFeeds = (name: string, help: string, value: (fresh: FeedFreshness) => number | null): void => gauge(`onestory_feed_${name}`, help, ['feed'], async (set) => {
    for (const fresh of await freshness()) {
      const measured = value(fresh);
      if (measured !== null) set({ feed: fresh.feed }, measured);
    }
  });
  ofFeeds('last_good_timestamp_seconds', 'When the newest record came that was worked off; absent: none ever', ({ lastGood }) => lastGood && lastGood.getTime() / 1_000);
  ofFeeds('lag_seconds', 'How long the oldest record waits that is not worked off', ({ lagSeconds }) => lagSeconds);
  ofFeeds('rows_of_day', 'Rows that came in the last 24 hours', ({ rowsOfDay }) => rowsOfDay);
  ofFeeds('wrong_rows_of_day', 'Of these, in quarantine or rejected', ({ wrongOfDay }) => wrongOfDay);
  ofFeeds('usual_rows', 'Rows of an ordinary day of the last four weeks; absent: too young', ({ usualRows }) => usualRows);
  const ofAudit = (name: string, help: string, value: (log: Awaited<ReturnType<Measured['audit']>>) => number | null): void => gauge(`onestory_audit_${name}`, help, [], async (set) => {
    const measured = value(await audit());
    if (measured !== null) set({}, measured);
  });
  ofAudit('entries', 'Entries of the log', ({ entries }) => entries);
  ofAudit('waiting', 'Entries this process waits for to be durable', ({ waiting }) => waiting);
  ofAudit('checkpoint_age_seconds', 'Age of the newest checkpoint; absent: none yet', ({ checkpointAgeSeconds }) => checkpointAgeSeconds);
}

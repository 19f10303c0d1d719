import { listenMetrics, type MetricsListener } from '../../../src/edge/metrics/listen-metrics.ts';
import { createMetrics, type Measured } from '../../../src/edge/metrics/metrics.ts';
import type { LogEvent } from '../../../src/edge/log.ts';

const token = 'a-token-that-is-long-enough-to-be-one';
const feed = { feed: 'uhb-adt', lastGood: new Date('2026-11-22T09:00:00Z'), lagSeconds: 12, rowsOfDay: 200, wrongOfDay: 3, usualRows: null };

function measured(changes: Partial<Measured> = {}): Measured {
  return { failingParts: () => Promise.resolve([]), freshness: () => Promise.resolve([feed]), audit: () => Promise.resolve({ entries: 7, waiting: 0, checkpointAgeSeconds: null }), ...changes };
}
const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('onestory_') && !/^onestory_(process|nodejs)_/.test(line));

describe('metrics', () => {
  it('count what the log is told, whether it writes it or not, and time requests by route, method and first digit', async () => {
    const metrics = createMetrics();
    const told: LogEvent[] = [];
    const log = metrics.counted((event) => { told.push(event); });
    log('request-finished', { requestId: 'r-1', method: 'GET', route: 'fhir/{type}/{id}', status: 404, durationMs: 20 });
    log('request-finished', { requestId: 'r-2', method: 'BREW', route: 'fhir/{type}', status: 200, durationMs: 1 });
    log('intake-finished', { feed: 'uhb-adt' });
    const lines = linesOf(await metrics.text());
    expect(told).toEqual(['request-finished', 'request-finished', 'intake-finished']);
    expect(lines).toContain('onestory_events_total{event="request-finished"} 2');
    expect(lines).toContain('onestory_request_seconds_count{route="fhir/{type}/{id}",method="GET",status="4xx"} 1');
    expect(lines).toContain('onestory_request_seconds_bucket{le="0.01",route="fhir/{type}/{id}",method="GET",status="4xx"} 0');
    expect(lines).toContain('onestory_request_seconds_count{route="fhir/{type}",method="other",status="2xx"} 1');
    expect(lines.join('\n')).not.toContain('r-1');
  });

  it('say of each feed how fresh it is, of the log how long, and of each part whether it works', async () => {
    const metrics = createMetrics();
    metrics.measure(measured({ failingParts: () => Promise.resolve(['audit trail']) }));
    expect(linesOf(await metrics.text())).toEqual([
      'onestory_up{part="database"} 1', 'onestory_up{part="audit trail"} 0', `onestory_feed_last_good_timestamp_seconds{feed="uhb-adt"} ${Date.parse('2026-11-22T09:00:00Z') / 1000}`,
      'onestory_feed_lag_seconds{feed="uhb-adt"} 12', 'onestory_feed_rows_of_day{feed="uhb-adt"} 200', 'onestory_feed_wrong_rows_of_day{feed="uhb-adt"} 3', 'onestory_audit_entries 7', 'onestory_audit_waiting 0',
    ]);
  });

  it('leave out what cannot be measured, and nothing of before stands in its place', async () => {
    const metrics = createMetrics();
    let broken = false;
    const perhaps = <Value>(value: Value): Promise<Value> => (broken ? Promise.reject(new Error('out')) : Promise.resolve(value));
    metrics.measure(measured({ freshness: () => perhaps([feed]), audit: () => perhaps({ entries: 7, waiting: 0, checkpointAgeSeconds: 1 }), failingParts: () => Promise.resolve(broken ? ['database'] : []) }));
    expect(linesOf(await metrics.text())).toContain('onestory_audit_checkpoint_age_seconds 1');
    broken = true;
    expect(linesOf(await metrics.text()).filter((line) => !/ 0$/.test(line))).toEqual(['onestory_up{part="audit trail"} 1']);
  });
});

describe('the listener for metrics', () => {
  let guarded: MetricsListener;
  beforeAll(async () => { guarded = await listenMetrics(createMetrics(), { host: '127.0.0.1', port: 0, token }); });
  afterAll(() => guarded.close());
  const fetched = (path: string, init: RequestInit = {}, given: string | null = token): Promise<Response> =>
    fetch(`http://127.0.0.1:${guarded.port}${path}`, { ...init, headers: given === null ? {} : { Authorization: `Bearer ${given}` } });

  it('gives them to whoever shows the token', async () => {
    const answer = await fetched('/metrics');
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(await answer.text()).toContain('onestory_process_cpu_user_seconds_total');
    expect((await fetched('/metrics', { method: 'HEAD' })).status).toBe(200);
  });

  it.each<[string, string, RequestInit, string | null, number]>([
    ['no token', '/metrics', {}, null, 401], ['another token', '/metrics', {}, `${token}x`, 401], ['half a token', '/metrics', {}, token.slice(0, -1), 401], ['another address without a token', '/fhir/Patient', {}, null, 401],
    ['another address', '/fhir/Patient', {}, token, 404], ['a query', '/metrics?name=x', {}, token, 404], ['another method', '/metrics', { method: 'POST', body: '{}' }, token, 405],
  ])('refuses %s without a word', async (_, path, init, given, status) => {
    const answer = await fetched(path, init, given);
    expect([answer.status, await answer.text()]).toEqual([status, '']);
  });
});

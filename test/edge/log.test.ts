import { createLog, logEvents } from '../../src/edge/log.ts';
import type { Log, LogFields } from '../../src/edge/log.ts';

let lines: Record<string, unknown>[];
let text: string;
const clock = (): Date => new Date('2026-03-02T09:00:00Z');
const logAt = (level: Parameters<typeof createLog>[0]['level']): Log =>
  createLog({ level, clock, destination: { write: (line: string) => { text += line; lines.push(JSON.parse(line) as Record<string, unknown>); } } });

beforeEach(() => {
  lines = [];
  text = '';
});

it('a line is the event, its fixed sentence and the fields of the list', () => {
  logAt('info')('request-finished', { requestId: 'a1b2', method: 'GET', route: '/fhir/:type/:id', status: 200, durationMs: 3.5 });
  expect(lines).toEqual([{
    level: 'info', time: '2026-03-02T09:00:00.000Z', event: 'request-finished', requestId: 'a1b2', method: 'GET', route: '/fhir/:type/:id', status: 200,
    durationMs: 3.5, msg: 'A request was answered',
  }]);
});

it('below its level it is silent', () => {
  logAt('warn')('request-finished', { status: 200 });
  expect(lines).toEqual([]);
});

it('a field outside the list is dropped', () => {
  logAt('info')('request-finished', { status: 200, family: 'canary', body: { name: 'canary' } } as LogFields);
  expect(text).not.toContain('canary');
});

it.each([
  'Abdul Canary', '9990000379', 'NHS9990000379', 'Patient/9990000379', 'canary\nsecond line', 'canary\u001b[31m', '{"name":"canary"}', 'x'.repeat(200), '999 000 0379', '999-000-0379',
])('a value that is no key or code is withheld: %j', (value) => {
  logAt('info')('intake-finished', { sourceRecord: value, route: value, code: value, feed: value });
  expect(lines[0]).toMatchObject({ sourceRecord: '[withheld]', route: '[withheld]', code: '[withheld]', feed: '[withheld]' });
});

it.each(['019a2f6e-1234-7abc-8def-0123456789ab', 'uhb-adt', '/fhir/:type/:id/$everything', 'token-invalid'])('a key or code stays: %s', (value) => {
  logAt('info')('intake-finished', { sourceRecord: value });
  expect(lines[0]?.['sourceRecord']).toBe(value);
});

it('an error gives its class, its code and where it came from, never what it says', () => {
  const error = Object.assign(new TypeError('canary 9990000379'), { code: 'ERR_CANARY_FREE', detail: 'canary' });
  logAt('error')('request-failed', { error });
  expect(lines[0]).toMatchObject({ error: 'TypeError', errorCode: 'ERR_CANARY_FREE' });
  expect(text).not.toContain('canary');
});

it.each(['canary', 7, null, { message: 'canary' }, Object.assign(Object.create(null) as object, { message: 'canary' })])('whatever was thrown, it stays out: %#', (thrown) => {
  logAt('error')('request-failed', { error: thrown });
  expect(lines).toHaveLength(1);
  expect(text).not.toContain('canary');
});

it('every event has a level and a sentence of its own', () => {
  const sentences = Object.values(logEvents).map(([, sentence]) => sentence);
  expect(new Set(sentences).size).toBe(sentences.length);
});

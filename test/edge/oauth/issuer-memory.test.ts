import { createIssuerMemory } from '../../../src/edge/http/oauth/issuer-memory.ts';

const start = Date.parse('2026-03-02T09:00:00Z');
let now: number;
const clock = (): Date => new Date(now);

beforeEach(() => { now = start; });

it('an assertion is remembered until it could no longer be used', async () => {
  const replays = createIssuerMemory(new Map(), clock)('ReplayDetection');
  await replays.upsert('a', { jti: 'a' }, 300);
  now = start + 299_000;
  expect(await replays.find('a')).toEqual({ jti: 'a' });
  now = start + 301_000;
  expect(await replays.find('a')).toBeUndefined();
});

it('an assertion can be written once', async () => {
  const replays = createIssuerMemory(new Map(), clock)('ReplayDetection');
  await replays.upsert('a', {}, 300);
  await expect(replays.upsert('a', {}, 300)).rejects.toThrow('invalid_client');
});

it('a full memory refuses what is new and forgets nothing that lives', async () => {
  const replays = createIssuerMemory(new Map(), clock)('ReplayDetection');
  for (let index = 0; index < 20_000; index += 1) await replays.upsert(String(index), {}, 300);
  await expect(replays.upsert('one too many', {}, 300)).rejects.toThrow('issuer-memory-full');
  expect(await replays.find('0')).toEqual({});
  now = start + 301_000;
  await replays.upsert('one too many', {}, 300);
  expect(await replays.find('one too many')).toEqual({});
});

it('one model\'s memory is not another\'s', async () => {
  const memory = createIssuerMemory(new Map(), clock);
  await memory('ReplayDetection').upsert('a', {}, 300);
  expect(await memory('Session').find('a')).toBeUndefined();
});

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';

import { startIssuer } from '../oauth/demo-issuer.ts';
import type { RunningIssuer } from '../oauth/demo-issuer.ts';

const root = join(import.meta.dirname, '..', '..', '..');
let running: RunningIssuer;
beforeAll(async () => { running = await startIssuer(); });
afterAll(async () => { await running.stop(); });

interface Outcome { code: number | null; out: string; err: string }

/** The command as a user runs it, in a process of its own. */
async function onestory(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const child = spawn('node', ['bin/run.mjs', 'src/cli.ts', ...args], { cwd: root, env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], DATA_DIR: running.dataDir, ...env } });
  const parts: { out: string; err: string } = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => { parts.out += part.toString(); });
  child.stderr.on('data', (part: Buffer) => { parts.err += part.toString(); });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...parts };
}

it.each([['ward-doctor', 'user/*.rs user/ServiceRequest.cud user/CarePlan.cud user/Task.cud user/Consent.c'], ['privacy-officer', 'user/*.rs user/Consent.cu user/Contract.u user/Task.u user/AuditEvent.u'], ['uhb-adt', 'system/Task.rs intake']])('token %s prints the token and nothing else', async (who, scope) => {
  const { code, out, err } = await onestory(['token', who, '--base', running.baseUrl]);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  expect(decodeJwt(out.trim())).toMatchObject({ client_id: who, scope, aud: `${running.baseUrl}/fhir` });
});

it('without --base it asks the gateway on PORT', async () => {
  const { code, out } = await onestory(['token', 'ward-doctor'], { PORT: new URL(running.baseUrl).port });
  expect([code, out.split('.').length]).toEqual([0, 3]);
});

it.each<[string, string[], Record<string, string>, RegExp]>([
  ['nobody of that name: it lists who there is', ['token', 'wizard'], {}, /persona-unknown[^]*ward-doctor[^]*privacy-officer[^]*uhb-adt/],
  ['a name that is a path', ['token', '../signing-key'], {}, /persona-unknown/],
  ['no gateway at the address', ['token', 'ward-doctor', '--base', 'http://127.0.0.1:1'], {}, /gateway-not-running[^]*npm start/],
  ['a gateway on another machine', ['token', 'ward-doctor', '--base', 'https://gateway.example'], {}, /base-not-loopback/],
  ['no name', ['token'], {}, /missing required argument/],
])('refused with exit code 1 and a reason: %s', async (_title, args, env, reason) => {
  const { code, out, err } = await onestory(args.includes('--base') || args.length < 2 ? args : [...args, '--base', running.baseUrl], env);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(reason);
});

it('keys of another data folder are no use', async () => {
  const other = await startIssuer();
  const { code, err } = await onestory(['token', 'ward-doctor', '--base', running.baseUrl], { DATA_DIR: other.dataDir });
  await other.stop();
  expect(code).toBe(1);
  expect(err).toMatch(/token-refused[^]*DATA_DIR/);
});

it('an empty data folder is said to be so', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'onestory-empty-'));
  const { code, err } = await onestory(['token', 'ward-doctor'], { DATA_DIR: empty });
  await rm(empty, { recursive: true });
  expect(code).toBe(1);
  expect(err).toMatch(/demo-keys-missing/);
});

it('a wrong setting ends it before anything is tried, with exit code 2', async () => {
  const { code, out, err } = await onestory(['token', 'ward-doctor'], { PORT: 'x', ONESTORY_NOTHING: '1' });
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/PORT[^]*ONESTORY_NOTHING/);
});

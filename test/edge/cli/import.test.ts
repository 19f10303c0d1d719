import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importCommand } from '../../../src/edge/cli/import.ts';
import { openEmptyPglite } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { message } from '../../intake/adt.ts';
import { runCommand, type CommandOutcome } from './run-command.ts';

/** `onestory import`, against a gateway on a real socket. */

let gateway: Gateway;
let folder: string;
beforeAll(async () => {
  gateway = await startGateway(await openEmptyPglite());
  folder = mkdtempSync(join(tmpdir(), 'onestory-import-'));
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

const written = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const send = (...args: string[]): Promise<CommandOutcome> => runCommand(importCommand, ['uhb-adt', ...args], { baseUrl: gateway.url, dataDir: gateway.dataDir });
const kept = async (text: string): Promise<number> => (await gateway.database.query('select 1 from source_record where content = $1', [Buffer.from(text)])).length;
/** larger than one piece */
const large = Array.from({ length: 2_600 }, (_, index) => message({ id: `L-${index}`, event: 'A08', pid: { 5: `OKAFOR^ALICE^${'X'.repeat(300)}` } })).join('');

it('sends a file, waits for its Task and prints the counts', async () => {
  const text = message({ id: 'I-1' });
  const { out, code } = await send(written('good.hl7', text), '--as', 'uhb-adt');
  expect([out, code, await kept(text)]).toEqual([expect.stringMatching(/^Task\/[0-9a-f-]{36} completed: 1 received, 1 stored, 0 unchanged, 0 pending, 0 quarantined, 0 rejected\n$/), 0, 1]);
});

it('prints what was wrong with which row, and ends with 1', async () => {
  const { out, code } = await send(written('bad.hl7', message({ id: 'I-2' }) + message({ id: 'I-3', pid: { 7: '19380231' } })), '--as', 'uhb-adt');
  expect([code, out]).toEqual([1, expect.stringMatching(/^error: .*\[date-not-real\]\n {4}Where: row 2, line \d+, field PID-7\. .*\nTask\/\S+ completed: 2 received, .* 1 quarantined/)]);
  expect(out).not.toContain('19380231');
});

it('with --dry-run tries it here and sends nothing', async () => {
  const text = message({ id: 'I-DRY', pid: { 7: '19380231' } });
  const { out, code } = await runCommand(importCommand, ['uhb-adt', written('dry.hl7', text), '--dry-run']);
  expect([code, await kept(text)]).toEqual([1, 0]);
  expect(out).toMatch(/PID-7 "########" {2}ERROR {2}date-not-real[^]*Nothing was sent\.\n$/);
});

it('with --resume goes on where an earlier import stopped, otherwise begins anew', async () => {
  const bytes = Buffer.from(large);
  expect(bytes.length).toBeGreaterThan(1024 ** 2);
  const tus = async (method: string, path: string, headers: Record<string, string>, body?: Buffer): Promise<Response> => fetch(path.startsWith('http') ? path : `${gateway.url}${path}`, {
    method, body: body ? new Uint8Array(body) : null, headers: { Authorization: `Bearer ${await gateway.token('uhb-adt')}`, 'Tus-Resumable': '1.0.0', ...headers },
  });
  const begin = async (): Promise<string> => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const begun = await tus('POST', '/intake/uhb-adt/uploads', { 'Upload-Length': String(bytes.length), 'Upload-Metadata': `sha256 ${Buffer.from(sha256).toString('base64')}` });
    const path = begun.headers.get('Location') ?? '';
    await tus('PATCH', path, { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' }, bytes.subarray(0, 700_000));
    return path;
  };
  const file = written('large.hl7', large);
  const first = await begin();
  expect((await send(file, '--as', 'uhb-adt', '--resume')).out).toMatch(/completed: 2600 received/);
  expect((await tus('HEAD', first, {})).headers.get('Upload-Offset')).toBe(String(bytes.length));
  expect(await kept(large)).toBe(1);
  await tus('DELETE', first, {});
  const second = await begin();
  expect((await send(file, '--as', 'uhb-adt')).out).toMatch(/completed: 2600 received/);
  expect([(await tus('HEAD', second, {})).status, await kept(large)]).toEqual([404, 1]);
});

it.each<[string, string[], string, number]>([
  ['somebody who is not the feed', ['--as', 'bcc-cld'], 'feed-of-another-client', 1],
  ['nobody', [], 'token-not-given', 1],
  ['a part the feed does not have', ['--as', 'uhb-adt', '--part', 'letters'], 'part-unknown', 1],
])('tells the refusal of %s', async (_, args, code, exitCode) => {
  const outcome = await send(written('refused.hl7', message({ id: 'I-4' })), ...args);
  expect([outcome.problems.map((problem) => problem.code), outcome.code]).toEqual([[code], exitCode]);
});

it('ends with 2 when there is no such file, and tells when no gateway answers', async () => {
  expect((await send(join(folder, 'nothing.hl7'), '--as', 'uhb-adt')).code).toBe(2);
  const away = await runCommand(importCommand, ['uhb-adt', written('away.hl7', message())], { token: 'x' });
  expect([away.problems.map(({ code }) => code), away.code]).toEqual([['gateway-not-running'], 2]);
});

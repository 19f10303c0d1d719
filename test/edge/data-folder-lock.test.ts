import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lockDataFolder } from '../../src/edge/data-folder-lock.ts';

const script = join(import.meta.dirname, 'hold-lock.ts');
let folder: string;
let children: ChildProcessWithoutNullStreams[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onestory-lock-'));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map(async (child) => { child.kill('SIGKILL'); await ended(child); }));
  rmSync(folder, { recursive: true, force: true });
});

type Said = { kind: 'locked'; pid: number } | { kind: 'held'; pid: number | null; path: string };

async function start(): Promise<{ child: ChildProcessWithoutNullStreams; said: Said }> {
  const child = spawn(process.execPath, [script, folder]);
  children.push(child);
  const said = await new Promise<Said>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.includes('\n')) resolve(JSON.parse(text) as Said);
    });
    child.on('exit', () => { reject(new Error(`it said nothing: ${text}`)); });
  });
  return { child, said };
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
}

const lockFile = (): string => join(folder, 'onestory.lock');

it('a second process is refused with the PID that holds the folder', async () => {
  const first = await start();
  expect(first.said).toEqual({ kind: 'locked', pid: first.child.pid });
  expect((await start()).said).toEqual({ kind: 'held', pid: first.child.pid, path: lockFile() });
});

it('the same process is refused the second time', () => {
  const lock = lockDataFolder(folder);
  expect(lockDataFolder(folder)).toEqual({ kind: 'held', pid: process.pid, path: lockFile() });
  if (lock.kind === 'locked') lock.release();
  const again = lockDataFolder(folder);
  expect(again.kind).toBe('locked');
  if (again.kind === 'locked') again.release();
});

it('a process that ends leaves nothing behind', async () => {
  const { child } = await start();
  child.stdin.end();
  await ended(child);
  expect(readdirSync(folder)).toEqual([]);
});

it('a killed process leaves a stale lock, and the next one takes it over', async () => {
  const { child } = await start();
  child.kill('SIGKILL');
  await ended(child);
  expect(readdirSync(folder)).toEqual(['onestory.lock']);
  const next = await start();
  expect(next.said).toEqual({ kind: 'locked', pid: next.child.pid });
  expect(readdirSync(folder)).toEqual(['onestory.lock']);
});

it('of many that find the same stale lock, one takes it', async () => {
  const { child } = await start();
  child.kill('SIGKILL');
  await ended(child);
  const said = (await Promise.all(Array.from({ length: 6 }, start))).map((one) => one.said);
  const winners = said.filter((one) => one.kind === 'locked');
  expect(winners).toHaveLength(1);
  const holder = JSON.parse(readFileSync(lockFile(), 'utf8')) as { pid: number };
  expect(holder.pid).toBe(winners[0]?.pid);
  expect(readdirSync(folder)).toEqual(['onestory.lock']);
});

it('a claim on a stale lock whose claimant was killed is itself taken over', async () => {
  const { child } = await start();
  child.kill('SIGKILL');
  await ended(child);
  const stale = JSON.parse(readFileSync(lockFile(), 'utf8')) as { token: string };
  const claimToken = 'c1a1c1a1-0000-4000-8000-000000000000';
  writeFileSync(`${lockFile()}.${stale.token}`, JSON.stringify({ ...stale, token: claimToken }));
  expect((await start()).said.kind).toBe('locked');
});

describe('a lock is', () => {
  const edited = async (change: object): Promise<Said> => {
    const { child } = await start();
    const holder = JSON.parse(readFileSync(lockFile(), 'utf8')) as object;
    writeFileSync(lockFile(), JSON.stringify({ ...holder, ...change }));
    const { said } = await start();
    child.stdin.end();
    await ended(child);
    return said;
  };

  it('stale when its PID now belongs to a later process', async () => {
    expect((await edited({ pid: process.pid, started: '1' })).kind).toBe('locked');
  });

  it('stale when the machine has started again since', async () => {
    expect((await edited({ boot: 'another-boot' })).kind).toBe('locked');
  });

  it('not ours to judge when another machine or container wrote it', async () => {
    expect(await edited({ host: 'another-host', pid: 1 })).toEqual({ kind: 'held', pid: 1, path: lockFile() });
    rmSync(lockFile(), { force: true });
    expect((await edited({ namespace: 'pid:[1]', pid: 1 })).kind).toBe('held');
  });

  it('respected when it cannot be read', () => {
    writeFileSync(lockFile(), '');
    expect(lockDataFolder(folder)).toEqual({ kind: 'held', pid: null, path: lockFile() });
  });

  it('left alone by a former holder', async () => {
    const { child } = await start();
    writeFileSync(lockFile(), readFileSync(lockFile(), 'utf8').replace(/"token":"[^"]+"/, '"token":"00000000-0000-4000-8000-000000000000"'));
    child.stdin.end();
    await ended(child);
    expect(readdirSync(folder)).toEqual(['onestory.lock']);
  });
});

import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, readlinkSync, renameSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { hasCode } from './has-code.ts';

export type DataFolderLock =
  | { kind: 'locked'; release: () => void }
  /** another process uses the folder, or none that can be told dead; `pid` is null where the lock cannot be read */
  | { kind: 'held'; pid: number | null; path: string };

/** Which process, beyond doubt: a PID alone comes round again. */
interface Holder {
  /** unique to one lock */
  token: string;
  pid: number;
  /** start time in clock ticks since boot; null where /proc does not tell */
  started: string | null;
  host: string;
  /** null where /proc does not tell */
  boot: string | null;
  /** PID namespace: the same number in another container is another process */
  namespace: string | null;
}

/**
 * Takes `dataDir` for this process alone, because the embedded database does not guard its own folder. A lock whose
 * process is gone is taken over; one whose process lives, or cannot be judged from here (another machine, another
 * container), never is. Released by `release` or when the process exits; a killed process leaves a stale lock.
 */
export function lockDataFolder(dataDir: string): DataFolderLock {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'onestory.lock');
  const self: Holder = { token: randomUUID(), ...identity(process.pid) };
  const taken = take(path, self);
  if (taken !== true) return { kind: 'held', pid: taken, path };
  const release = (): void => {
    process.removeListener('exit', release);
    const holder = readHolder(path);
    if (typeof holder === 'object' && holder.token === self.token) rmSync(path, { force: true });
  };
  process.once('exit', release);
  return { kind: 'locked', release };
}

/**
 * True once the file at `path` names `self`; otherwise the PID in the way. Linking a finished file is the atomic step,
 * so a lock is never seen half written. To replace a stale lock one must first hold a claim named after that very
 * lock: two processes that saw the same stale lock cannot both replace it, nor can one replace the other's new one.
 */
function take(path: string, self: Holder): true | number | null {
  const draft = `${path}.${self.token}.draft`;
  writeDurably(draft, JSON.stringify(self));
  try {
    for (;;) {
      if (linked(draft, path)) return true;
      const holder = readHolder(path);
      if (holder === 'absent') continue;
      if (holder === 'unreadable') return null;
      if (!isGone(holder)) return holder.pid;
      const claim = `${path}.${holder.token}`;
      const claimed = take(claim, { ...self, token: randomUUID() });
      if (claimed !== true) return claimed;
      const still = readHolder(path);
      if (typeof still === 'object' && still.token === holder.token) {
        renameSync(draft, path);
        rmSync(claim, { force: true });
        return true;
      }
      rmSync(claim, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function readHolder(path: string): Holder | 'absent' | 'unreadable' {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isHolder(value) ? value : 'unreadable';
  } catch (error) {
    return hasCode(error, 'ENOENT') ? 'absent' : 'unreadable';
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const holder = value as Record<string, unknown>;
  return typeof holder['token'] === 'string' && /^[0-9a-f-]{36}$/.test(holder['token']) && Number.isSafeInteger(holder['pid'])
    && typeof holder['host'] === 'string' && ['started', 'boot', 'namespace'].every((name) => holder[name] === null || typeof holder[name] === 'string');
}

/** Only certainty counts as gone: the machine has rebooted, or the PID is free, or belongs to a later process. */
function isGone(holder: Holder): boolean {
  const here = identity(holder.pid);
  if (holder.host !== here.host) return false;
  if (holder.boot !== null && here.boot !== null && holder.boot !== here.boot) return true;
  if (holder.namespace !== here.namespace) return false;
  if (!isRunning(holder.pid)) return true;
  return holder.started !== null && here.started !== null && holder.started !== here.started;
}

/** A killed process whose parent has not asked after it yet (state Z) runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return processStat(pid)?.[0] !== 'Z';
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** The fields of proc_pid_stat(5) from the third on: state first, start time twentieth. The second may hold spaces. */
function processStat(pid: number): string[] | null {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** What can be said about a process of this machine. */
function identity(pid: number): Omit<Holder, 'token'> {
  return {
    pid,
    started: processStat(pid)?.[19] ?? null,
    host: hostname(),
    boot: readText('/proc/sys/kernel/random/boot_id')?.trim() ?? null,
    namespace: pidNamespace(),
  };
}

function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

/** The text of a file the system may not offer. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

import { createReadStream, createWriteStream, mkdirSync, readFileSync, writeFileSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BackupFiles, BackupManifest } from '../../flow/audit/drill-backup.ts';

const manifestFile = 'manifest.json';
const bytesTogether = 4 * 1024 ** 2;

/** A backup as a folder: a file of lines for each table, and what it says of itself. Nobody but its owner may read it. */
export interface BackupFolder extends BackupFiles {
  /** what was written is on disk once this resolves */
  finish: (manifest: BackupManifest) => Promise<void>;
}

/** Makes the folder; refuses one that is there, by throwing. */
export function newBackupFolder(folder: string): BackupFolder {
  mkdirSync(folder, { mode: 0o700 });
  const open = new Map<string, WriteStream>();
  const streamOf = (table: string): WriteStream => {
    const known = open.get(table);
    if (known) return known;
    const stream = createWriteStream(fileOf(folder, table), { flags: 'wx', mode: 0o600, flush: true }).on('error', () => undefined); // told to whoever writes
    open.set(table, stream);
    return stream;
  };
  return {
    write: async (table, rows) => {
      await done((told) => streamOf(table).write(`${rows.join('\n')}\n`, told));
    },
    read: (table) => (open.has(table) ? linesOf(fileOf(folder, table)) : nothing()),
    finish: async (manifest) => {
      await Promise.all([...open.values()].map((stream) => done((told) => stream.end(told))));
      writeFileSync(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx', mode: 0o600, flush: true });
    },
  };
}

/** Resolves once a stream has told that what was asked of it is done; rejects with its error. */
function done(ask: (told: (error?: Error | null) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => { ask((error) => { if (error) reject(error); else resolve(); }); });
}

export function readManifest(folder: string): BackupManifest {
  return JSON.parse(readFileSync(join(folder, manifestFile), 'utf8')) as BackupManifest;
}

function fileOf(folder: string, table: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(table)) throw new Error('this cannot be the name of a table');
  return join(folder, `${table}.ndjson`);
}

async function* linesOf(file: string): AsyncGenerator<string[]> {
  let [part, bytes]: [string[], number] = [[], 0];
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    part.push(line);
    bytes += line.length;
    if (bytes < bytesTogether) continue;
    yield part;
    [part, bytes] = [[], 0];
  }
  if (part.length > 0) yield part;
}

async function* nothing(): AsyncGenerator<string[]> { /* a table without a row has no file */ }

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../fhir/problem.ts';
import { hasCode } from '../has-code.ts';
import { finishedNames } from './look-at.ts';

export type ReadFile =
  | { kind: 'read'; bytes: Buffer }
  /** somebody writes to it still */
  | { kind: 'changing' }
  | { kind: 'refused'; problem: Problem };

/**
 * A dropped file's bytes. Only a file that lies in this folder under this one name is read: no link is followed, and a second name
 * (a hard link) could be of a file its writer may not read.
 */
export async function readDropped(path: string, maxBytes: number): Promise<ReadFile> {
  try {
    await using handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const before = await handle.stat();
    if (!before.isFile() || before.nlink !== 1) return { kind: 'refused', problem: notAFile };
    if (before.size === 0) return { kind: 'refused', problem: { category: 'malformed', code: 'source-empty', text: 'The file is empty.' } };
    if (before.size > maxBytes) return { kind: 'refused', problem: { category: 'too-large', code: 'source-too-large', text: `The file is larger than the ${maxBytes} bytes this feed may send at once.`, fix: 'Send it in several files.' } };
    const bytes = await handle.readFile();
    const after = await handle.stat();
    return before.size === after.size && before.mtimeMs === after.mtimeMs && bytes.byteLength === after.size ? { kind: 'read', bytes } : { kind: 'changing' };
  } catch (error) {
    if (hasCode(error, 'ELOOP')) return { kind: 'refused', problem: notAFile };
    throw error;
  }
}

/** All files of a dropped folder, each read like a file of its own; together no larger than one may be. An empty one may say that the folder is whole. */
export async function readDroppedFolder(path: string, maxBytes: number): Promise<{ kind: 'read'; files: { name: string; bytes: Buffer }[] } | Exclude<ReadFile, { kind: 'read' }>> {
  const names = await finishedNames(path);
  if (names.length > mostFiles) return { kind: 'refused', problem: { category: 'too-large', code: 'drop-files-too-many', text: 'The folder has more files than a submission can have.', expected: `at most ${mostFiles}` } };
  const files: { name: string; bytes: Buffer }[] = [];
  for (const name of names) {
    const left = maxBytes - files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    const read = await readDropped(join(path, name), left);
    if (read.kind === 'read') files.push({ name, bytes: read.bytes });
    else if (read.kind === 'refused' && read.problem.code === 'source-empty') files.push({ name, bytes: Buffer.alloc(0) });
    else return read;
  }
  return { kind: 'read', files };
}

const mostFiles = 1_000;

export const notAFile: Problem = {
  category: 'forbidden', code: 'drop-not-a-file', text: 'This is a link or something else that is no plain file, and was not followed.', expected: 'a file of its own', fix: 'Copy the file itself into the folder.',
};

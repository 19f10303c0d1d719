import { randomUUID } from 'node:crypto';
import { link, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../has-code.ts';

/** Sixteen digits, so that the names sort as the sizes do. */
const nameForm = /^checkpoint-(\d{16})\.txt$/;

/** The largest checkpoint in the folder, by its name; null where there is none. */
export async function readNewest(folder: string): Promise<{ size: number; note: string } | null> {
  const name = (await readdir(folder)).filter((each) => nameForm.test(each)).sort().at(-1);
  if (name === undefined) return null;
  return { size: Number(nameForm.exec(name)?.[1]), note: await readFile(join(folder, name), 'utf8') };
}

/** Writes a checkpoint whole or not at all, and never over one that is there. */
export async function writeCheckpoint(folder: string, size: number, note: string): Promise<void> {
  const path = join(folder, `checkpoint-${String(size).padStart(16, '0')}.txt`);
  const unfinished = join(folder, `.checkpoint-${randomUUID()}`);
  const file = await open(unfinished, 'wx', 0o644);
  try {
    await file.writeFile(note);
    await file.sync();
    await file.close();
    await link(unfinished, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error; // another process was first
    });
  } finally {
    await file.close().catch(() => undefined);
    await unlink(unfinished);
  }
}

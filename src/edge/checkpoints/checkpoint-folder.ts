import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Sixteen digits, so that the names sort as the sizes do. */
const nameForm = /^checkpoint-(\d{16})\.txt$/;

/** The largest checkpoint in the folder, by its name; null where there is none. */
export async function readNewest(folder: string): Promise<{ size: number; note: string } | null> {
  const name = (await readdir(folder)).filter((each) => nameForm.test(each)).sort().at(-1);
  if (name === undefined) return null;
  return { size: Number(nameForm.exec(name)?.[1]), note: await readFile(join(folder, name), 'utf8') };
}

/** Writes a checkpoint whole or not at all. Two processes that write the same one write the same. */
export async function writeCheckpoint(folder: string, size: number, note: string): Promise<void> {
  const unfinished = join(folder, `.checkpoint-${randomUUID()}`);
  try {
    await writeFile(unfinished, note, { flag: 'wx', flush: true });
    await rename(unfinished, join(folder, `checkpoint-${String(size).padStart(16, '0')}.txt`));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

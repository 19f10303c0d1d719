import { lstat, mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../has-code.ts';

/**
 * Moves a file to done/ or refused/ beside it, first writing `<file>.problems.json` there when there is something to say. A name that is
 * taken already gets `mark` in front. Done again after an interruption, it ends the same.
 */
export async function putAway(path: string, where: 'done' | 'refused', mark: string, outcome: string | null): Promise<void> {
  const folder = join(dirname(path), where);
  await mkdir(folder, { mode: 0o750 }).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  if (!(await lstat(folder)).isDirectory()) throw new Error('the folder to move files to is a link');
  const plain = join(folder, basename(path));
  const target = await lstat(plain).then(() => join(folder, `${mark}-${basename(path)}`), () => plain);
  if (outcome !== null) {
    await writeFile(`${target}.problems.json.tmp`, outcome, { mode: 0o640 });
    await rename(`${target}.problems.json.tmp`, `${target}.problems.json`);
  }
  await rename(path, target);
}

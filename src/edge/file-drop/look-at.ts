import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** How something in a drop folder looks: the same twice means that nobody has written to it. */
export interface Look {
  text: string;
  /** last change, ms since 1970 */
  changedMs: number;
}

/** Names that programs give to files they are still writing, and our own. */
export const unfinished = /^\.|\.(?:part|partial|tmp|temp|filepart|crdownload)$|\.problems\.json$/i;

export async function lookAtFile(path: string): Promise<Look> {
  const { size, mtimeMs, ino } = await lstat(path);
  return { text: `${ino}/${size}/${mtimeMs}`, changedMs: mtimeMs };
}

/** Null: the file that says it is whole is not there yet. */
export async function lookAtFolder(path: string, isComplete: (name: string) => boolean): Promise<Look | null> {
  const names = await finishedNames(path);
  if (!names.some(isComplete)) return null;
  const looks = await Promise.all(names.map((name) => lookAtFile(join(path, name))));
  return { text: names.map((name, index) => `${name}\u0000${looks[index]?.text}`).join('\u0000'), changedMs: Math.max(...looks.map(({ changedMs }) => changedMs)) };
}

/** In the order of their names, so that the same files are the same package. */
export async function finishedNames(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !unfinished.test(name)).sort();
}

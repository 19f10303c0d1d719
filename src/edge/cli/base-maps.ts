import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Refusal } from '../../fhir/problem.ts';

const run = promisify(execFile);

/**
 * The maps to compare with: a folder of maps, a checkout with one in mappings/, or a version git knows of the folder the maps lie in,
 * copied out for as long as `work` takes.
 */
export async function withBaseMaps(base: string, mappings: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = [base, join(base, 'mappings')].find((path) => existsSync(join(path, 'feeds.yaml')));
  if (folder !== undefined) return work(folder);
  const copy = await mkdtemp(join(tmpdir(), 'onestory-maps-'));
  try {
    await copyVersion(base, mappings, copy);
    await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function copyVersion(version: string, mappings: string, folder: string): Promise<void> {
  const archive = join(folder, 'maps.tar');
  try {
    // --end-of-options: what follows is a version, whatever it begins with
    const { stdout } = await run('git', ['-C', mappings, 'rev-parse', '--verify', '--end-of-options', `${version}^{commit}`]);
    await run('git', ['-C', mappings, 'archive', '--format=tar', '-o', archive, stdout.trim(), '.']);
    await run('tar', ['-xf', archive, '-C', folder]);
  } catch {
    throw new Refusal({
      category: 'not-found', code: 'base-unknown', text: 'What --base names is neither a folder of maps nor a version of these maps in git.', expected: 'a folder with feeds.yaml, or a branch, tag or commit that has it',
    });
  }
}

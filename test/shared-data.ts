import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Public samples, read where they lie beside the project; what needs them is skipped, and says so, where they are not. */
export const sharedData = process.env['SAMPLES_DIR'] ?? join(import.meta.dirname, '../../shared/data');

/** A file or folder of the public samples, and tests that need it. */
export interface SharedSamples {
  /** where it is, or would be */
  path: string;
  isThere: boolean;
  /** paths below it, folders within folders too; none where it is not */
  files: (ending: RegExp) => string[];
  /** as Jest's own; where the samples are not, one skipped test says which it needs, and nothing of the body runs */
  it: (name: string, test: jest.ProvidesCallback) => void;
  describe: (name: string, tests: () => void) => void;
}

/** `name` is below the folder of public samples; `instead` is another place to look in, where somebody named one. */
export function sharedSamples(name: string, instead?: string): SharedSamples {
  const path = instead ?? join(sharedData, name);
  const isThere = existsSync(path);
  const skip = (title: string): void => it.skip(`${title} (skipped: ${instead ?? ['shared/data', ...(name === '' ? [] : [name])].join('/')} is not there)`, () => undefined);
  return {
    path, isThere,
    files: (ending) => (isThere ? readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => ending.test(file)).map((file) => join(path, file)).sort() : []),
    it: (title, test) => { if (isThere) it(title, test); else skip(title); },
    describe: (title, tests) => { if (isThere) describe(title, tests); else skip(title); },
  };
}

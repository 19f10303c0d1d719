import { writeFileSync } from 'node:fs';
import type { Problem } from '../../fhir/problem.ts';
import { hasCode } from '../has-code.ts';
import type { CliContext } from './cli-context.ts';

export const fileExists: Problem = { category: 'conflict', code: 'file-exists', text: 'There is a file of this name; it stays as it is.', fix: 'Name another file.' };
export const cannotWrite: Problem = { category: 'not-found', code: 'file-not-written', text: 'The file cannot be written.', fix: 'Check the folder, its rights and its space.' };

/** Whether it was written; a file that is there stays as it is. */
export function writeNew(context: CliContext, file: string, content: string | Buffer, mode = 0o644): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx', mode });
    return true;
  } catch (error) {
    context.fail(hasCode(error, 'EEXIST') ? fileExists : cannotWrite, 2);
    return false;
  }
}

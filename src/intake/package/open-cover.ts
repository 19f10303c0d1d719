import type { Problem } from '../../fhir/problem.ts';
import type { Kind } from '../types.ts';
import { fits } from './assign-tables.ts';
import type { PackageFile } from './read-zip.ts';

/** Whether a file of this name says that a folder of the kind's tables is whole. */
export function saysComplete({ complete }: Pick<Kind, 'complete'>, name: string): boolean {
  return complete !== undefined && fits(complete, name);
}

/** The tables of a package without the file that says it is whole. One that lists them must list all of them and no others. */
export function openCover(kind: Pick<Kind, 'complete'>, files: readonly PackageFile[]): { tables: PackageFile[]; problem?: Problem } {
  const tables = files.filter(({ name }) => !saysComplete(kind, name));
  const names = new Set(tables.map(({ name }) => name.toLowerCase()));
  for (const { bytes } of files.filter(({ name }) => saysComplete(kind, name))) {
    const listed = new Set(Buffer.from(bytes).toString('latin1').split(/[\r\n]+/).map((line) => line.trim().toLowerCase()).filter((line) => line !== ''));
    const [missing, unlisted] = [listed.difference(names).size, names.difference(listed).size];
    if (listed.size > 0 && missing + unlisted > 0) return { tables, problem: { ...differs, text: `Of the files that are listed ${missing} are not in the package, and ${unlisted} of its files are not listed.` } };
  }
  return { tables };
}

const differs = { category: 'invalid', code: 'package-list-differs', expected: 'a line for each file of the package, or an empty file', fix: 'Send all files and list each of them.' } as const;

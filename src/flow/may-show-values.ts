import { existsSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { Problem } from '../fhir/problem.ts';
import { checkNhsNumber } from '../fhir/nhs-number.ts';
import type { PackageFile } from '../intake/package/read-zip.ts';

/** A file of this name says that all files of its folder are invented. */
const marker = 'SYNTHETIC';

/**
 * Why the values of a file must stay masked; null when they may be shown. Shown only of examples of a kind, and of files in a folder
 * that holds a file named SYNTHETIC; never of a file with an NHS number outside the test range 999.
 */
export function mayShowValues(mappingsFolder: string, path: string, bytes: Uint8Array | readonly PackageFile[]): Problem | null {
  const refuse = (text: string, fix: string): Problem => ({ category: 'forbidden', code: 'values-not-synthetic', text, at: { file: path }, fix });
  const folder = resolve(dirname(path));
  const isExample = folder.startsWith(resolve(mappingsFolder) + sep) && folder.includes(`${sep}examples${sep}`);
  if (!isExample && !existsSync(join(folder, marker))) {
    return refuse('Nothing says that this file is invented, so its values are not shown.', `If it is, put an empty file named ${marker} beside it; otherwise leave out --show-values.`);
  }
  if (bytes instanceof Uint8Array && bytes[0] === 0x50 && bytes[1] === 0x4b) return refuse('A packed file cannot be looked through for real numbers, so its values are not shown.', 'Unpack it into a folder, and name that.');
  const texts = bytes instanceof Uint8Array ? [bytes] : bytes.map((file) => file.bytes);
  const numbers = texts.map((each) => new TextDecoder().decode(each)).join('\n').match(/(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)/g) ?? [];
  const real = numbers.some((number) => checkNhsNumber(number).kind === 'valid' && !number.startsWith('999'));
  return real ? refuse('This file holds a number that may be somebody\'s NHS number, so its values are not shown.', 'Use invented people with NHS numbers of the range 999, or leave out --show-values.') : null;
}

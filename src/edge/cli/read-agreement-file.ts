import { open } from 'node:fs/promises';
import type { Problem } from '../../fhir/problem.ts';
import { hasCode } from '../has-code.ts';

/** Longer than any agreement: what is larger is not read into memory to be refused. */
const maxBytes = 1_048_576;

/** A file's text as UTF-8. `unreadable` says that there is nothing to look at, which is another failure than a bad text. */
export async function readAgreementFile(file: string): Promise<{ text: string } | { problem: Problem; unreadable: boolean }> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > maxBytes) return { problem: { category: 'too-large', code: 'agreement-too-large', text: 'The agreement file is too long.', expected: 'at most 256 KiB', at: { file } }, unreadable: false };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile()) };
  } catch (error) {
    if (hasCode(error, 'ERR_ENCODING_INVALID_ENCODED_DATA')) {
      return { problem: { category: 'malformed', code: 'agreement-not-yaml', text: 'The agreement file is not UTF-8 text.', expected: 'one YAML 1.2 document in UTF-8', at: { file } }, unreadable: false };
    }
    return { problem: { category: 'not-found', code: 'file-unreadable', text: 'The file cannot be read.', at: { file }, fix: 'Check the path and the rights to it.' }, unreadable: true };
  }
}

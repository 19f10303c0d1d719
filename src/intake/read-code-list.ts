import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { snomed } from '../fhir/coded-values.ts';
import { whyNoCode } from './sensitive-code-files.ts';

/** A line of somebody else's list: a code, or why it was not taken. Lines that say nothing (inactive, of another set) are `skipped`. */
export type ListedCode =
  | { kind: 'code'; line: number; system: string; code: string; display: string }
  | { kind: 'refused'; line: number; text: string; expected: string }
  | { kind: 'skipped'; line: number };

export interface CodeListOptions {
  /** of codes whose line names none */
  system: string;
  /** RF2: only members of this reference set */
  refset: string | null;
}

const rf2Columns = ['id', 'effectiveTime', 'active', 'moduleId', 'refsetId', 'referencedComponentId'];
const longestLine = 100_000;

type ReadLine = (cells: readonly string[], line: number) => ListedCode;

/**
 * Reads a list of codes one line at a time, however long it is: a SNOMED CT RF2 simple reference set snapshot (tab
 * separated), a CSV with a column `code` and perhaps `system` and `display`, or one code per line. Throws what the file
 * system or the CSV parser throws.
 */
export async function* readCodeList(file: string, options: CodeListOptions): AsyncGenerator<ListedCode> {
  const tabs = (await firstLineOf(file)).includes('\t');
  const parser = createReadStream(file).pipe(parse({
    bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true, max_record_size: longestLine,
    ...(tabs && { delimiter: '\t', quote: null }),
  }));
  let read: ReadLine | null = null;
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    if (read) yield read(record, info.lines);
    else if (tabs) {
      if (record.slice(0, rf2Columns.length).join('\t') !== rf2Columns.join('\t')) {
        yield { kind: 'refused', line: info.lines, text: 'The file is tab separated, but its first line is not that of a reference set.', expected: rf2Columns.join(' ') };
        return;
      }
      read = (cells, line) => readMember(cells, line, options);
    } else {
      const columns = record.map((name) => name.toLowerCase());
      const at = { code: columns.indexOf('code'), system: columns.indexOf('system'), display: columns.indexOf('display') };
      const withoutHeader = at.code < 0;
      read = (cells, line) => checked(line, cells[at.system] || options.system, cells[withoutHeader ? 0 : at.code] ?? '', cells[withoutHeader ? 1 : at.display] ?? '');
      if (withoutHeader) yield read(record, info.lines);
    }
  }
}

/** A member of a simple reference set: only what is active now, and only concepts. */
function readMember([, , active, , refset, concept = '']: readonly string[], line: number, options: CodeListOptions): ListedCode {
  if (active !== '1' || (options.refset !== null && refset !== options.refset)) return { kind: 'skipped', line };
  return checked(line, snomed, concept, '');
}

function checked(line: number, system: string, code: string, display: string): ListedCode {
  const wrong = whyNoCode(system, code);
  return wrong ? { kind: 'refused', line, ...wrong } : { kind: 'code', line, system, code, display };
}

async function firstLineOf(file: string): Promise<string> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4_096), 0, 4_096, 0);
  return buffer.subarray(0, bytesRead).toString('utf8').split('\n')[0] ?? '';
}

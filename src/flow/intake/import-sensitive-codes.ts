import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeKey } from '../../fhir/coded-values.ts';
import type { Problem } from '../../fhir/problem.ts';
import { readCodeList, type CodeListOptions } from '../../intake/read-code-list.ts';
import { parseSensitiveCodes, sensitiveCodeColumns, sensitiveCodesFolder, type SensitiveCodeLine } from '../../intake/sensitive-code-files.ts';

export interface CodeImport extends CodeListOptions {
  /** what is imported */
  file: string;
  /** `mappings/` */
  mappings: string;
  /** name of the set, without `.csv` */
  set: string;
  /** one label, or several with spaces between */
  label: string;
  /** where the list comes from */
  source: string;
}

export interface ImportedCodes {
  /** lines read, and what became of them: the other numbers add up to this one */
  read: number;
  added: number;
  known: number;
  skipped: number;
  refused: number;
  /** codes in the set now */
  total: number;
}

const mostTold = 20;

/**
 * Adds the codes of a list to a code set, which stays sorted; codes it has already keep their line. Doing it again changes
 * nothing. Refused lines are told, up to a number, and the others are taken. Null, with the reasons told and nothing
 * written, when the set has a mistake or would have one.
 */
export async function importSensitiveCodes(asked: CodeImport, refuse: (problem: Problem) => void): Promise<ImportedCodes | null> {
  const path = join(asked.mappings, sensitiveCodesFolder, `${asked.set}.csv`);
  const file = `${sensitiveCodesFolder}/${asked.set}.csv`;
  const standing = statSync(path, { throwIfNoEntry: false }) ? parseSensitiveCodes(readFileSync(path), file) : { lines: [] };
  if ('problems' in standing) {
    for (const problem of standing.problems) refuse(problem);
    return null;
  }
  const lines = new Map(standing.lines.map((line) => [codeKey(line.system, line.code), line]));
  const counts = { read: 0, added: 0, known: 0, skipped: 0, refused: 0 };
  const turnAway = (line: number, text: string, expected: string): void => {
    counts.refused += 1;
    if (counts.refused <= mostTold) refuse({ category: 'invalid', code: 'code-refused', text, at: { file: asked.file, line }, expected });
  };
  for await (const each of readCodeList(asked.file, asked)) {
    counts.read += 1;
    if (each.kind === 'skipped') counts.skipped += 1;
    else if (each.kind === 'refused') turnAway(each.line, each.text, each.expected);
    else {
      const key = codeKey(each.system, each.code);
      const before = lines.get(key);
      if (before && before.label !== asked.label) turnAway(each.line, 'The set has this code with another label.', `label ${before.label}, or change the line by hand`);
      else if (before) counts.known += 1;
      else {
        counts.added += 1;
        lines.set(key, { system: each.system, code: each.code, display: each.display || each.code, label: asked.label, source: asked.source, note: '' });
      }
    }
  }
  return save(path, file, [...lines.values()], refuse) ? { ...counts, total: lines.size } : null;
}

/** Writes what would be read again without a mistake, all at once. */
function save(path: string, file: string, lines: readonly SensitiveCodeLine[], refuse: (problem: Problem) => void): boolean {
  const sorted = [...lines].sort((a, b) => (a.system + a.code < b.system + b.code ? -1 : 1));
  const text = [sensitiveCodeColumns, ...sorted.map((line) => sensitiveCodeColumns.map((name) => line[name]))].map((cells) => `${cells.map(cellText).join(',')}\n`).join('');
  const check = parseSensitiveCodes(Buffer.from(text), file);
  if ('problems' in check) {
    for (const problem of check.problems.slice(0, mostTold)) refuse(problem);
    return false;
  }
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  return true;
}

/** A spreadsheet must take no cell for a formula. */
function cellText(value: string): string {
  const text = value.replaceAll(/\s+/g, ' ').replace(/^[=+@-]+/, '');
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

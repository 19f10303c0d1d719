import type { Problem } from '../../fhir/problem.ts';
import type { Kind, Part } from '../types.ts';
import type { PackageFile } from './read-zip.ts';

/** A file of a package with the part of the kind it is the table of. */
export interface PackedTable {
  part: Part;
  bytes: Uint8Array;
}

/**
 * Says which table each file of a package is, by the file name patterns of the kind, in the kind's order. Tables missing, there twice and unknown are all told;
 * so is, with the reason, what the kind leaves out.
 */
export function assignTables(kind: Kind, files: readonly PackageFile[]): { tables: PackedTable[]; told: Problem[] } | { problems: Problem[] } {
  const parts = kind.parts.filter((part) => part.file !== undefined);
  const found = new Map<Part, PackageFile[]>(parts.map((part) => [part, []]));
  const problems: Problem[] = [];
  const told: Problem[] = [];
  files.forEach((file, index) => {
    const left = kind.leftOut?.find((table) => fits(table.file, file.name));
    if (left) return void told.push({ category: 'unsupported', severity: 'information', code: 'package-table-left-out', text: `The table ${left.file} is not carried: ${left.reason}.` });
    const part = parts.find(({ file: pattern = '' }) => fits(pattern, file.name));
    if (part) found.get(part)?.push(file);
    else problems.push({ ...unknown, text: `File ${index + 1} of the package is none of this feed's tables.`, expected: parts.map((each) => each.file).join(', ') });
  });
  for (const [part, named] of found) {
    if (named.length > 1) problems.push({ category: 'invalid', code: 'package-table-twice', text: `The table ${part.name} is in the package ${named.length} times.`, at: { part: part.name }, expected: `one file ${part.file}`, fix: 'Pack each table once.' });
    if (named.length === 0 && part.needed) problems.push({ category: 'invalid', code: 'package-table-missing', text: `The table ${part.name} is not in the package.`, at: { part: part.name }, expected: `one file ${part.file}`, fix: 'Pack every table, also one without rows, with its header.' });
  }
  if (problems.length > 0) return { problems };
  return { told, tables: [...found].flatMap(([part, [file]]) => (file ? [{ part, bytes: file.bytes }] : [])) };
}

/** `CYP001MPI.CSV` fits `CYP001*.csv`: a star is any letters, digits, hyphens and underscores, and capitals do not matter. */
export function fits(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('[A-Za-z0-9_-]*')}$`, 'i').test(name);
}

const unknown = { category: 'invalid', code: 'package-table-unknown', fix: 'Leave it out, or have the feed\'s specification extended.' } as const;

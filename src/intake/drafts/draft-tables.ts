import type { Problem } from '../../fhir/problem.ts';
import type { PackageFile } from '../package/read-zip.ts';
import type { Relation } from '../types.ts';
import { draftTable, readSampleTable, type SampleTable } from './draft-columns.ts';
import { readSample, type SchemaDraft } from './draft-schema.ts';
import { namesPerson } from './guess-type.ts';

/** A table of a package, as a part of its kind. */
export interface PartDraft extends SchemaDraft {
  name: string;
  /** its file's name, with `*` for what looks like a day or a number of the extract */
  file: string;
  relations?: Relation[];
}

type NamedTable = SampleTable & { name: string; file: string };
type Owner = { part: string; by: string };

/**
 * The tables of a sample package. A column that names the person in most of them names it in each that has it; a table without any belongs
 * to the rows of another one with which it has a column in common. Tables that others belong to come first.
 */
export function draftTables(files: readonly PackageFile[]): { parts: PartDraft[] } | { problem: Problem } {
  const tables: NamedTable[] = [];
  for (const { name: file, bytes } of files) {
    if (!/^[A-Za-z0-9_-]+\.[A-Za-z0-9]+$/.test(file)) return { problem: { category: 'invalid', code: 'sample-file-name', text: 'A table\'s file has a name that packages cannot have.', at: { file }, expected: 'letters, digits, hyphens and underscores, such as referrals.csv' } };
    const sample = readSample(bytes);
    const table = 'problem' in sample ? sample : readSampleTable(sample.text);
    if ('problem' in table) return { problem: { ...table.problem, at: { ...table.problem.at, file } } };
    tables.push({ ...table, name: partName(file, tables), file: filePattern(file, tables) });
  }
  const persons = tables.map((table) => personColumn(table, tables));
  const owners = tables.map((table, index) => (persons[index] === undefined ? ownerOf(table, tables.filter((_, other) => persons[other] !== undefined)) : undefined));
  const parts = tables.map((table, index): PartDraft => {
    const owner = owners[index];
    const draft = draftTable(table, owner ? null : persons[index] ?? table.columns[0]?.name ?? null);
    return { ...draft, name: table.name, file: table.file, ...(owner && { relations: [{ part: owner.part, by: [owner.by], rows: 'one' }] }) };
  });
  return { parts: parts.sort((a, b) => Number(a.relations !== undefined) - Number(b.relations !== undefined)) };
}

/** `CYP101_Referral_202405.csv` → `cyp101-referral` */
function partName(file: string, taken: readonly { name: string }[]): string {
  const words = file.replace(/\.[^.]+$/, '').replace(/\d{6,}/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  const name = /^[a-z]/.test(words) ? words : `table-${words}`.replace(/-$/, '');
  return taken.some((table) => table.name === name) ? `${name}-${taken.length + 1}` : name;
}

function filePattern(file: string, taken: readonly { file: string }[]): string {
  const exact = file.replace(/\.[^.]+$/, (extension) => extension.toLowerCase());
  const pattern = exact.replace(/\d{6,}/g, '*');
  return taken.some((table) => table.file === pattern) ? exact : pattern;
}

/** Of the columns that say they name a person, the one most tables have; else one with NHS numbers. */
function personColumn({ columns }: NamedTable, tables: readonly NamedTable[]): string | undefined {
  const having = (header: string): number => tables.filter((table) => table.columns.some((column) => column.header === header)).length;
  const named = columns.filter(({ header }) => namesPerson(header)).sort((a, b) => having(b.header) - having(a.header));
  return (named[0] ?? columns.find(({ format }) => format === 'nhs-number'))?.name;
}

/** Another table with a column of the same name, in which every row has a value of its own and this table's are all found. */
function ownerOf(table: NamedTable, others: readonly NamedTable[]): Owner | undefined {
  for (const other of others) {
    for (const { name } of table.columns.filter((column) => other.columns.some((each) => each.name === column.name && each.header === column.header))) {
      const known = valuesOf(other, name);
      const distinct = new Set(known);
      if (distinct.size === known.length && !distinct.has('') && valuesOf(table, name).every((value) => distinct.has(value))) return { part: other.name, by: name };
    }
  }
  return undefined;
}

function valuesOf({ columns, rows }: SampleTable, name: string): string[] {
  const index = columns.findIndex((column) => column.name === name);
  return rows.map((row) => (row[index] ?? '').trim());
}

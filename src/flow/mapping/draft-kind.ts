import type { Problem } from '../../fhir/problem.ts';
import { draftSchema, type SchemaDraft } from '../../intake/drafts/draft-schema.ts';
import { draftTables, type PartDraft } from '../../intake/drafts/draft-tables.ts';
import { readZip, type PackageFile } from '../../intake/package/read-zip.ts';
import { draftMap } from '../../mapping/draft-map.ts';

export interface DraftFile {
  /** in the kind's folder */
  file: string;
  text: string;
}

export interface KindDraft {
  format: string;
  /** names of its parts, '' for the only one */
  parts: string[];
  files: DraftFile[];
  /** how many fields the sample has, over all parts */
  fields: number;
}

const usual = { maxBytes: 5_000_000, maxRows: 20_000 };
const largestZip = { entries: 200, bytes: 256 * 1024 ** 2 };

/** The files a new kind begins with, from a sample (a file, a zip of tables, or the tables themselves): what its fields are called and look like, and no value of them. */
export async function draftKind(name: string, sample: Uint8Array | readonly PackageFile[]): Promise<KindDraft | { problem: Problem }> {
  const files = await tablesOf(sample);
  if ('problem' in files) return files;
  const size = 'bytes' in files ? files.bytes.length : files.tables.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const limits = { ...usual, maxBytes: Math.max(usual.maxBytes, size * 4) };
  if ('tables' in files) {
    const drafts = draftTables(files.tables);
    return 'problem' in drafts ? drafts : kindOf(name, drafts.parts, limits);
  }
  const draft = draftSchema(files.bytes);
  return 'problem' in draft ? draft : kindOf(name, [{ ...draft, name: '' }], limits);
}

async function tablesOf(sample: Uint8Array | readonly PackageFile[]): Promise<{ bytes: Uint8Array } | { tables: readonly PackageFile[] } | { problem: Problem }> {
  if (!(sample instanceof Uint8Array)) return { tables: sample };
  if (sample[0] !== 0x50 || sample[1] !== 0x4b) return { bytes: sample };
  const unpacked = await readZip(sample, largestZip);
  if ('files' in unpacked) return { tables: unpacked.files };
  const [problem] = unpacked.problems;
  if (!problem) throw new Error('a zip refused without a reason');
  return { problem };
}

function kindOf(name: string, parts: readonly (SchemaDraft & Partial<PartDraft>)[], limits: typeof usual): KindDraft | { problem: Problem } {
  const [first] = parts;
  if (!first) return { problem: { category: 'malformed', code: 'source-empty', text: 'The sample holds no tables.' } };
  const schemaFile = (part: string): string => (part === '' ? 'schema.json' : `${part}.schema.json`);
  const fileOf = (part: string): string => `${part === '' ? name : part}.map`;
  const kind = {
    name, title: `${name} (draft)`, format: first.format, update: first.update, zone: 'Europe/London', limits,
    parts: parts.map(({ name: part = '', file, relations }) => ({ name: part, ...(file !== undefined && { file }), map: fileOf(part), schema: schemaFile(part), ...(relations && { relations }) })),
    categories: [{ type: 'Patient', category: 'identity' }],
  };
  return {
    format: first.format, parts: parts.map(({ name: part = '' }) => part), fields: parts.reduce((sum, { fields, relations }) => sum + fields.length + (relations ? 0 : 1), 0),
    files: [
      { file: 'kind.json', text: `${JSON.stringify(kind, null, 2)}\n` },
      ...parts.flatMap(({ name: part = '', schema, personKey, fields }) => [
        { file: schemaFile(part), text: `${JSON.stringify(schema, null, 2)}\n` },
        { file: fileOf(part), text: draftMap({ kind: part === '' ? name : `${name}-${part}`, personKey, fields }) },
      ]),
      { file: 'dropped.csv', text: 'field,reason,approvedBy,date\n' },
    ],
  };
}

import type { Problem } from '../fhir/problem.ts';
import { draftSchema } from '../intake/drafts/draft-schema.ts';
import { draftMap } from '../mapping/draft-map.ts';

export interface DraftFile {
  /** in the kind's folder */
  file: string;
  text: string;
}

/** The files a new kind begins with, from a sample: what its fields are called and look like, and no value of them. */
export function draftKind(name: string, bytes: Uint8Array): { files: DraftFile[]; fields: number } | { problem: Problem } {
  const draft = draftSchema(bytes);
  if ('problem' in draft) return draft;
  const { format, update, schema, personKey, fields } = draft;
  const kind = {
    name, title: `${name} (draft)`, format, update, zone: 'Europe/London', limits: { maxBytes: 5_000_000, maxRows: 20_000 },
    parts: [{ name: '', map: `${name}.map`, schema: 'schema.json' }], categories: [{ type: 'Patient', category: 'identity' }],
  };
  return {
    fields: fields.length + 1,
    files: [
      { file: 'kind.json', text: `${JSON.stringify(kind, null, 2)}\n` }, { file: 'schema.json', text: `${JSON.stringify(schema, null, 2)}\n` },
      { file: `${name}.map`, text: draftMap({ kind: name, personKey, fields }) }, { file: 'dropped.csv', text: 'field,reason,approvedBy,date\n' },
    ],
  };
}

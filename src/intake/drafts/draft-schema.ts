import type { Problem } from '../../fhir/problem.ts';
import { decodeText } from '../decode-text.ts';
import type { FormatName } from '../formats.ts';
import { draftColumns } from './draft-columns.ts';
import { draftDocument } from './draft-document.ts';
import { draftMessages } from './draft-messages.ts';

/** What a sample suggests about a kind. Names, types and lengths are told, never a value. */
export interface SchemaDraft {
  format: FormatName;
  update: 'snapshot' | 'patch';
  /** what the part's schema file would hold */
  schema: object;
  /** the sender's person id in the tree the map reads: `personId`, `person.key` */
  personKey: string;
  /** every other field of that tree, with how its values are written where a map must know */
  fields: DraftField[];
}

export interface DraftField {
  path: string;
  /** format of dates that are not ISO, for toDate() */
  dateFormat?: string;
}

/** Reads a sample: HL7 v2 by its first segment, JSON by its first bracket, else CSV. Refused: what is not UTF-8, and what cannot be read as what it seems to be. */
export function draftSchema(bytes: Uint8Array): SchemaDraft | { problem: Problem } {
  const decoded = decodeText(bytes);
  if ('problem' in decoded) return decoded;
  const text = decoded.text.replace(/\r\n?/g, '\n').replace(/[\u000b\u001c]/g, '').trim();
  if (text === '') return { problem: { category: 'malformed', code: 'source-empty', text: 'The file is empty.' } };
  if (text.startsWith('MSH')) return draftMessages(text);
  return text.startsWith('{') || text.startsWith('[') ? draftDocument(text) : draftColumns(text);
}

import type { Problem } from '../../fhir/problem.ts';
import { decodeText } from '../decode-text.ts';
import type { FormatName } from '../formats.ts';
import { draftColumns } from './draft-columns.ts';
import { draftDocument } from './draft-document.ts';
import { draftMessages } from './draft-messages.ts';
import { draftXml } from './draft-xml.ts';

/** What a sample suggests about a part of a kind. Names, types and lengths are told, never a value. */
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

/** Reads a sample: HL7 v2 by its first segment, XML and JSON by their first mark, else CSV. Refused: what is not UTF-8, and what cannot be read as what it seems to be. */
export function draftSchema(bytes: Uint8Array): SchemaDraft | { problem: Problem } {
  const sample = readSample(bytes);
  if ('problem' in sample) return sample;
  const { text } = sample;
  if (text.startsWith('MSH')) return draftMessages(text);
  if (text.startsWith('<')) return draftXml(text);
  return text.startsWith('{') || text.startsWith('[') ? draftDocument(text) : draftColumns(text);
}

/** The sample's text, without the marks of a transmission and blank ends. */
export function readSample(bytes: Uint8Array): { text: string } | { problem: Problem } {
  const decoded = decodeText(bytes);
  if ('problem' in decoded) return decoded;
  const text = decoded.text.replace(/\r\n?/g, '\n').replace(/[\u000b\u001c]/g, '').trim();
  return text === '' ? { problem: { category: 'malformed', code: 'source-empty', text: 'The file is empty.' } } : { text };
}

import { fileURLToPath } from 'node:url';
import { loadMappings, type Mappings } from '../../src/intake/load-mappings.ts';
import { readRow } from '../../src/intake/read-row.ts';
import { splitSource } from '../../src/intake/split-source.ts';
import type { Feed, Kind, Part, RowInput, SplitRow } from '../../src/intake/types.ts';
import type { Problem } from '../../src/fhir/problem.ts';

/** The real mappings and a small way to write HL7 messages, for the tests of this folder. */

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

export function mappings(): Mappings {
  const loaded = loadMappings(`${projectRoot}mappings`);
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded;
}

export function feedOf(key: string): { feed: Feed; kind: Kind; part: Part } {
  const all = mappings();
  const feed = all.feeds.find((candidate) => candidate.key === key);
  const kind = all.kinds.get(feed?.kind ?? '');
  const part = kind?.parts[0];
  if (!feed || !kind || !part) throw new Error(`no feed ${key}`);
  return { feed, kind, part };
}

const adt = feedOf('uhb-adt');

/** A segment from its numbered fields: `segment('PID', { 3: 'H1^^^RRK' })`. */
export function segment(name: string, fields: Record<number, string>): string {
  const last = Math.max(0, ...Object.keys(fields).map(Number));
  const values = Array.from({ length: last }, (_, index) => fields[index + 1] ?? '');
  return [name, ...values].join('|');
}

export interface MessageFacts {
  event?: string;
  id?: string;
  at?: string;
  /** EVN-6 where it differs: when that happened which the event takes back */
  of?: string;
  msh?: Record<number, string>;
  pid?: Record<number, string>;
  pv1?: Record<number, string> | null;
  more?: string[];
}

/** A complete, correct message unless the facts say otherwise; `pv1: null` leaves the visit out. Segments end with CR. */
export function message({ event = 'A01', id = 'M1', at = '20240301081000', of = at, msh = {}, pid = {}, pv1 = {}, more = [] }: MessageFacts = {}): string {
  const header = { 2: 'PAS', 3: 'RRK', 6: at, 8: `ADT^${event}^ADT_${event}`, 9: id, 10: 'P', 11: '2.4', ...msh };
  const person = { 1: '1', 3: '9990000743^^^NHS~H1234567^^^RRK', 5: 'OKAFOR^ALICE^^^MRS^^L', 7: '19380211', 8: '2', ...pid };
  const visit = { 2: 'I', 3: 'RRK^W12^B4^RRK15', 19: 'V778812^^^RRK', ...pv1 };
  const lines = [`MSH|^~\\&|${segment('', header).slice(1 + 1)}`, segment('EVN', { 2: at, 6: of }), segment('PID', person)];
  if (pv1 !== null) lines.push(segment('PV1', visit));
  return [...lines, ...more].map((line) => `${line}\r`).join('');
}

export function split(bytes: string | Uint8Array, feed: Feed = adt.feed): { rows: SplitRow[]; problems: Problem[] } {
  return splitSource(adt.kind, feed, '', typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
}

export function read(text: string, feed: Feed = adt.feed): { input: RowInput } | { problems: Problem[] } {
  const { rows, problems } = split(text, feed);
  const [row] = rows;
  return row ? readRow(adt.kind, feed, adt.part, row) : { problems };
}

/** The row as read, or a failure that shows why not. */
export function inputOf(text: string): RowInput {
  const result = read(text);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.input;
}

export function problemsOf(text: string): Problem[] {
  const result = read(text);
  return 'problems' in result ? result.problems : [];
}

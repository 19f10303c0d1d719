import type { Problem } from '../fhir/problem.ts';
import type { OpenRecord } from './documents/read-document.ts';
import type { Feed, Kind, Part, RowInput, SplitRow } from './types.ts';

/** The text of one part of a feed, to be cut into rows. */
export interface SourceText {
  feed: Feed;
  part: Part;
  text: string;
  /** rows to read at most; the caller refuses a source with more than its kind may send */
  most: number;
}

export interface SchemaTools {
  report(text: string, pointer: string): void;
  /** source → code of a table of the kind; empty when there is none */
  table(name: string): ReadonlyMap<string, string>;
}

/** How one format is read: everything the rest of intake must know of it. */
export interface SourceFormat {
  /** of its example files: `input.csv` */
  extension: string;
  /** what one of its rows is called, in the plural, in what readers are told */
  rows: string;
  /** JSON Schema of the file that a part's `schema` names */
  schema: object;
  /** what that file says, as members of Part; a mistake no schema can tell goes to `report` */
  readSchema(content: unknown, tools: SchemaTools): Pick<Part, 'columns' | 'spreadsheet' | 'latest' | 'claims' | 'asOf' | 'messages' | 'document' | 'bundle'>;
  /** cheap, at receipt: whose row it is and where it begins. `problems` without rows refuse the whole source, beside rows they warn; a row's own problem refuses only that row */
  split(source: SourceText): { rows: SplitRow[]; problems: Problem[] };
  /** where a row says its sender's id of it, as a reader of the format looks for it; absent: no row of the format has one */
  messageIdAt?(part: Part): string;
  /** a row as it was kept, for finding where in it something stands; absent: its format has no trees */
  open?(content: string): OpenRecord;
  /** the record the map (or the fold) takes, or every reason why the row must be quarantined */
  read(kind: Kind, feed: Feed, part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] };
}

import type { JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { feedFacts } from '../../intake/feed-facts.ts';
import { foldRow, unfoldRow } from '../../intake/fold.ts';
import { saidBy, type SaidBy } from '../../intake/places/said-by.ts';
import { readRow } from '../../intake/read-row.ts';
import type { PackageFile } from '../../intake/package/read-zip.ts';
import { splitTables } from '../../intake/package/split-package.ts';
import { splitReceived } from '../../intake/split-received.ts';
import type { Feed, FoldState, Kind, Part, RowInput, SplitRow } from '../../intake/types.ts';
import type { CompiledMap, MapResult } from '../../mapping/types.ts';
import { ownName } from '../intake/name-resource.ts';

/** What one file is and who sends it. */
export interface SourceAsk {
  kind: Kind;
  feed: Feed;
  /** of a package of tables: its name is '' */
  part: Part;
  /** a folder of tables is a package that is not packed */
  bytes: Uint8Array | readonly PackageFile[];
}

/** One row on its way from bytes to FHIR. */
export interface MappedSourceRow {
  row: SplitRow;
  part: Part;
  /** what this row alone holds; null when it could not be read */
  input: RowInput | null;
  /** what the map read: of patch kinds the fold */
  record: JsonObject;
  /** how the row was read: errors mean it was not mapped. Places are in the file */
  read: Problem[];
  /** what the map made of it; null when it was not mapped: it could not be read, or says nothing but whom it joins. Places of its problems are in the map */
  result: MapResult | null;
  /** for patch kinds, which message last said a field: `PID.f5` → its control id */
  saidBy: SaidBy;
}

export interface MappedSource {
  /** why nothing of the file can be used */
  problems: Problem[];
  rows: MappedSourceRow[];
}

/** Takes a file through the same steps as intake does, in order and without a record: split, read, fold, map. */
export async function mapSource(ask: SourceAsk, mapOf: (part: Part) => CompiledMap): Promise<MappedSource> {
  const { kind, feed, part, bytes } = ask;
  return mapSplit(ask, bytes instanceof Uint8Array ? await splitReceived(kind, feed, part.name, bytes) : splitTables(kind, feed, bytes), mapOf);
}

/** The same of a file that was split already. */
export function mapSplit({ kind, feed, part }: Omit<SourceAsk, 'bytes'>, { rows, problems }: { rows: readonly SplitRow[]; problems: Problem[] }, mapOf: (part: Part) => CompiledMap): MappedSource {
  let states: ReadonlyMap<string, FoldState> = new Map();
  const mapped = rows.map((row): MappedSourceRow => {
    const own = row.part === undefined ? part : kind.parts.find(({ name }) => name === row.part) ?? part;
    const read = readRow(kind, feed, own, row);
    if ('problems' in read) return { row, part: own, input: null, record: {}, read: read.problems, result: null, saidBy: new Map() };
    const { input } = read;
    if (input.joins) return { row, part: own, input, record: {}, read: input.warnings, result: null, saidBy: new Map() };
    const folds = input.foldKeys.length > 0;
    if (folds) states = foldRow(states, input, row.messageId ?? '');
    const record = folds ? unfoldRow(states, input) : input.record;
    return { row, part: own, input, record, read: input.warnings, result: mapOf(own).run({ feed: feedFacts(feed), ...record }), saidBy: saidBy(states, input) };
  });
  return { problems, rows: mapped };
}

/** Errors, not warnings. */
export function errorsIn(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ severity = 'error' }) => severity === 'error');
}

/** How a mapped resource is told from others of its feed: by what its partner calls it; '' when it does not. */
export function ownKeyOf(resource: JsonObject, { partner }: Feed): string {
  const own = ownName(resource, partner.identifierBase);
  return own ? `${own.type} ${own.system}|${own.value}` : '';
}

import type { Problem } from '../fhir/problem.ts';
import { formats } from './formats.ts';
import type { SourceFormat } from './source-format.ts';
import type { Feed, Kind, Part, RowInput, SplitRow } from './types.ts';

/** Reads and checks one row: the record the map (or the fold) takes, or every reason why it must be quarantined. */
export function readRow(kind: Kind, feed: Feed, part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  if (row.problem) return { problems: [row.problem] };
  return formats[kind.format].read(kind, feed, part, row);
}

/** Where a row of this kind says its sender's id of it, for what is told about it; '' when it has none. */
export function messageIdAt(kind: Kind, part: Part): string {
  const format: SourceFormat = formats[kind.format];
  return format.messageIdAt?.(part) ?? '';
}

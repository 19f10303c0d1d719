import type { Problem } from '../fhir/problem.ts';
import { formats } from './formats.ts';
import type { Feed, Kind, Part, RowInput, SplitRow } from './types.ts';

/** Reads and checks one row: the record the map (or the fold) takes, or every reason why it must be quarantined. */
export function readRow(kind: Kind, feed: Feed, part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  if (row.problem) return { problems: [row.problem] };
  return formats[kind.format].read(kind, feed, part, row);
}

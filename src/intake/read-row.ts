import type { Problem } from '../fhir/problem.ts';
import { readCells } from './csv/read-cells.ts';
import { readMessage } from './hl7v2/read-message.ts';
import type { Feed, Kind, Part, RowInput, SplitRow } from './types.ts';

/** Reads and checks one row: the record the map (or the fold) takes, or every reason why it must be quarantined. */
export function readRow(kind: Kind, feed: Feed, part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  if (row.problem) return { problems: [row.problem] };
  return kind.format === 'hl7v2' ? readMessage(kind, feed, part, row) : readCells(part, row);
}

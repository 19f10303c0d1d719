import type { JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Column, Kind, Part, Relation, SplitRow } from '../types.ts';
import { readCells } from './read-cells.ts';
import type { JoinedRow, RelatedRow } from './row-content.ts';

interface Read {
  record: JsonObject;
  problems: Problem[];
  warnings: Problem[];
}

/**
 * A row with the rows of other tables it is read with, each below the branch its relation names. What is wrong with the
 * row itself, or with the one it is read as, refuses it. Of the others a wrong one is told where it stands and left out
 * here, unless the relation wants them whole.
 */
export function readJoined(kind: Kind, part: Part, row: SplitRow, { main, with: related }: JoinedRow): Read {
  const place = { row: row.row, line: row.line };
  const mainPart = partOf(kind, part.readAs ?? part.name);
  const { record, problems } = readCells(mainPart.columns ?? [], main, part.readAs === undefined ? place : main);
  const warnings: Problem[] = [];
  for (const relation of mainPart.relations ?? []) {
    if (relation.as === undefined) continue;
    const columns = partOf(kind, relation.part).columns ?? [];
    const rows = (related[relation.as] ?? []).map((each) => ({ each, read: readCells(columns, each, each.row === row.row ? place : each) }));
    for (const { each, read } of rows.filter(({ read }) => read.problems.length > 0)) {
      if (relation.rows === 'one') continue;
      if (relation.whole || each.row === row.row) problems.push(...read.problems);
      else warnings.push(leftOut(each));
    }
    const records = rows.filter(({ read }) => relation.rows === 'one' || read.problems.length === 0).map(({ read }) => only(relation, columns, read.record));
    if (relation.rows === 'many' && records.length > 0) record[relation.as] = records;
    else if (records[0]) record[relation.as] = records[0];
  }
  return { record, problems, warnings };
}

/** The columns a relation hands on: those it names, or all but the ones both rows have in common. */
function only({ columns: names, by }: Relation, columns: readonly Column[], record: JsonObject): JsonObject {
  const isWanted = (name: string): boolean => (names ? names.includes(name) : !by.includes(name));
  return Object.fromEntries(columns.flatMap(({ name }) => (isWanted(name) && record[name] !== undefined ? [[name, record[name]]] : [])));
}

function partOf(kind: Kind, name: string): Part {
  const part = kind.parts.find((candidate) => candidate.name === name);
  if (!part) throw new Error('a relation with a part the kind does not have');
  return part;
}

function leftOut({ part, row, line }: RelatedRow): Problem {
  return {
    category: 'invalid', severity: 'warning', code: 'related-row-left-out', text: 'This row cannot be read; the row it belongs to was taken without it.',
    at: { part, row, line }, fix: 'Mend that row and send the package again.',
  };
}

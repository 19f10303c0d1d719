import { textOf } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { personFoldKey } from '../fold-keys.ts';
import type { LatestStatements, RowInput, SplitRow } from '../types.ts';

/** A row that says one thing of a person on one day, to be folded: the latest counts, in whatever order rows and files come. */
export function latestStatement({ column, at, statements }: LatestStatements, { record, ...rest }: RowInput, { row, line, personKey }: SplitRow): RowInput {
  const said = statements.get(textOf(record[column]));
  return {
    ...rest,
    record: { ...record, person: { key: personKey, latest: [said ?? statements.get('*') ?? ''] } },
    eventAt: textOf(record[at]), foldKeys: [personFoldKey(personKey)],
    warnings: said === undefined ? [{ ...codeNotPlaced, at: { row, line, field: column } }] : [],
  };
}

const codeNotPlaced: Problem = {
  category: 'unprocessable', severity: 'warning', code: 'code-not-in-table', text: 'The table of statements does not have this code; it counts as the table\'s row "*" says.',
  fix: 'Add the code to the table.',
};

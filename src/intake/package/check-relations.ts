import type { Part, Relation } from '../types.ts';

/** Tells what does not fit in how a kind's tables hang together, and tables whose rows would be about nobody. */
export function checkRelations(format: string, parts: readonly Part[], report: (text: string) => void): void {
  for (const part of parts) {
    const columns = columnsOf(part);
    for (const relation of part.relations ?? []) checkRelation(parts, part, relation, (text) => report(`Part "${part.name}": ${text}`));
    const owner = part.relations?.find(({ rows, by, fills }) => rows === 'one' && by.length > 0 && fills === undefined);
    const hasKey = part.columns?.some(({ personKey }) => personKey) ?? false;
    if (format === 'csv' && columns.length > 0 && [hasKey, owner !== undefined, part.cover === true].filter(Boolean).length !== 1) {
      report(`Part "${part.name}": exactly one column must be the personKey, or a relation must lead to the row that has it.`);
    }
    if ((part.relations ?? part.readAs ?? part.cover) !== undefined && part.file === undefined) report(`Part "${part.name}": it is read with other tables, so it needs a file name in the package.`);
    if (part.readAs !== undefined && owner?.part !== part.readAs) report(`Part "${part.name}": it is read as "${part.readAs}", so a relation with one row of that part must say which.`);
  }
}

function checkRelation(parts: readonly Part[], part: Part, { part: name, by, rows, as, columns, fills = [] }: Relation, report: (text: string) => void): void {
  const other = parts.find((candidate) => candidate.name === name);
  if (!other) return report(`there is no part "${name}".`);
  for (const column of by.filter((each) => !columnsOf(part).includes(each) || !columnsOf(other).includes(each))) report(`"${column}" is not a column of both "${part.name}" and "${name}".`);
  for (const column of (columns ?? []).filter((each) => !columnsOf(other).includes(each))) report(`"${column}" is not a column of "${name}".`);
  for (const column of fills.filter((each) => !columnsOf(part).includes(each) || !columnsOf(other).includes(each))) report(`"${column}" is not a column of both "${part.name}" and "${name}".`);
  if (fills.length > 0 && (rows === 'many' || as !== undefined || by.length === 0)) report(`what is filled from "${name}" is of one of its rows, by a column in common, and has no branch.`);
  if (by.length === 0 && !other.cover) report(`only the table about the package is read without a column in common.`);
  if (rows === 'many' && as === undefined) report(`rows of "${name}" need a branch to be put in.`);
  if (as !== undefined && (columnsOf(part).includes(as) || part.relations?.filter((each) => each.as === as).length !== 1)) report(`"${as}" is there twice.`);
}

function columnsOf(part: Part): string[] {
  return (part.columns ?? []).map(({ name }) => name);
}

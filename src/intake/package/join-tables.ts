import type { Problem } from '../../fhir/problem.ts';
import { writeRow, type RelatedRow } from '../csv/row-content.ts';
import type { TableRow } from '../csv/split-csv.ts';
import type { Part, Relation, SplitRow } from '../types.ts';

/** A table of a package, its rows numbered over all tables. */
export interface Table {
  part: Part;
  rows: TableRow[];
}

type Found = { row: TableRow } | { problem: Problem };

/**
 * Rows with the rows of other tables that their relations name, in the order of the tables. A row that belongs to none, or to one of
 * several with the same key, carries that as its problem; so does each of those several. `asOf`: of when the package is.
 */
export function joinTables(tables: readonly Table[], asOf = ''): SplitRow[] {
  const join = new Join(tables, asOf);
  return tables.filter(({ part }) => !part.cover).flatMap(({ part, rows }) => rows.map((row) => join.splitRow(part, row)));
}

class Join {
  private readonly tables: ReadonlyMap<string, Table>;
  /** rows by part, columns and their values, made when first asked for */
  private readonly indexes = new Map<string, Map<string, TableRow[]>>();
  private readonly owners = new Map<TableRow, Found | undefined>();

  private readonly dated: { asOf?: string };

  constructor(tables: readonly Table[], asOf: string) {
    this.dated = asOf === '' ? {} : { asOf };
    this.tables = new Map(tables.map((table) => [table.part.name, table]));
  }

  splitRow(part: Part, row: TableRow): SplitRow {
    const problem = row.problem ?? this.brokenLink(part, row) ?? this.filled(part, row).problem;
    return { row: row.row, line: row.line, part: part.name, personKey: this.personKey(part, row), content: this.content(part, row), ...(problem && { problem }) };
  }

  private content(part: Part, row: TableRow): string {
    const owner = part.readAs === undefined ? undefined : this.owner(part, row);
    const [mainPart, main] = owner && 'row' in owner ? [this.partOf(part.readAs ?? ''), owner.row] : [part, this.filled(part, row).row];
    const named = (mainPart?.relations ?? []).filter(({ as }) => as !== undefined);
    if (!mainPart || (part.readAs === undefined && named.length === 0)) return writeRow({ cells: main.cells, ...(row.columns && { columns: row.columns }), ...this.dated });
    const related: { [as: string]: RelatedRow[] } = {};
    for (const relation of named) related[relation.as ?? ''] = this.related(mainPart, main, relation).map((each) => asRelated(relation.part, each));
    return writeRow({ main: asRelated(mainPart.name, main), with: related, ...this.dated });
  }

  /** A row with what it looks up in other tables, where its own cells are blank. A key that leads nowhere, or to rows that differ, is told only where it is needed. */
  private filled(part: Part, row: TableRow): { row: TableRow; problem?: Problem } {
    let filled = row;
    for (const relation of row.problem ? [] : part.relations ?? []) {
      const { part: other, by, fills = [] } = relation;
      const blank = fills.filter((name) => isBlank(part, filled, [name]));
      const otherPart = this.partOf(other);
      if (blank.length === 0 || !otherPart || isBlank(part, filled, by)) continue;
      const found = this.related(part, filled, relation).map((each) => this.filled(otherPart, each).row);
      const [first] = found;
      const field = headerOf(part, by[0] ?? '');
      const isNeeded = part.columns?.some(({ name, required }) => required && blank.includes(name));
      if (!first && !isNeeded) continue;
      if (!first) return { row: filled, problem: orphan(row, other, field) };
      if (new Set(found.map((each) => valuesOf(otherPart, each, blank))).size > 1) return { row: filled, problem: ambiguous(row, other, field) };
      filled = { ...filled, cells: withValues(part, filled.cells, blank.map((name) => [name, cellOf(otherPart, first, name)])) };
    }
    return { row: filled };
  }

  /** The person a row is about: its own key's, or that of the row it belongs to. */
  private personKey(part: Part, row: TableRow, depth = 0): string {
    if (part.columns?.some(({ personKey }) => personKey) || depth > this.tables.size) return row.personKey;
    const owner = this.owner(part, row);
    const ownerPart = this.partOf(ownerRelation(part)?.part ?? '');
    return owner && 'row' in owner && ownerPart ? this.personKey(ownerPart, owner.row, depth + 1) : '';
  }

  /** The row this one belongs to; undefined for a row that belongs to none, by its kind or because its key is blank. */
  private owner(part: Part, row: TableRow): Found | undefined {
    if (!this.owners.has(row)) this.owners.set(row, this.findOwner(part, row));
    return this.owners.get(row);
  }

  private findOwner(part: Part, row: TableRow): Found | undefined {
    const relation = ownerRelation(part);
    if (!relation || isBlank(part, row, relation.by)) return undefined;
    const found = this.related(part, row, relation);
    const [only] = found;
    if (only && found.length === 1) return { row: only };
    const field = headerOf(part, relation.by[0] ?? '');
    return { problem: found.length === 0 ? orphan(row, relation.part, field) : ambiguous(row, relation.part, field) };
  }

  private brokenLink(part: Part, row: TableRow): Problem | undefined {
    const owner = this.owner(part, row);
    if (owner && 'problem' in owner) return owner.problem;
    const key = this.keyOf(part);
    if (!key || isBlank(part, row, key)) return undefined;
    const twins = this.find(part.name, key, valuesOf(part, row, key));
    return twins.length > 1 ? repeated(row, headerOf(part, key[0] ?? '')) : undefined;
  }

  /** The columns by which rows of other tables name a row of this one. */
  private keyOf(part: Part): string[] | undefined {
    return [...this.tables.values()].map((table) => ownerRelation(table.part)).find((relation) => relation?.part === part.name)?.by;
  }

  private related(part: Part, row: TableRow, { part: other, by }: Relation): TableRow[] {
    return this.find(other, by, valuesOf(part, row, by));
  }

  private find(part: string, by: readonly string[], values: string): TableRow[] {
    const name = `${part} ${by.join(' ')}`;
    let index = this.indexes.get(name);
    if (!index) {
      const table = this.tables.get(part);
      // a ragged row cannot be looked up: which of its cells is which cannot be told
      index = Map.groupBy((table?.rows ?? []).filter(({ problem }) => !problem), (row) => (table ? valuesOf(table.part, row, by) : ''));
      this.indexes.set(name, index);
    }
    return index.get(values) ?? [];
  }

  private partOf(name: string): Part | undefined {
    return this.tables.get(name)?.part;
  }
}

function ownerRelation(part: Part): Relation | undefined {
  return part.relations?.find(({ rows, by, fills }) => rows === 'one' && by.length > 0 && fills === undefined);
}

function asRelated(part: string, { row, line, cells, columns }: TableRow): RelatedRow {
  return { part, row, line, cells, ...(columns && { columns }) };
}

function valuesOf(part: Part, row: TableRow, by: readonly string[]): string {
  return JSON.stringify(by.map((name) => cellOf(part, row, name)));
}

function cellOf(part: Part, { cells }: TableRow, name: string): string {
  return (cells[part.columns?.findIndex((column) => column.name === name) ?? -1] ?? '').trim();
}

function withValues(part: Part, cells: readonly string[], values: readonly (readonly [string, string])[]): string[] {
  const given = new Map(values);
  return (part.columns ?? []).map(({ name }, index) => given.get(name) ?? cells[index] ?? '');
}

function isBlank(part: Part, row: TableRow, by: readonly string[]): boolean {
  return valuesOf(part, row, by) === JSON.stringify(by.map(() => ''));
}

function headerOf(part: Part, name: string): string {
  return part.columns?.find((column) => column.name === name)?.header ?? name;
}

function orphan({ row, line }: TableRow, part: string, field: string): Problem {
  return { category: 'unprocessable', code: 'related-row-missing', text: `The row belongs to a row of the table ${part} that is not in the package, or cannot be read.`, at: { row, line, field }, fix: 'Send both in one package.' };
}
function ambiguous({ row, line }: TableRow, part: string, field: string): Problem {
  return { category: 'unprocessable', code: 'related-row-repeated', text: `The row belongs to a row of the table ${part} whose key is there several times.`, at: { row, line, field }, fix: 'Give each row of that table a key of its own.' };
}
function repeated({ row, line }: TableRow, field: string): Problem {
  return { category: 'unprocessable', code: 'row-key-repeated', text: 'Another row of this table has the same key, so what belongs to which cannot be told.', at: { row, line, field }, fix: 'Send each once.' };
}

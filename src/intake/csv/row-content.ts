/** The cells of a row as sent, in the order of the part's columns. */
export interface RowCells {
  cells: string[];
  /** 1-based column of the sender's file for each of them, 0 for one it came without; absent when the file has the order of the part's columns */
  columns?: number[];
  /** of when the package is whose row this is */
  asOf?: string;
}

/** A row of another table of the same package, and where it stands there. */
export interface RelatedRow extends RowCells {
  part: string;
  row: number;
  line: number;
}

/** A row with the rows of other tables it is read with, by the name of their branch. */
export interface JoinedRow {
  /** the row whose map is run: this row itself, or the one it is read as */
  main: RelatedRow;
  with: { [as: string]: RelatedRow[] };
  asOf?: string;
}

/** Rows are kept as text: an array of cells; an object where a file had another order, where tables hang together, or where a package says of when it is. */
export function writeRow(row: RowCells | JoinedRow): string {
  return JSON.stringify('main' in row || row.columns || row.asOf !== undefined ? row : row.cells);
}

export function readRowContent(content: string): RowCells | JoinedRow {
  const value = JSON.parse(content) as string[] | RowCells | JoinedRow;
  return Array.isArray(value) ? { cells: value } : value;
}


/** Where a document's lines begin, so that an offset can be told as line and column. */
export interface TextLines {
  /** 1-based, both; columns count UTF-16 units as editors do */
  placeAt(offset: number): { line: number; column: number };
  /** where the line of this offset begins, when nothing but white space stands before it; undefined: something does */
  indentBefore(offset: number): number | undefined;
}

/** Indexes a text whose lines end in a line feed. */
export function textLines(text: string): TextLines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const lineOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const startOf = (offset: number): number => starts[lineOf(offset)] ?? 0;
  return {
    placeAt: (offset) => ({ line: lineOf(offset) + 1, column: offset - startOf(offset) + 1 }),
    indentBefore: (offset) => (text.slice(startOf(offset), offset).trim() === '' ? startOf(offset) : undefined),
  };
}

import { askBlob, askLines } from './ask.ts';

/** Filters of a report by their names; those left empty are not sent. Ids are ours and name nobody. */
export type ReportFilters = Readonly<Record<string, string>>;
export type ReportRow = Readonly<Record<string, string>>;

export interface ReportHead {
  columns: string[];
  rows: ReportRow[];
  /** whether these rows are all there are */
  whole: boolean;
}

/** GET /governance/reports/{name}: its first rows. The rest is not read: the gateway stops where nobody takes more. */
export async function firstRows(name: string, filters: ReportFilters, most: number): Promise<ReportHead> {
  const stop = new AbortController();
  const head: ReportHead = { columns: [], rows: [], whole: false };
  await askLines(addressOf(name, filters), {}, (line) => {
    const said = line as { columns?: string[]; rows?: number } & ReportRow;
    if (Array.isArray(said.columns)) head.columns = said.columns;
    else if (typeof said.rows === 'number') head.whole = true;
    else if ('resourceType' in said) head.whole = false; // it broke off
    else if (head.rows.length < most) head.rows.push(said);
    else stop.abort();
  }, stop.signal).catch((error: unknown) => { if (!stop.signal.aborted) throw error; });
  return head;
}

/** The whole of it as CSV, in which no cell is a formula: as the gateway writes it, page by page. */
export function reportFile(name: string, filters: ReportFilters): Promise<Blob> {
  return askBlob(addressOf(name, filters), { accept: 'text/csv' });
}

function addressOf(name: string, filters: ReportFilters): string {
  const given = Object.entries(filters).filter(([, value]) => value !== '');
  return `/governance/reports/${encodeURIComponent(name)}?${new URLSearchParams(given).toString()}`;
}

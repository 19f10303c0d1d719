import { csvLine, looksLikeFormula } from '../../fhir/csv-line.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { fieldValue } from '../../intake/field-value.ts';
import { looseKey } from '../../mapping/code-tables.ts';
import { tableFromCsv } from '../../mapping/table-from-csv.ts';
import { groupQuarantine, groupRefusedFiles, requeueQuarantined, type QuarantineGroup, type RefusedFiles, type RequeueChoice } from '../../store/intake/feed-work.ts';
import { listUnmappedCodes, type UnmappedCodeRow } from '../../store/intake/unmapped-codes.ts';
import type { FeedMapping } from '../intake/feed-mappings.ts';
import { maskValue, showCode } from '../intake/mask-value.ts';
import { ownFeed } from './own-feed.ts';
import { appendAct } from '../release-records.ts';
import type { RequestFacts } from '../release-context.ts';
import type { ReplayActs } from './replay-feed.ts';

/** Rows in quarantine for one reason, as the feed's own analyst works through them. */
export type QuarantineEntry = Omit<QuarantineGroup, 'content' | 'rowLine' | 'line' | 'pointer' | 'firstSeen' | 'lastSeen'> & {
  firstSeen: string;
  lastSeen: string;
  /** the shape of what the example's field holds: letters as `a`, digits as `9` */
  value: string | null;
};

/** A code that no table has, and the line that would give it one. */
export type UnmappedEntry = Omit<UnmappedCodeRow, 'source' | 'firstSeen' | 'lastSeen'> & {
  firstSeen: string;
  lastSeen: string;
  value: string;
  masked: boolean;
  /** `source,system,code,display,note` to complete and put into the table; null where the value is masked, a spreadsheet would take it for a formula, or there is no such table */
  suggestedRow: string | null;
};

/** Files of which nothing was taken, by reason. */
export type RefusedEntry = Omit<RefusedFiles, 'firstSeen' | 'lastSeen'> & { firstSeen: string; lastSeen: string };

export interface WorkList {
  feed: string;
  /** on the first page only */
  refusedFiles: RefusedEntry[];
  quarantine: QuarantineEntry[];
  unmappedCodes: UnmappedEntry[];
  /** where the next page begins; null: this is the last */
  next: number | null;
}

const pageSize = 50;

/** A page of the lists of one's own feed, the most frequent first. */
export async function readWorkList(context: ReplayActs, requester: Requester, feedKey: string, offset: number, request: RequestFacts): Promise<WorkList> {
  const { key } = ownFeed(context.feeds.feeds, requester, feedKey);
  const page = { limit: pageSize + 1, offset };
  const [quarantine, unmapped] = [await groupQuarantine(context.database, key, page), await listUnmappedCodes(context.database, key, page)];
  const refused = offset === 0 ? await groupRefusedFiles(context.database, key, pageSize) : [];
  await appendAct(context, requester, request, { interaction: 'feed-work-list', query: `governance/feeds/${key}/work-list`, status: 200 });
  const mapping = context.feeds.live(key);
  return {
    feed: key, next: Math.max(quarantine.length, unmapped.length) > pageSize ? offset + pageSize : null,
    refusedFiles: refused.map(({ firstSeen, lastSeen, ...each }) => ({ ...each, firstSeen: firstSeen.toISOString(), lastSeen: lastSeen.toISOString() })),
    quarantine: quarantine.slice(0, pageSize).map((group) => quarantineEntry(mapping, group)),
    unmappedCodes: unmapped.slice(0, pageSize).map((code) => unmappedEntry(mapping, code)),
  };
}

/** Puts the quarantined rows with this problem, and no others, back in the queue: what was wrong has been mended. */
export async function requeueRows(context: ReplayActs, requester: Requester, feedKey: string, choice: RequeueChoice, request: RequestFacts): Promise<{ requeued: number }> {
  const { key } = ownFeed(context.feeds.feeds, requester, feedKey);
  if (!choice.code && !choice.field && !choice.file) {
    throw new Refusal({ category: 'invalid', code: 'requeue-everything', text: 'It must be said which rows go back.', expected: 'a problem code, a field, or a map or table', fix: 'See the work list for what keeps rows in quarantine.' });
  }
  const said = Object.entries(choice).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`])).join('&');
  await appendAct(context, requester, request, { interaction: 'feed-requeue', query: `governance/feeds/${key}/requeue ${said}`, status: 200 });
  const requeued = await context.database.transaction((connection) => requeueQuarantined(connection, key, choice));
  context.wake();
  return { requeued };
}

function quarantineEntry(mapping: FeedMapping | undefined, { content, rowLine, line, pointer, firstSeen, lastSeen, ...group }: QuarantineGroup): QuarantineEntry {
  const part = mapping?.kind.parts.find(({ name }) => name === group.part);
  const place = { field: group.field, ...(line !== null && { line }), ...(pointer !== null && { pointer }) };
  const value = mapping && part && content !== null ? fieldValue(mapping.kind, part, { line: rowLine, content }, place) : null;
  return { ...group, firstSeen: firstSeen.toISOString(), lastSeen: lastSeen.toISOString(), value: value === null ? null : maskValue(value) };
}

export function unmappedEntry(mapping: FeedMapping | undefined, { source, firstSeen, lastSeen, ...code }: UnmappedCodeRow): UnmappedEntry {
  const shown = showCode(source, code.seen);
  return { ...code, ...shown, firstSeen: firstSeen.toISOString(), lastSeen: lastSeen.toISOString(), suggestedRow: shown.masked || !mapping ? null : suggestRow(mapping, code.table, source) };
}

/** The row of the same words written otherwise, or else the table's system with the code left to be chosen. None for what would be guarded as a formula: guarded it is another code. */
function suggestRow({ files }: FeedMapping, label: string, source: string): string | null {
  const file = files.tables.find(({ name }) => label === `tables/${name}.csv`);
  const read = file && tableFromCsv(file.name, file.text, file.file);
  if (!read || 'problems' in read || looksLikeFormula(source)) return null;
  const rows = [...read.table.rows];
  const alike = rows.find(([known]) => looseKey(known) === looseKey(source))?.[1];
  const { system = '', code = '', display = '' } = alike ?? { system: rows[0]?.[1].system ?? '' };
  return csvLine([source, system, code, display, '']);
}

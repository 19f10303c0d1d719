import type { Requester } from '../../fhir/sharing.ts';
import type { DroppedField, Feed, Kind } from '../../intake/types.ts';
import { listLedger, type CountedLine } from '../../store/intake/ledger-counts.ts';
import { listUnmappedCodes } from '../../store/intake/unmapped-codes.ts';
import { feedsToSee } from './feed-doctor.ts';
import { unmappedEntry, type UnmappedEntry } from './feed-work-list.ts';
import { fieldAsSent } from '../intake/field-as-sent.ts';
import { coversField } from '../mapping/field-states.ts';
import type { RequestFacts } from '../release-context.ts';
import { appendAct } from '../release-records.ts';
import type { ReplayActs } from './replay-feed.ts';

/** What becomes of a source field: of several things the worst that happened to it in any row. `read`: by a condition only. */
export type LedgerState = 'unmapped' | 'dropped' | 'read' | 'carried-as-text' | 'carried';

/** One way a field went. */
export interface LedgerWay {
  state: LedgerState;
  /** path of the element it was carried to; null: to none */
  to: string | null;
  seen: number;
  /** the source record and row of one of them, with the shape of its value; null: of another organisation's feed, where only counts are told */
  example: { record: string; shape: string | null } | null;
}

export interface LedgerField {
  part: string;
  /** path in the source tree with indexes removed */
  field: string;
  /** as the sender's file names it */
  sentAs: string;
  state: LedgerState;
  /** of a dropped field, as dropped.csv has it */
  dropped: Pick<DroppedField, 'reason' | 'approvedBy' | 'date'> | null;
  ways: LedgerWay[];
}

/** Where every field a feed ever sent goes. */
export interface FeedLedger {
  feed: string;
  fields: LedgerField[];
  /** how many fields are in each state */
  coverage: Record<LedgerState, number>;
  /** false: there are more fields than are told */
  complete: boolean;
  /** the most frequent of each table; none of another organisation's feed */
  unmappedCodes: UnmappedEntry[];
}

export interface LedgerActs extends ReplayActs {
  /** of a kind, with reason, approver and date */
  dropped(kind: string): readonly DroppedField[];
}

const worstFirst: readonly LedgerState[] = ['unmapped', 'dropped', 'read', 'carried-as-text', 'carried'];
/** More lines than any format has; a sender who makes names up shall not make the answer grow. */
const mostLines = 5_000;
const mostCodes = 50;

/** A feed's ledger for whoever is told of the feed: counts, and to its own organisation examples by their shape. */
export async function readLedger(context: LedgerActs, requester: Requester, feedKey: string, request: RequestFacts): Promise<FeedLedger> {
  const { feeds: [feed] } = await feedsToSee(context, requester, feedKey);
  if (!feed) throw new Error('a feed is seen or refused');
  const own = feed.partner.organisation === requester.organisation;
  const lines = await listLedger(context.database, feed.key, mostLines + 1);
  const codes = own ? await listUnmappedCodes(context.database, feed.key, { limit: mostCodes, offset: 0 }) : [];
  await appendAct(context, requester, request, { interaction: 'feed-ledger', query: `governance/feeds/${feed.key}/ledger`, status: 200 });
  const fields = fieldsOf(lines.slice(0, mostLines), feed, context, own);
  return {
    feed: feed.key, fields, complete: lines.length <= mostLines,
    coverage: Object.fromEntries(worstFirst.map((state) => [state, fields.filter((field) => field.state === state).length])) as FeedLedger['coverage'],
    unmappedCodes: codes.map((code) => unmappedEntry(context.feeds.live(feed.key), code)),
  };
}

function fieldsOf(lines: readonly CountedLine[], feed: Feed, { feeds, dropped }: LedgerActs, own: boolean): LedgerField[] {
  const kind = feeds.kindOf(feed.key);
  const rules = dropped(feed.kind);
  return [...Map.groupBy(lines, ({ part, field }) => `${part}\u0000${field}`).values()].flatMap((ways) => {
    const [{ part, field } = { part: '', field: '' }] = ways;
    const rule = rules.find((each) => coversField(each, field));
    const told = ways.map(({ state, target, seen, example, shape }): LedgerWay => (
      { state: stateOf(state, target, rule !== undefined), to: target === '' ? null : target, seen, example: own ? { record: example, shape } : null }));
    const state = worstFirst.find((each) => told.some((way) => way.state === each)) ?? 'carried';
    return [{ part, field, sentAs: nameOf(kind, part, field), state, dropped: state === 'dropped' && rule ? { reason: rule.reason, approvedBy: rule.approvedBy, date: rule.date } : null, ways: told }];
  });
}

/** A value that stands in an element `text` is there for people to read, and no program finds it by its code. */
function stateOf(state: CountedLine['state'], target: string, isDropped: boolean): LedgerState {
  if (state === 'carried') return /\.text$/.test(target) ? 'carried-as-text' : 'carried';
  return state === 'unmapped' && isDropped ? 'dropped' : state;
}

function nameOf(kind: Kind | undefined, partName: string, field: string): string {
  const part = kind?.parts.find(({ name }) => name === partName);
  return kind && part ? fieldAsSent(kind, part, field) : field;
}

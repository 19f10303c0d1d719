import { formatDate } from '../format.ts';
import { strings } from '../strings.ts';
import type { FeedLedger, LedgerField } from './feed-shapes.ts';

const words = strings.feeds.ledger;
const worstFirst = Object.keys(words.states);

/** How many fields are in each state, the worst first; states no field is in are left out. */
export function coverageOf({ coverage }: FeedLedger): [label: string, value: string][] {
  return worstFirst.flatMap((state): [string, string][] => ((coverage[state] ?? 0) === 0 ? [] : [[words.states[state] ?? state, (coverage[state] ?? 0).toLocaleString('en-GB')]]));
}

/** Fields that go nowhere first, each state in the order of the file's parts and fields. */
export function fieldsInOrder(fields: readonly LedgerField[]): LedgerField[] {
  return [...fields].sort((a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state));
}

/** Where a field goes, a line for each way: how often, and to which element; of one left out why, and who agreed. */
export function waysOf({ dropped, ways }: LedgerField): string[] {
  const lines = ways.map(({ state, to, seen }) => `${to ?? words.states[state] ?? state}: ${words.times(seen)}`);
  return dropped === null ? lines : [...lines, `${dropped.reason} (${words.approved(dropped.approvedBy, formatDate(dropped.date))})`];
}

/** The shape of the first example that has one. */
export function shapeOf({ ways }: LedgerField): string {
  return ways.flatMap(({ example }) => example?.shape ?? [])[0] ?? '';
}

import { toldEvents, type ToldRecord } from '../../src/demo/told-events.ts';
import type { StoryEvent, StoryRule } from '../../src/story/event-types.ts';
import { findEvents } from '../../src/story/events.ts';
import type { StoryRow } from '../../src/story/story-row.ts';
import type { DemoStory } from './demo-stories.ts';
import type { HeardEvent } from './hear-of.ts';

/** Pairs of records taken for one event, against those that are. */
export interface WitnessScore {
  right: number;
  /** taken for one, and are not */
  wrong: number;
  /** are one, and were not taken for it */
  missed: number;
}

/** What is known to be told by more than one. */
export const witnessed = ['referral', 'discharge', 'stay', 'plan'] as const;
export type Witnessed = (typeof witnessed)[number];

const none: WitnessScore = { right: 0, wrong: 0, missed: 0 };
export const noWitnesses: Readonly<Record<Witnessed, WitnessScore>> = { referral: none, discharge: none, stay: none, plan: none };

/** Adds what is found in one person's records to a score; each witness beside the leading record counts once. */
export function scoreStory(score: typeof noWitnesses, seed: number, { person, rows, heard }: DemoStory, rule: StoryRule): typeof noWitnesses {
  const events = findEvents(rows, [], rule);
  const truth: { kind: Witnessed; ids: string[] }[] = [
    ...toldEvents(seed, person).map(({ kind, records }) => ({ kind, ids: records.flatMap((record) => idIn(rows, record) ?? []) })),
    ...heard.map(({ kind, of, record }) => ({ kind, ids: [of, idIn(rows, record) ?? ''] })),
  ];
  const scored = (kind: Witnessed): WitnessScore => {
    const found = new Set(events.filter((event) => event.kind === kind).flatMap(pairsOf));
    const told = new Set(truth.filter((event) => event.kind === kind).flatMap(({ ids: [first = '', ...others] }) => others.map((other) => pair(first, other))));
    const right = found.intersection(told).size;
    const before = score[kind];
    return { right: before.right + right, wrong: before.wrong + found.size - right, missed: before.missed + told.size - right };
  };
  return { referral: scored('referral'), discharge: scored('discharge'), stay: scored('stay'), plan: scored('plan') };
}

export function precisionOf({ right, wrong }: WitnessScore): number {
  return right / (right + wrong);
}

export function recallOf({ right, missed }: WitnessScore): number {
  return right / (right + missed);
}

/** Of leaving a stay, those who mention it: who else tells of the stay is counted there. */
function pairsOf({ kind, witnesses: [lead, ...others] }: StoryEvent): string[] {
  return others.filter(({ how }) => how === (kind === 'discharge' ? 'mentions' : 'tells')).map(({ row }) => pair(lead.row.id, row.id));
}

function pair(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** A record that was not sent, because it has not happened yet or its return is not due, tells nothing. */
function idIn(rows: readonly StoryRow[], { type, system, value }: ToldRecord | HeardEvent['record']): string | undefined {
  return rows.find((row) => row.type === type && (row.resource as { identifier?: { system?: string; value?: string }[] }).identifier?.some((identifier) => identifier.system?.endsWith(`/${system}`) && identifier.value === value))?.id;
}

import { toldEvents, type ToldRecord } from '../../src/demo/told-events.ts';
import type { StoryEvent, StoryRule } from '../../src/story/event-types.ts';
import { findEvents } from '../../src/story/events.ts';
import type { StoryRow } from '../../src/story/story-row.ts';
import type { DemoStory } from './demo-stories.ts';

/** Pairs of records taken for one event, against those that are. */
export interface WitnessScore {
  right: number;
  /** taken for one, and are not */
  wrong: number;
  /** are one, and were not taken for it */
  missed: number;
}

export const noWitnesses: Readonly<Record<'referral' | 'discharge', WitnessScore>> = { referral: { right: 0, wrong: 0, missed: 0 }, discharge: { right: 0, wrong: 0, missed: 0 } };

/** Adds what is found in one person's records to a score; each witness beside the leading record counts once. */
export function scoreStory(score: typeof noWitnesses, seed: number, { person, rows }: DemoStory, rule: StoryRule): typeof noWitnesses {
  const events = findEvents(rows, [], rule);
  const truth = toldEvents(seed, person).map(({ kind, records }) => ({ kind, ids: records.flatMap((record) => idIn(rows, record) ?? []) }));
  const scored = (kind: 'referral' | 'discharge'): WitnessScore => {
    const found = new Set(events.filter((event) => event.kind === kind).flatMap(pairsOf));
    const told = new Set(truth.filter((event) => event.kind === kind).flatMap(({ ids: [first = '', ...others] }) => others.map((other) => pair(first, other))));
    const right = found.intersection(told).size;
    const before = score[kind];
    return { right: before.right + right, wrong: before.wrong + found.size - right, missed: before.missed + told.size - right };
  };
  return { referral: scored('referral'), discharge: scored('discharge') };
}

export function precisionOf({ right, wrong }: WitnessScore): number {
  return right / (right + wrong);
}

export function recallOf({ right, missed }: WitnessScore): number {
  return right / (right + missed);
}

function pairsOf({ witnesses: [lead, ...others] }: StoryEvent): string[] {
  return others.filter(({ how }) => how !== 'answers').map(({ row }) => pair(lead.row.id, row.id));
}

function pair(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** A record that was not sent, because it has not happened yet or its return is not due, tells nothing. */
function idIn(rows: readonly StoryRow[], { type, system, value }: ToldRecord): string | undefined {
  return rows.find((row) => row.type === type && (row.resource as { identifier?: { system?: string; value?: string }[] }).identifier?.some((identifier) => identifier.system?.endsWith(`/${system}`) && identifier.value === value))?.id;
}

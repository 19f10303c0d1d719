import type { CarePlan, Observation, Task } from '@medplum/fhirtypes';
import { stepMark } from './plan-activities.ts';
import { matters, planDifferences } from './plan-words.ts';
import { compareWords, type Statement } from './statement.ts';
import type { StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';

/** What the line is, by CodeSystem story-item. */
const planChange = 'plan-change';

type Told = CarePlan | Task | Observation;

/** Words a stored record of a type has where it may be part of a plan; any will do. */
const marks: Readonly<Record<string, readonly string[]>> = { CarePlan: [''], Task: [stepMark[1]], Observation: matters.map(([, code]) => code) };

/** Whether a record's changes may be changes of a plan, without reading it whole: its earlier versions are asked for. */
export function tellsOfPlans({ type, body }: { type: string; body: string }): boolean {
  return marks[type]?.some((mark) => body.includes(mark)) ?? false;
}

/**
 * What the last versions of these records say otherwise than the version before each, the newest first: by whose record it is, when
 * the version came. Only versions next to each other are compared, and only where both may be seen. A version that its
 * keeper did not send, made anew from what was sent before, tells nothing.
 */
export function planChanges({ earlier, rule: { planChanges: { lines, versions } } }: StoryFacts, rows: readonly StoryRow[]): Statement[] {
  const byRecord = Map.groupBy(earlier, ({ id }) => id);
  const changes = rows.flatMap((row) => {
    const all = [row, ...(byRecord.get(row.id) ?? [])].sort((a, b) => b.version - a.version);
    return all.slice(0, versions).flatMap((after, at) => (all[at + 1] ? between(all[at + 1] as StoryRow, after) : []));
  });
  return changes.sort((a, b) => compareWords(onOf(b), onOf(a)) || compareWords(a.by[0]?.row.id ?? '', b.by[0]?.row.id ?? '')).slice(0, lines);
}

function between(before: StoryRow, after: StoryRow): Statement[] {
  const [old, fresh] = [before.resource.meta?.source, after.resource.meta?.source];
  if (before.version !== after.version - 1 || (old !== undefined && old === fresh)) return [];
  return planDifferences(before.resource as Told, after.resource as Told).map((text) => ({ code: planChange, text, by: [{ row: after, on: after.updatedAt }], before }));
}

function onOf({ by }: Statement): string {
  return by[0]?.on ?? '';
}

import type { EventSchema, Joining } from '../types.ts';
import { peopleOf } from './check-merge.ts';
import type { Message } from './parse-message.ts';

/**
 * What a message that was checked asks about whom its records are about. Of several authorities the one by which the person
 * is known decides; national numbers alone name nobody, because a number may have been given to two people.
 */
export function joiningOf(message: Message, { merges, does }: EventSchema, person: string, row: number): Joining | undefined {
  if (merges === undefined || does === undefined) return undefined;
  const [surviving, losing, field] = peopleOf(message, merges);
  const kept = surviving.find(({ value, national }) => value === person && !national);
  const others = losing.filter(({ value, authority, national }) => !national && authority === kept?.authority && value !== person).map(({ value }) => value);
  const named = message.segments.findLast(({ name }) => field.startsWith(name));
  return { act: does, person, others: [...new Set(others)], at: { row, line: named?.line ?? 1, field } };
}

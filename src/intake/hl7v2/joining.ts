import type { Joining } from '../joining.ts';
import type { EventSchema, MessageSchema } from '../schema-types.ts';
import { peopleOf } from './check-merge.ts';
import { rawField, type Message } from './parse-message.ts';

/**
 * What a message that was checked asks about whom its records are about. Of several authorities the one by which the person
 * is known decides; national numbers alone name nobody, because a number may have been given to two people.
 */
export function joiningOf(message: Message, { merges, does }: EventSchema, person: string, row: number): Joining | undefined {
  if (merges === undefined || does === undefined) return undefined;
  const [surviving, losing, field] = peopleOf(message, merges);
  const kept = surviving.find(({ value, national }) => value === person && !national);
  const named = losing.filter(({ authority, national }) => !national && authority === kept?.authority).map(({ value }) => value);
  const others = does === 'move-visit' ? named.slice(0, 1) : named.filter((value) => value !== person);
  const line = message.segments.findLast(({ name }) => field.startsWith(name))?.line ?? 1;
  return { act: does, person, others: [...new Set(others)], ...(does === 'move-visit' && { visit: movedBy(message, merges) }), at: { row, line, field } };
}

/** Source: HL7 v2.4 chapter 3: A42, A45 and A50 name the visit in MRG-5 and PV1-19, A44 the account in MRG-3. */
function movedBy(message: Message, merges: EventSchema['merges']): NonNullable<Joining['visit']> {
  if (merges === 'account-of-person') return { account: rawField(message, 'MRG-3', 1).trim() };
  return { from: rawField(message, 'MRG-5', 1).trim(), to: rawField(message, 'PV1-19', 1).trim() };
}

/** The account a message files its visit under; '' when it names none, or the kind keeps none. */
export function accountOf(message: Message, { about: { account } }: MessageSchema): string {
  return account === undefined ? '' : rawField(message, account, 1).trim();
}

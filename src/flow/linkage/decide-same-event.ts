import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { VisibleRow } from '../../store/door/door.ts';
import { stale } from '../../store/door/door.ts';
import { saveEventDecision, undoEventDecision } from '../../store/linkage/event-decisions.ts';
import { readRow } from '../../store/door/read-rows.ts';
import { isUuid } from '../../store/secrets.ts';
import type { StoryRule } from '../../story/event-types.ts';
import { auditFacts } from '../audit-facts.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

/** Two records of one type, and what somebody says of them. `undecided` takes back what stands. */
export interface SameEventAsk {
  type: string;
  id: string;
  other: string;
  verdict: 'same' | 'different' | 'undecided';
  reason: string;
}

/**
 * A person decides whether two records of one citizen speak of one event: who may decide → both must be visible → audit
 * (durable) → kept. It counts wherever both can be seen, from the next look on. A record that cannot be seen and one that
 * is not there end in one refusal.
 */
export async function decideSameEvent(context: ReleaseContext & { story: StoryRule }, requester: Requester, ask: SameEventAsk, request: RequestFacts): Promise<void> {
  const { person, role, organisation } = requester;
  if (!person || !context.story.deciders.includes(role)) throw new Refusal(forDeciders);
  const { held, result: rows } = await context.policy.under(requester, ({ grant }) => readBoth(context, grant.key, ask));
  const [one, other] = rows;
  if (!one || !other) throw new Refusal(notFound);
  if (one.id === other.id || one.citizen === null || one.citizen !== other.citizen) throw new Refusal(notOfOnePerson);
  const [first = '', second = ''] = [one.id, other.id].sort();
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'same-event', query: `${ask.type}/${one.id}/$same-event`, status: 200, citizen: one.citizen, emergency: rows.flatMap(({ emergency }) => emergency ?? []) }),
    { disclosed: rows.map(({ type, id, version, classId }) => ({ type, id, version, custodian: held.classes.get(classId ?? -1)?.custodian ?? '' })), decisions: [] }));
  const decision = { citizen: one.citizen, first, second, reason: ask.reason };
  const undone = await context.database.transaction(async (connection) => {
    if (ask.verdict === 'undecided') return undoEventDecision(connection, { ...decision, by: person.id });
    await saveEventDecision(connection, { ...decision, id: context.newId(), verdict: ask.verdict, person: person.id, personName: person.name, organisation, role });
    return true;
  });
  if (!undone) throw new Refusal(nothingStands);
}

async function readBoth({ database }: ReleaseContext, grantKey: string, { type, id, other }: SameEventAsk): Promise<VisibleRow[] | typeof stale> {
  const found = await Promise.all([id, other].map((each) => (isUuid(each) ? readRow(database, grantKey, type, each) : Promise.resolve([]))));
  const [one, two] = found;
  return one === stale || two === stale || !one || !two ? stale : [...one, ...two];
}

const forDeciders: Problem = {
  category: 'forbidden', code: 'event-deciders-only', text: 'Whether two records speak of one event is decided by a person who gives or coordinates care.', fix: 'Ask somebody in such a role.',
};
const notOfOnePerson: Problem = {
  category: 'unprocessable', code: 'event-records-differ', text: 'These are not two records of one person.', at: { pointer: '/parameter' }, expected: 'another record of the same type and the same person',
};
const nothingStands: Problem = { category: 'conflict', code: 'event-not-decided', text: 'Nothing was decided about these two records that still stands.', fix: 'Decide same or different.' };

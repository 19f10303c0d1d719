import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { startOfLondonDay } from '../../consent/start-of-london-day.ts';
import { londonDay } from '../../fhir/london-day.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { readConfirmations, saveConfirmation } from '../../store/story/confirmations.ts';
import { factsOf } from '../../story/told-once.ts';
import { auditFacts } from '../audit-facts.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { emergencyOf, readNamed, type NamedVersion } from '../read-named.ts';
import { storyRows } from './story-rows.ts';

/**
 * THE STORY of a fact that is still right: who asked the person → may they see the row → is it the version of today → does it
 * tell such a fact → not confirmed today → audit (durable) → recorded beside the row, and seen wherever the row is seen.
 * The row stays its owner's and as it is. Returns the moment it was recorded for.
 */
export async function confirmFact(context: ReleaseContext, requester: Requester, asked: string, named: NamedVersion, request: RequestFacts): Promise<Date> {
  const { person, organisation } = requester;
  const { held, row } = await readNamed(context, requester, asked, named);
  const { citizen } = row;
  if (!person) throw new Refusal(byAPerson);
  const [fact] = storyRows(held, context.directory, [row]);
  const at = context.clock();
  if (!fact || factsOf(fact, at).length === 0) throw new Refusal(noFact);
  const since = startOfLondonDay(londonDay(at));
  const { result: standing } = await context.policy.under(requester, ({ grant }) => readConfirmations(context.database, grant.key, citizen));
  if (standing.some(({ id, version, at: before }) => id === row.id && version === row.version && before >= since)) throw new Refusal(confirmedToday);
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'confirm', query: `${row.type}/${row.id}/_history/${row.version}`, status: 200, citizen, emergency: emergencyOf(row) }),
    { disclosed: [{ type: row.type, id: row.id, version: row.version, custodian: fact.custodian }], decisions: [] }));
  const saved = await context.database.transaction((connection) => saveConfirmation(connection, { citizen, id: row.id, version: row.version, at, organisation, person }, since));
  if (!saved) throw new Refusal(notFound); // gone, changed or confirmed by somebody else between the look and the write: looking again tells which
  return at;
}

const byAPerson: Problem = { category: 'forbidden', code: 'confirm-by-a-person', text: 'That something is still right is found by a person who asked.', fix: 'Ask with a token that names the person.' };
const noFact: Problem = {
  category: 'unprocessable', code: 'confirm-no-fact', text: 'This record tells nothing of the sort that people are asked for again and again.', at: { pointer: '/parameter/0/valueReference/reference' },
  expected: 'a record that a line of the section told-once of $story names',
};
const confirmedToday: Problem = { category: 'duplicate', code: 'confirmed-today', text: 'This was found still right today already.', fix: 'Nothing is to be done: it need not be asked again.' };

import type { CaseRule } from '../../audit/cases/case-rule.ts';
import { outcomesOfTwo, type CaseOutcome, type CaseState } from '../../fhir/case-words.ts';
import { londonDay } from '../../fhir/london-day.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { changeCase, type CaseEvent, type CaseRow } from '../../store/audit/access-cases.ts';
import { isDuplicate } from '../../store/is-duplicate.ts';
import { overseenBy } from '../check-oversight.ts';
import { caseFor, readAccessCase, sideOf, type CaseDetails } from './list-cases.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

export interface CaseContext extends ReleaseContext {
  caseRule: CaseRule;
}

export type CaseAct = 'take' | 'ask' | 'answer' | 'note' | 'close' | 'reopen';

/** What somebody does: a text where the act has one, an outcome where a case is closed. */
export interface CaseActAsk {
  act: CaseAct;
  text: string | null;
  outcome: CaseOutcome | null;
}

/** From which states an act is possible, and to which it leads; null: it stays as it is. */
const acts: Readonly<Record<CaseAct, { from: readonly CaseState[]; to: CaseState | null }>> = {
  take: { from: ['new', 'asked', 'answered', 'proposed'], to: null },
  ask: { from: ['new', 'answered'], to: 'asked' },
  answer: { from: ['asked'], to: 'answered' },
  note: { from: ['new', 'asked', 'answered', 'proposed', 'closed'], to: null },
  close: { from: ['new', 'asked', 'answered', 'proposed'], to: 'closed' },
  reopen: { from: ['proposed', 'closed'], to: 'new' },
};

const dayMs = 86_400_000;

/**
 * THE STORY of what is done with a case: may this requester see it → a person → whose turn it is → whether the case stands so
 * → audit (durable) → recorded as an event that nothing overwrites → answered as reading the case is, with its own entry. Asking and closing is for those it was put to, answering
 * for the organisation of whom it is about. That looks were
 * not appropriate, or stayed unclear, is proposed by one and agreed to by another; to reopen such a case turns it down.
 */
export async function actOnCase(context: CaseContext, requester: Requester, reference: string, ask: CaseActAsk, request: RequestFacts): Promise<CaseDetails> {
  const row = await caseFor(context, requester, reference);
  const { act } = ask;
  const { person, organisation } = requester;
  if (!person) throw new Refusal(caseByAPerson);
  if (act === 'answer' ? overseenBy(requester) !== row.organisation : sideOf(requester, row) !== 'keeper') throw new Refusal(notYourTurn);
  if (!acts[act].from.includes(row.state)) throw new Refusal({ ...standsOtherwise, expected: `a case that is ${acts[act].from.join(' or ')}` });
  if (act === 'close' && row.state === 'proposed') checkSecond(row, ask, person.id);
  await appendAct(context, requester, request, { interaction: `case-${act}`, query: `governance/cases/${row.reference}/${act}${ask.outcome === null ? '' : ` outcome=${ask.outcome}`}`, status: 200, aboutPerson: row.person });
  const { kind, state } = stepOf(row, ask);
  const saved = await context.database.transaction((connection) => changeCase(connection, row, {
    kind, by: { organisation, person: person.id, name: person.name }, text: ask.text, state, outcome: act === 'close' ? ask.outcome : state === 'closed' || state === 'proposed' ? row.outcome : null, due: dueAfter(context, row, kind), at: context.clock(),
  })).catch((error: unknown) => {
    if (isDuplicate(error)) return false; // another case of the same was opened this very moment
    throw error;
  });
  if (!saved) throw new Refusal(changedMeanwhile);
  return readAccessCase(context, requester, reference, request);
}

/** What was proposed is agreed to by somebody else, or turned down. */
function checkSecond({ proposedBy, outcome }: CaseRow, ask: CaseActAsk, person: string): void {
  if (proposedBy === person) throw new Refusal(secondPerson);
  if (ask.outcome !== outcome) throw new Refusal({ ...otherOutcome, expected: `outcome=${outcome ?? ''}` });
}

/** What comes of an act: closing takes two where it says ill of somebody. */
function stepOf(row: CaseRow, { act, outcome }: CaseActAsk): { kind: CaseEvent['kind']; state: CaseState } {
  if (act !== 'close' || outcome === null || !outcomesOfTwo.has(outcome)) return { kind: act, state: acts[act].to ?? row.state };
  return row.state === 'proposed' ? { kind: 'close', state: 'closed' } : { kind: 'propose', state: 'proposed' };
}

/** By when the next step should be taken: the answer after a question, a decision after an answer. */
function dueAfter({ caseRule: { due }, clock }: CaseContext, row: CaseRow, kind: CaseEvent['kind']): string | null {
  const inDays = (days: number): string => londonDay(new Date(clock().getTime() + days * dayMs));
  switch (kind) {
    case 'ask': return inDays(due.answer);
    case 'answer': case 'propose': case 'reopen': return inDays(due.ask);
    case 'close': return null;
    default: return row.due;
  }
}

const caseByAPerson: Problem = { category: 'forbidden', code: 'case-person', text: 'A case is dealt with by a person, not by a system.', fix: 'Sign in as a person.' };
const notYourTurn: Problem = {
  category: 'forbidden', code: 'case-side', text: 'Those a case was put to ask and close; the organisation of whom it is about answers.', fix: 'Leave it to the other side.',
};
const secondPerson: Problem = { category: 'forbidden', code: 'case-second-person', text: 'What one person found of another takes a second one to agree to it.', fix: 'Let a colleague, or governance, close the case.' };
const otherOutcome: Problem = { category: 'conflict', code: 'case-outcome', text: 'Another outcome was proposed for this case.', fix: 'Agree to it, or reopen the case to turn it down.' };
const standsOtherwise: Problem = { category: 'conflict', code: 'case-state', text: 'The case does not stand so that this could be done.', fix: 'Read the case again.' };
const changedMeanwhile: Problem = { category: 'conflict', code: 'case-changed', text: 'Somebody else did something with the case, or further looks came to a new one, in the meantime.', fix: 'Read the case again.' };

import type { Task } from '@medplum/fhirtypes';
import { indexResource, type SearchIndex } from '../../fhir/index-resource.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { outcomeOf } from '../../fhir/outcome.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { FinishedRecord } from '../../store/intake/intake-queue.ts';

const codes = 'https://fhir.bicp.example/CodeSystem/intake';
const countedStates = ['stored', 'unchanged', 'pending', 'quarantined', 'rejected'] as const;

/** The Task a sender gets for a file or message: no citizen is named in it. */
export function newIntakeTask(input: { id: string; feed: string; part: string; at: Date }): { id: string; body: string; index: SearchIndex } {
  return finish(input, 1, { status: 'requested' });
}

/** The Task when nothing is left to do: the reconciliation, and an OperationOutcome with what was wrong, where and how to mend it. */
export function finishedIntakeTask(record: FinishedRecord, version: number, at: Date): { id: string; body: string; index: SearchIndex } {
  // what is wrong with a row is told once, though rows that need it tell it too
  const problems = [...new Map((JSON.parse(record.problems) as Problem[]).map((problem) => [JSON.stringify(problem), problem])).values()];
  const counts = { ...record.counts, pending: record.counts['awaiting-merge'] ?? 0 };
  const failed = record.received === 0 && problems.length > 0;
  return finish({ id: record.taskId, feed: record.feed, part: record.part, at: record.receivedAt }, version, {
    status: failed ? 'failed' : 'completed',
    lastModified: at.toISOString(),
    ...(problems.length > 0 && { contained: [{ ...outcomeOf(problems), id: 'problems' }] }),
    output: [
      count('received', record.received),
      ...countedStates.map((state) => count(state, counts[state] ?? 0)),
      ...(problems.length > 0 ? [{ type: { coding: [{ system: codes, code: 'problems' }] }, valueReference: { reference: '#problems' } }] : []),
    ],
  }, at);
}

function count(code: string, valueInteger: number): NonNullable<Task['output']>[number] {
  return { type: { coding: [{ system: codes, code }] }, valueInteger };
}

function finish(
  input: { id: string; feed: string; part: string; at: Date }, version: number, state: Partial<Task> & { status: Task['status'] }, updated = input.at,
): { id: string; body: string; index: SearchIndex } {
  const task: Task = {
    resourceType: 'Task',
    id: input.id,
    meta: { versionId: String(version), lastUpdated: updated.toISOString(), source: `urn:onestory:intake:${input.feed}` },
    intent: 'order',
    code: { coding: [{ system: codes, code: 'intake' }], text: input.part === '' ? input.feed : `${input.feed}/${input.part}` },
    authoredOn: input.at.toISOString(),
    ...state,
  };
  return { id: input.id, body: JSON.stringify(task), index: indexResource(task as unknown as JsonObject) };
}

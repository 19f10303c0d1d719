import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { organisationIdentifier } from '../../fhir/organisation-reference.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { saveCorrection, type Correction } from '../../store/story/corrections.ts';
import { assemble } from '../assemble.ts';
import { auditFacts } from '../audit-facts.ts';
import { emergencyOf, readNamed, type NamedVersion } from '../read-named.ts';
import { saveRecordTask, type RecordTask, type TaskContext } from './record-task.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { RequestFacts } from '../release-context.ts';

/** What somebody who read a record says is wrong in it. */
export interface CorrectionAsk {
  reference: NamedVersion;
  /** the element as FHIRPath names it: `address[0].line` */
  element: string;
  /** what it should be, in words */
  value: string;
}

/**
 * THE STORY of a correction: may they see the record → is it the version of today → has it the element → is it somebody
 * else's → audit (durable) → a Task for who keeps the record, and one for who asks, by which they follow it. The record is
 * only changed by its keeper, at the source; with its next version both Tasks are completed. Returns the asker's Task.
 */
export async function requestCorrection(context: TaskContext, requester: Requester, asked: string, ask: CorrectionAsk, bytes: Uint8Array, request: RequestFacts): Promise<string> {
  const { person, organisation, organisationName, client } = requester;
  const { held, row } = await readNamed(context, requester, asked, ask.reference);
  const { citizen } = row;
  const owner = held.classes.get(row.classId ?? -1)?.custodian ?? '';
  if (!person) throw new Refusal(byAPerson);
  if (owner === organisation) throw new Refusal(ownRecord);
  if (!Object.hasOwn(assemble(row), /^[A-Za-z]+/.exec(ask.element)?.[0] ?? '')) throw new Refusal(noElement);
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'correct', query: `${row.type}/${row.id}/_history/${row.version}`, status: 200, citizen, emergency: emergencyOf(row) }),
    { disclosed: [{ type: row.type, id: row.id, version: row.version, custodian: owner }], decisions: [] }));
  const correction: Correction = { citizen, id: row.id, type: row.type, version: row.version, element: ask.element, owner, asker: organisation, ownerTask: context.newId(), askerTask: context.newId() };
  const said = saidIn(ask, `${person.name}, ${organisationName}`, organisation);
  await context.database.transaction(async (connection) => {
    if (!(await saveCorrection(connection, correction))) throw new Refusal(openAlready);
    for (const task of correctionTasks(correction, 'requested', said)) await saveRecordTask(context, connection, { ...task, sent: { client, content: bytes } });
  });
  await context.classes.refreshIfInterned();
  return correction.askerTask;
}

/** The Task of who keeps the record, and of who asked. */
export function correctionTasks({ citizen, id, type, owner, asker, ownerTask, askerTask }: Correction, status: RecordTask['status'], said: JsonObject[]): RecordTask[] {
  const of = { citizen, about: { type, id }, said, status, source: 'corrections' };
  const code = { system: 'https://fhir.bicp.example/CodeSystem/story-item', code: 'correction', display: 'Correction asked for' };
  return [
    { ...of, taskId: ownerTask, owner, code: { ...code, text: 'Somebody who read this record says that it is not right. Correct it at the source, or leave it as it is.' } },
    { ...of, taskId: askerTask, owner: asker, code: { ...code, text: 'You asked for a correction of this record. It is completed when its keeper sends a new version.' } },
  ];
}

function saidIn({ element, value }: CorrectionAsk, display: string, organisation: string): JsonObject[] {
  return [{ url: 'https://fhir.bicp.example/StructureDefinition/correction', extension: [
    { url: 'element', valueString: element }, { url: 'value', valueString: value }, { url: 'asked-by', valueReference: { type: 'Organization', identifier: organisationIdentifier(organisation), display } },
  ] }];
}

const byAPerson: Problem = { category: 'forbidden', code: 'correct-by-a-person', text: 'A correction is asked for by a person.', fix: 'Ask with a token that names the person.' };
const ownRecord: Problem = { category: 'conflict', code: 'correct-own-record', text: 'This record is your own organisation\'s.', fix: 'Correct it in the system it comes from.' };
const noElement: Problem = { category: 'unprocessable', code: 'correct-no-element', text: 'The record has no such element.', at: { pointer: '/parameter' }, expected: 'an element of the record, such as address[0].line' };
const openAlready: Problem = { category: 'duplicate', code: 'correction-open', text: 'Your organisation has asked for a correction of this element, and it is open.', fix: 'Follow the Task that was given for it.' };

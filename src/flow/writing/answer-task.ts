import { describeDisclosure, type DisclosedVersion } from '../../audit/describe-disclosure.ts';
import { sameJson } from '../../fhir/json-patch.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { endWaiting, loadCitizenRow } from '../../store/intake/awaited-replies.ts';
import { endCorrection, findCorrectionOf, type Correction } from '../../store/story/corrections.ts';
import type { Connection } from '../../store/database.ts';
import { holdCitizens } from '../../store/linkage/link-decisions.ts';
import { isUuid } from '../../store/secrets.ts';
import { loadOwnRows, type OwnRow } from '../../store/record/own-rows.ts';
import { applyPatch, wholeOf } from './apply-patch.ts';
import { auditFacts } from '../audit-facts.ts';
import { matchRequired, sourceOf, versionDiffers } from './name-writes.ts';
import { saveRecordTask, type RecordTask } from '../story/record-task.ts';
import type { RequestFacts } from '../release-context.ts';
import { appendOrRefuse } from '../release-records.ts';
import { lateReferrals } from '../story/late-referral-task.ts';
import { referenceNowhere } from './resolve-writes.ts';
import type { WriteAsk, WriteContext, Written } from './write-context.ts';
import { mapReferences } from './write-references.ts';

/** The Task the gateway gave this organisation that an update or patch is about; undefined for any other write. */
export async function taskToAnswer({ database }: WriteContext, { organisation }: Requester, { method, type, id = '', condition }: WriteAsk): Promise<OwnRow | undefined> {
  if (type !== 'Task' || condition || !isUuid(id) || (method !== 'update' && method !== 'patch')) return undefined;
  const row = (await loadOwnRows(database, organisation, [id])).get(id);
  return row?.type === 'Task' && !row.deleted && sourceOf(row) === 'gateway' ? row : undefined;
}

/**
 * THE STORY of an answer to a Task of the gateway: is it what they were given, but for status, reason and notes → may they
 * still answer → audit (durable) → a new version; a correction that is declined is over, and who asked for it is told why: the
 * version of their Task that says so stands in the same audit entry.
 */
export async function answerTask(context: WriteContext, requester: Requester, standing: OwnRow, ask: WriteAsk, bytes: Uint8Array, request: RequestFacts): Promise<Written> {
  if (ask.method === 'update' && ask.ifMatch === undefined) throw new Refusal(matchRequired);
  if (ask.ifMatch !== undefined && ask.ifMatch !== standing.version) throw new Refusal({ ...versionDiffers, expected: `If-Match: W/"${standing.version}"` });
  const whole = wholeOf(standing);
  const answer = ask.patch ? applyPatch(standing, ask.patch, ask.pointer) : ask.resource ?? {};
  const problems = problemsOf(context, whole, answer, standing.id);
  if (problems.length > 0) throw new Refusal(...problems);
  const { focus = null, code = null } = whole;
  const about = aboutOf(focus);
  const correction = await findCorrectionOf(context.database, standing.citizen, standing.id);
  if (correction && correction.ownerTask !== standing.id) throw new Refusal(keeperAnswers);
  const version = standing.version + 1;
  const status = textOf(answer['status']);
  const closes = context.writing.answers.closed.includes(status);
  const followed = correction && closes ? await followedBy(context, correction) : undefined;
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: ask.method, query: `Task/${standing.id}`, status: 200, citizen: standing.citizen }),
    { disclosed: [{ type: 'Task', id: standing.id, version, custodian: requester.organisation }, ...(followed ? [followed] : [])], decisions: [] }));
  const task: RecordTask = {
    citizen: standing.citizen, taskId: standing.id, owner: requester.organisation, about, said: saidIn(focus), code: codeIn(code), status, source: textSource(standing), sent: { client: requester.client, content: bytes },
    answer: Object.fromEntries(answerElements.flatMap((name) => (answer[name] === undefined ? [] : [[name, answer[name]]]))),
  };
  await context.database.transaction(async (connection) => {
    await holdCitizens(connection, [standing.citizen]);
    const now = await loadCitizenRow(connection, standing.citizen, standing.id);
    if (now?.version !== standing.version || !(await loadCitizenRow(connection, standing.citizen, about.id)) || !(await isNext(connection, standing.citizen, followed))) throw new Refusal(versionDiffers);
    await saveRecordTask(context, connection, task);
    if (closes) await endOf(context, connection, task, correction);
  });
  await context.classes.refreshIfInterned();
  return { type: 'Task', id: standing.id, version, outcome: 'changed' };
}

/** The version that whoever asked for the correction reads of it; undefined where their Task is no more. */
async function followedBy({ database }: WriteContext, { asker, askerTask }: Correction): Promise<DisclosedVersion | undefined> {
  const row = (await loadOwnRows(database, asker, [askerTask])).get(askerTask);
  return row && { type: 'Task', id: row.id, version: row.version + 1, custodian: asker };
}

async function isNext(connection: Connection, citizen: string, followed: DisclosedVersion | undefined): Promise<boolean> {
  return followed === undefined || (await loadCitizenRow(connection, citizen, followed.id))?.version === followed.version - 1;
}

/** Why, in words: all an answer may say beside its status. */
const answerElements = ['statusReason', 'note'] as const;
const answerable: ReadonlySet<string> = new Set(['status', ...answerElements, 'meta', 'text', 'lastModified']);

function problemsOf({ writing: { answers }, validate }: WriteContext, whole: JsonObject, answer: JsonObject, id: string): Problem[] {
  const status = textOf(answer['status']);
  if (answers.closed.includes(textOf(whole['status']))) return [taskClosed];
  const changed = Object.keys(answer).filter((name) => !answerable.has(name) && !sameJson(answer[name] ?? null, whole[name] ?? null));
  if (changed.length > 0) return changed.map((name) => ({ ...onlyAnswer, at: { pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` } }));
  if (!answers.statuses.includes(status)) return [{ ...statusUnknown, expected: answers.statuses.join(', ') }];
  const wrong = answerElements.flatMap((name) => referencesIn(answer[name] ?? null, `/${name}`)).map((pointer): Problem => ({ ...referenceNowhere, expected: 'words without references', at: { pointer } }));
  if (wrong.length > 0) return wrong;
  const { meta: _meta, text: _text, ...said } = answer;
  return validate({ ...whole, ...said, id }).filter(({ severity = 'error' }) => severity === 'error').map((problem): Problem => ({ ...problem, category: 'unprocessable' }));
}

/** Where references stand: in an answer nobody looks whether they lead to this person's own records. */
function referencesIn(value: Json, pointer: string): string[] {
  const found: string[] = [];
  mapReferences(value, (reference, at) => {
    found.push(`${at}/reference`);
    return reference;
  }, pointer);
  return found;
}

/** What the answer ends: the correction, with the Task by which the asker follows it; or the waiting for a reply. */
async function endOf(context: WriteContext, connection: Connection, task: RecordTask, correction: Correction | undefined): Promise<void> {
  if (correction && (await endCorrection(connection, correction))) {
    await saveRecordTask(context, connection, { ...task, owner: correction.asker, taskId: correction.askerTask, code: { ...task.code, text: 'You asked for a correction of this record. Its keeper has answered.' } });
  }
  if (task.source === lateReferrals) await endWaiting(connection, { citizen: task.citizen, id: task.about.id, sender: task.owner, task: task.taskId });
}

function aboutOf(focus: Json): { type: string; id: string } {
  const [type = '', id = ''] = isJsonObject(focus) ? textOf(focus['reference']).split('/') : [];
  if (!isUuid(id)) throw new Refusal(keeperAnswers);
  return { type, id };
}

function saidIn(focus: Json): JsonObject[] {
  const extensions = isJsonObject(focus) && Array.isArray(focus['extension']) ? focus['extension'] : [];
  return extensions.filter((each): each is JsonObject => isJsonObject(each));
}

function codeIn(code: Json): RecordTask['code'] {
  const { coding, text } = isJsonObject(code) ? code : {};
  const [first] = Array.isArray(coding) ? coding : [];
  const said = isJsonObject(first) ? first : {};
  return { system: textOf(said['system']), code: textOf(said['code']), display: textOf(said['display']), text: textOf(text) };
}

/** `corrections` of `urn:onestory:corrections#12/1`. */
function textSource({ body }: OwnRow): string {
  const { meta } = JSON.parse(body) as { meta?: { source?: string } };
  return /^urn:onestory:([^#]+)/.exec(meta?.source ?? '')?.[1] ?? 'tasks';
}

const onlyAnswer: Problem = { category: 'unprocessable', code: 'task-answer-only', text: 'This Task was given to you: your answer is its status, the reason and notes.', expected: 'status, statusReason and note changed, everything else as it is' };
const statusUnknown: Problem = { category: 'unprocessable', code: 'task-answer-status', text: 'This is no status a Task is answered with.', at: { pointer: '/status' } };
const taskClosed: Problem = { category: 'conflict', code: 'task-closed', text: 'The Task is over, so there is nothing to answer.', fix: 'Read it again to see how it ended.' };
const keeperAnswers: Problem = { category: 'conflict', code: 'task-followed', text: 'By this Task you follow what somebody else was asked; they answer.', fix: 'Wait for the answer, or ask the keeper of the record.' };

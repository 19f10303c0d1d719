import { createHash } from 'node:crypto';
import { organisationIdentifier } from '../../fhir/organisation-reference.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import { loadCitizenRow } from '../../store/intake/awaited-replies.ts';
import type { Connection } from '../../store/database.ts';
import { saveRows } from '../../store/record/record-writer.ts';
import { classKey, type ClassFacts, type SharingClasses } from '../../store/record/sharing-classes.ts';
import { saveApiRecord } from '../../store/intake/source-records.ts';
import { fragmentChanges, unclassified } from '../intake/fragment-changes.ts';
import { keepApart } from '../intake/keep-apart.ts';
import type { ReleaseContext } from '../release-context.ts';
import { stampResource } from '../intake/stamp-resource.ts';

export interface TaskContext extends ReleaseContext {
  classes: SharingClasses;
}

/** A Task of the gateway about one record of a citizen. */
export interface RecordTask {
  citizen: string;
  taskId: string;
  /** whose Task it is */
  owner: OrganisationKey;
  /** the record it is about */
  about: { type: string; id: string };
  /** what is said of the record: as closed as the record itself */
  said: JsonObject[];
  code: { system: string; code: string; display: string; text: string };
  /** `requested`, `completed`, or what its owner answered */
  status: string;
  /** what its owner says of it: reason and notes */
  answer?: JsonObject;
  /** bytes that were sent with it; absent: it is the gateway's own */
  sent?: { client: string; content: Uint8Array };
  source: string;
}

/** How a Task of this organisation is shared. */
export function taskFacts(owner: OrganisationKey): ClassFacts {
  return unclassified({ custodian: owner, category: 'administration', labels: [] });
}

/** What the gateway writes by itself came with no source record; taking a number would tell everybody that it wrote. */
const ofNoRecord = 0;

/**
 * Saves a Task for an organisation. It is the organisation's own and nobody else's, not even of those who watch over sharing, and
 * which record it is about, with what is said of it, is kept apart in that record's own class: it tells nothing to anybody
 * who may not see the record. Within the transaction of `connection`; begins nothing about a record that is gone.
 */
export async function saveRecordTask(context: TaskContext, connection: Connection, task: RecordTask): Promise<void> {
  const { citizen, taskId, owner, about, said, code, status, answer = {} } = task;
  const record = await loadCitizenRow(connection, citizen, about.id);
  const standing = await loadCitizenRow(connection, citizen, taskId);
  if (!record || (record.deleted && !standing)) return;
  const [at, version] = [context.clock(), (standing?.version ?? 0) + 1];
  const facts = taskFacts(owner);
  const before = standing && (JSON.parse(standing.body) as { authoredOn?: string }).authoredOn;
  const whole: JsonObject = {
    resourceType: 'Task', id: taskId, status, intent: 'order',
    code: { coding: [{ system: code.system, code: code.code, display: code.display }], text: code.text },
    focus: { reference: `${about.type}/${about.id}`, type: about.type, ...(said.length > 0 && { extension: said }) }, for: { reference: `Patient/${citizen}`, type: 'Patient' },
    authoredOn: before ?? at.toISOString(), lastModified: at.toISOString(), ...answer, owner: { type: 'Organization', identifier: organisationIdentifier(owner) },
  };
  const apart = keepApart(whole, (_type, id) => id === about.id, null);
  const classId = (await context.classes.intern(connection, [facts])).get(classKey(facts)) ?? 0;
  const recordId = task.sent ? await saveApiRecord(connection, { ...task.sent, sha256: createHash('sha256').update(task.sent.content).digest(), at, taskId: context.newId() }) : ofNoRecord;
  await saveRows(connection, [{
    citizen, ...(record.origin !== null && { origin: record.origin }), id: taskId, type: 'Task', version, classId, updatedAt: at, recordId, row: task.sent ? 1 : 0, directoryIds: [], index: apart.foundBy().index,
    contentHash: createHash('sha256').update(JSON.stringify(whole)).digest(), fragments: fragmentChanges(apart, facts, false, () => classId, () => record.classId),
    body: JSON.stringify(stampResource(apart.body, { version, at, profileType: 'Task', security: [], custodian: owner, source: `urn:onestory:${task.source}${task.sent ? `#${recordId}/1` : ''}` })),
  }]);
}

import { createHash } from 'node:crypto';
import type { Task } from '@medplum/fhirtypes';
import type { JsonObject } from '../fhir/json.ts';
import { organisationIdentifier } from '../fhir/organisation-reference.ts';
import type { AwaitedReply } from '../store/awaited-replies.ts';
import { loadCitizenRow } from '../store/awaited-replies.ts';
import type { Connection } from '../store/database.ts';
import { saveRows } from '../store/record-writer.ts';
import { classKey, type SharingClasses } from '../store/sharing-classes.ts';
import { fragmentChanges, unclassified } from './fragment-changes.ts';
import { keepApart } from './keep-apart.ts';
import type { ReleaseContext } from './release-context.ts';
import { stampResource } from './stamp-resource.ts';

/** What the gateway writes by itself came with no source record; taking a number would tell everybody that it wrote. */
const ofNoRecord = 0;

export interface TaskContext extends ReleaseContext {
  classes: SharingClasses;
}

/**
 * Asks the sender of a referral to look after it, or says that it need no longer. The Task is the sender's own
 * and nobody else's, not even of those who watch over sharing: whether a reply was seen tells of the receiver's record. Which
 * referral it is about is kept apart in the referral's own class. Within the transaction of `connection`.
 */
export async function saveLateTask(context: TaskContext, connection: Connection, awaited: AwaitedReply, taskId: string, state: 'requested' | 'completed'): Promise<void> {
  const at = context.clock();
  const referral = await loadCitizenRow(connection, awaited.citizen, awaited.id);
  if (!referral) return;
  const standing = await loadCitizenRow(connection, awaited.citizen, taskId);
  const version = (standing?.version ?? 0) + 1;
  const facts = unclassified({ custodian: awaited.sender, category: 'administration', labels: [] });
  const authoredOn = standing ? (JSON.parse(standing.body) as Task).authoredOn : at.toISOString();
  const whole = {
    resourceType: 'Task', id: taskId, status: state, intent: 'order',
    code: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/gateway-action', code: 'no-reply', display: 'Referral without a reply' }], text: 'No reply to this referral has been seen here. Ask whether it has arrived.' },
    focus: { reference: `ServiceRequest/${awaited.id}`, type: 'ServiceRequest' }, for: { reference: `Patient/${awaited.citizen}`, type: 'Patient' },
    authoredOn: authoredOn ?? at.toISOString(), lastModified: at.toISOString(), owner: { type: 'Organization', identifier: organisationIdentifier(awaited.sender) },
  } satisfies JsonObject;
  const apart = keepApart(whole, (_type, id) => id === awaited.id, null);
  const classIds = await context.classes.intern(connection, [facts]);
  const classOf = (of: typeof facts): number => classIds.get(classKey(of)) ?? 0;
  await saveRows(connection, [{
    citizen: awaited.citizen, id: taskId, type: 'Task', version, classId: classOf(facts), updatedAt: at, recordId: ofNoRecord, row: 0, directoryIds: [], index: apart.index,
    contentHash: createHash('sha256').update(JSON.stringify(whole)).digest(), fragments: fragmentChanges(apart, facts, false, () => classOf(facts), () => referral.classId),
    body: JSON.stringify(stampResource(apart.body, { version, at, profileType: 'Task', security: [], custodian: awaited.sender, source: 'urn:onestory:late-referrals' })),
  }]);
}

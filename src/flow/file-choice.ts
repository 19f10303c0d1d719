import { createHash } from 'node:crypto';
import type { Consent } from '@medplum/fhirtypes';
import { describeDisclosure } from '../audit/describe-disclosure.ts';
import { choiceFromConsent } from '../consent/choice-from-consent.ts';
import { takeApart } from '../fhir/fragments.ts';
import { indexResource } from '../fhir/index-resource.ts';
import type { JsonObject } from '../fhir/json.ts';
import { Refusal } from '../fhir/problem.ts';
import type { Requester } from '../fhir/sharing.ts';
import { validateResource } from '../fhir/validate-resource.ts';
import { readSourcePatients } from '../store/read-rows.ts';
import { saveChoices, saveRows, withdrawChoices } from '../store/record-writer.ts';
import { isUuid } from '../store/secrets.ts';
import { classKey, type SharingClasses } from '../store/sharing-classes.ts';
import { saveApiRecord } from '../store/source-records.ts';
import { appendOrRefuse } from './release-records.ts';
import type { ReleaseContext, RequestFacts } from './release-context.ts';
import { stampResource } from './stamp-resource.ts';

/** Keeps partners' records for ever as `urn:onestory:{partner}:{feed}#record/row`; what is written by API has this feed. */
const apiFeed = 'api';

/**
 * Records a citizen's choice: an objection to sharing the whole record, or (status inactive) the withdrawal of what this
 * organisation recorded for them before, by message or by API; what others recorded stands.
 * The recorder's organisation is its custodian; it takes effect with the commit, on every process.
 */
export async function fileChoice(
  context: ReleaseContext & { classes: SharingClasses }, requester: Requester, resource: JsonObject, bytes: Uint8Array, request: RequestFacts,
): Promise<{ id: string; version: number }> {
  const problems = validateResource({ ...resource, id: context.newId() }).filter(({ severity }) => severity !== 'warning' && severity !== 'information');
  if (problems.length > 0) throw new Refusal(...problems.map((problem) => ({ ...problem, category: 'unprocessable' as const })));
  const choice = choiceFromConsent(resource as unknown as Consent);
  if ('problem' in choice) throw new Refusal(choice.problem);
  const citizen = await visibleCitizen(context, requester, resource);
  const id = context.newId();
  const at = context.clock();
  const { text: _narrative, meta: _meta, id: _id, ...content } = resource;
  const { body } = takeApart({ resourceType: 'Consent', id, ...content, patient: { reference: `Patient/${citizen}` } }, () => false);
  // before the write: an entry whose write then failed is followed by one that says so; a write without an entry cannot be
  await appendOrRefuse(context, describeDisclosure(
    { id: context.newId(), at, request: request.id, requester, interaction: 'create', query: 'Consent', status: 201, citizen, ...(request.address !== undefined && { address: request.address }) },
    { disclosed: [{ type: 'Consent', id, version: 1, custodian: requester.organisation }], decisions: [] }));
  await context.database.transaction(async (connection) => {
    const facts = { custodian: requester.organisation, category: 'administration' as const, labels: [] };
    const classId = (await context.classes.intern(connection, [facts])).get(classKey(facts)) ?? 0;
    const recordId = await saveApiRecord(connection, { client: requester.client, content: bytes, sha256: createHash('sha256').update(bytes).digest(), at, taskId: context.newId() });
    await saveRows(connection, [{
      citizen, id, type: 'Consent', version: 1, classId, updatedAt: at, recordId, row: 1, directoryIds: [], fragments: [],
      contentHash: createHash('sha256').update(JSON.stringify(body)).digest(), index: indexResource(body),
      body: JSON.stringify(stampResource(body, { version: 1, at, profileType: 'Consent', security: [], custodian: requester.organisation, source: `urn:onestory:${apiFeed}#${recordId}/1` })),
    }]);
    if ('choice' in choice) await saveChoices(connection, [{ citizen, id, effect: 'deny' }]);
    else await withdrawChoices(connection, citizen, requester.organisation);
  });
  await context.classes.refreshIfInterned();
  return { id, version: 1 };
}

/** The citizen a Consent names, where the recorder may know of them; else the same answer as for nobody. */
async function visibleCitizen(context: ReleaseContext, requester: Requester, resource: JsonObject): Promise<string> {
  const patient = resource['patient'];
  const reference = patient !== null && typeof patient === 'object' && !Array.isArray(patient) ? patient['reference'] : undefined;
  const id = typeof reference === 'string' && reference.startsWith('Patient/') ? reference.slice('Patient/'.length) : '';
  const { result: people } = await context.policy.under(requester, ({ grant }) => (isUuid(id) ? readSourcePatients(context.database, grant.key, [id]) : Promise.resolve([])));
  const citizen = people[0]?.citizen;
  if (!citizen) {
    throw new Refusal({
      category: 'unprocessable', code: 'patient-unknown', text: 'The Consent does not name a person you may know of.', at: { pointer: '/patient/reference' },
      expected: 'Patient/{id} of a citizen, as a search returns it',
    });
  }
  return citizen;
}

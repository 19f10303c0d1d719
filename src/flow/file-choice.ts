import { createHash } from 'node:crypto';
import type { Consent } from '@medplum/fhirtypes';
import { describeDisclosure } from '../audit/describe-disclosure.ts';
import { choiceFromConsent } from '../consent/choice-from-consent.ts';
import type { Choice } from '../consent/types.ts';
import { takeApart } from '../fhir/fragments.ts';
import { indexResource } from '../fhir/index-resource.ts';
import type { JsonObject } from '../fhir/json.ts';
import { notFound } from '../fhir/outcome.ts';
import { Refusal } from '../fhir/problem.ts';
import type { Requester } from '../fhir/sharing.ts';
import { validateResource } from '../fhir/validate-resource.ts';
import { readRow, readSourcePatients } from '../store/read-rows.ts';
import { saveChoices, saveRows, withdrawChoices } from '../store/record-writer.ts';
import { isUuid } from '../store/secrets.ts';
import { classKey, type SharingClasses } from '../store/sharing-classes.ts';
import { saveApiRecord } from '../store/source-records.ts';
import { auditFacts } from './audit-facts.ts';
import { appendOrRefuse } from './release-records.ts';
import type { Directory } from './directory.ts';
import type { ReleaseContext, RequestFacts } from './release-context.ts';
import { stampResource } from './stamp-resource.ts';

/** Keeps partners' records for ever as `urn:onestory:{partner}:{feed}#record/row`; what is written by API has this feed. */
const apiFeed = 'api';

/** A Consent that stands: only its custodian changes it. */
interface Standing {
  id: string;
  version: number;
}

/**
 * Records a citizen's choice, or (status inactive) the withdrawal of what this organisation recorded for them before, by
 * message or by API; what others recorded stands. The recorder's organisation is its custodian; it takes effect with the
 * commit, on every process.
 */
export async function fileChoice(
  context: ReleaseContext & { classes: SharingClasses }, requester: Requester, resource: JsonObject, bytes: Uint8Array, request: RequestFacts, standing?: Standing,
): Promise<{ id: string; version: number }> {
  const problems = validateResource({ ...resource, id: context.newId() }).filter(({ severity }) => severity !== 'warning' && severity !== 'information');
  if (problems.length > 0) throw new Refusal(...problems.map((problem) => ({ ...problem, category: 'unprocessable' as const })));
  const choice = choiceFromConsent(resource as unknown as Consent);
  if ('problems' in choice) throw new Refusal(...choice.problems);
  if ('choice' in choice) checkOrganisations(context.directory, choice.choice);
  const citizen = await visibleCitizen(context, requester, resource);
  const { id, version } = standing ? { id: standing.id, version: standing.version + 1 } : { id: context.newId(), version: 1 };
  const at = context.clock();
  const { text: _narrative, meta: _meta, id: _id, ...content } = resource;
  const { body } = takeApart({ resourceType: 'Consent', id, ...content, patient: { reference: `Patient/${citizen}` } }, () => false);
  // before the write: an entry whose write then failed is followed by one that says so; a write without an entry cannot be
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: standing ? 'update' : 'create', query: standing ? `Consent/${id}` : 'Consent', status: standing ? 200 : 201, citizen }),
    { disclosed: [{ type: 'Consent', id, version, custodian: requester.organisation }], decisions: [] }));
  await context.database.transaction(async (connection) => {
    const facts = { custodian: requester.organisation, category: 'administration' as const, labels: [] };
    const classId = (await context.classes.intern(connection, [facts])).get(classKey(facts)) ?? 0;
    const recordId = await saveApiRecord(connection, { client: requester.client, content: bytes, sha256: createHash('sha256').update(bytes).digest(), at, taskId: context.newId() });
    await saveRows(connection, [{
      citizen, id, type: 'Consent', version, classId, updatedAt: at, recordId, row: 1, directoryIds: [], fragments: [],
      contentHash: createHash('sha256').update(JSON.stringify(body)).digest(), index: indexResource(body),
      body: JSON.stringify(stampResource(body, { version, at, profileType: 'Consent', security: [], custodian: requester.organisation, source: `urn:onestory:${apiFeed}#${recordId}/1` })),
    }]);
    if ('choice' in choice) await saveChoices(connection, [{ citizen, id, choice: choice.choice }]);
    else if (standing) await saveChoices(connection, [{ citizen, id, choice: null }]);
    else await withdrawChoices(connection, citizen, requester.organisation);
  });
  await context.classes.refreshIfInterned();
  return { id, version };
}

/**
 * Changes a choice this organisation recorded, or ends it (status inactive, entered-in-error). Whoever else asks, and
 * whatever is no such Consent, meets the one refusal. `ifMatch`: the version the change was made from, or null.
 */
export async function changeChoice(
  context: ReleaseContext & { classes: SharingClasses }, requester: Requester, id: string, ifMatch: number | null, resource: JsonObject, bytes: Uint8Array, request: RequestFacts,
): Promise<{ id: string; version: number }> {
  const { held, result: rows } = await context.policy.under(requester, ({ grant }) => (isUuid(id) ? readRow(context.database, grant.key, 'Consent', id) : Promise.resolve([])));
  const [row] = rows;
  const own = held.classes.get(row?.classId ?? -1)?.custodian === requester.organisation;
  const patient = row && (JSON.parse(row.body) as { patient?: { reference?: string } }).patient?.reference;
  if (!row || !own || patient !== referenceOf(resource)) throw new Refusal(notFound);
  if (ifMatch !== null && ifMatch !== row.version) throw new Refusal({ ...changedMeanwhile, expected: `If-Match: W/"${row.version}"` });
  return fileChoice(context, requester, resource, bytes, request, { id, version: row.version });
}

const changedMeanwhile = { category: 'precondition', code: 'version-differs', text: 'The resource is no longer the version the change was made from.', fix: 'Read it again and repeat the change.' } as const;

function referenceOf({ patient }: JsonObject): string | undefined {
  const reference = patient !== null && typeof patient === 'object' && !Array.isArray(patient) ? patient['reference'] : undefined;
  return typeof reference === 'string' ? reference : undefined;
}

/** A choice about an organisation nobody knows would close or open nothing, and nobody would notice. */
function checkOrganisations(directory: Directory, { rules }: Choice): void {
  const named = rules.flatMap(({ limits }) => [...(limits.organisations ?? []), ...(limits.custodians ?? [])]);
  if (named.every((organisation) => directory.has(organisation))) return;
  throw new Refusal({
    category: 'unprocessable', code: 'consent-organisation-unknown', text: 'This Consent names an organisation the gateway does not know, so it was not stored.', at: { pointer: '/provision' },
    expected: 'identifiers of organisations in the directory', fix: 'Take the identifier from GET /fhir/Organization.',
  });
}

/** The citizen a Consent names, where the recorder may know of them; else the same answer as for nobody. */
async function visibleCitizen(context: ReleaseContext, requester: Requester, resource: JsonObject): Promise<string> {
  const reference = referenceOf(resource);
  const id = reference?.startsWith('Patient/') ? reference.slice('Patient/'.length) : '';
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

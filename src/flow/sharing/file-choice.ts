import { createHash } from 'node:crypto';
import type { Consent } from '@medplum/fhirtypes';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { choiceFromConsent, type ReadChoice } from '../../consent/choice-from-consent.ts';
import { choiceSource } from '../../consent/choice-source.ts';
import type { Choice } from '../../consent/types.ts';
import { takeApart } from '../../fhir/fragments.ts';
import { indexedFrom, indexResource } from '../../fhir/index-resource.ts';
import { textOf, type JsonObject } from '../../fhir/json.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { SensitiveCodes } from '../../fhir/sensitive-codes.ts';
import { withLabels } from '../../fhir/sharing-labels.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { validateResource } from '../../fhir/validate-resource.ts';
import type { Partner } from '../../intake/types.ts';
import { recordsOf, saveChoices, signalOf, type ChoiceChange } from '../../store/sharing/choices.ts';
import type { Connection } from '../../store/database.ts';
import { citizensNow, holdCitizens, isAlias } from '../../store/linkage/link-decisions.ts';
import { readRow, readSourcePatients } from '../../store/door/read-rows.ts';
import { loadOwnRows } from '../../store/record/own-rows.ts';
import { saveRows } from '../../store/record/record-writer.ts';
import { isUuid } from '../../store/secrets.ts';
import { classKey, type SharingClasses } from '../../store/record/sharing-classes.ts';
import { saveApiRecord } from '../../store/intake/source-records.ts';
import { auditFacts } from '../audit-facts.ts';
import { apiFeed, versionDiffers } from '../writing/name-writes.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { Directory } from '../directory.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { stampResource } from '../intake/stamp-resource.ts';
import { contended } from '../writing/write-records.ts';

interface ChoiceContext {
  classes: SharingClasses;
  sensitiveCodes: SensitiveCodes;
  partners: readonly Partner[];
}

/** A Consent that stands: only its custodian changes it. */
interface Standing {
  id: string;
  version: number;
  /** the caller said which version the change was made from */
  stated: boolean;
}

/**
 * Records a citizen's choice, which replaces what this organisation recorded by API before it was decided; or, with status
 * inactive, ends what it recorded before, by message or by API. What others recorded stands. The recorder's organisation is
 * its custodian; it takes effect with the commit, on every process.
 */
export async function fileChoice(
  context: ReleaseContext & ChoiceContext, requester: Requester, resource: JsonObject, bytes: Uint8Array, request: RequestFacts, standing?: Standing,
): Promise<{ id: string; version: number }> {
  const problems = validateResource({ ...resource, id: context.newId() }).filter(({ severity }) => severity !== 'warning' && severity !== 'information');
  if (problems.length > 0) throw new Refusal(...problems.map((problem) => ({ ...problem, category: 'unprocessable' as const })));
  const read = choiceFromConsent(resource as unknown as Consent, requester.organisation);
  if ('problems' in read) throw new Refusal(...read.problems);
  if ('void' in read && notYet.includes(textOf(resource['status']))) throw new Refusal(notDecided);
  if ('choice' in read) checkOrganisations(context.directory, read.choice);
  const citizen = await visibleCitizen(context, requester, resource);
  if ('choice' in read) await checkRecords(context, citizen, read.choice);
  const { id, version } = standing ? { id: standing.id, version: standing.version + 1 } : { id: context.newId(), version: 1 };
  const at = context.clock();
  const { text: _narrative, meta: _meta, id: _id, ...content } = resource;
  const { body } = takeApart({ resourceType: 'Consent', id, ...content, patient: { reference: `Patient/${citizen}` } }, () => false);
  // before the write: an entry whose write then failed is followed by one that says so; a write without an entry cannot be
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: standing ? 'update' : 'create', query: standing ? `Consent/${id}` : 'Consent', status: standing ? 200 : 201, citizen }),
    { disclosed: [{ type: 'Consent', id, version, custodian: requester.organisation }], decisions: [] }));
  await context.database.transaction(async (connection) => {
    await holdCitizens(connection, [citizen]);
    const now = standing && (await loadOwnRows(connection, requester.organisation, [id])).get(id)?.version;
    if (now !== standing?.version) throw new Refusal(standing?.stated ? versionDiffers : contended);
    if (await isAlias(connection, citizen)) throw new Refusal(versionDiffers);
    const facts = { custodian: requester.organisation, category: 'administration' as const, labels: context.sensitiveCodes.labelsOf(body) };
    const classId = (await context.classes.intern(connection, [facts])).get(classKey(facts)) ?? 0;
    const recordId = await saveApiRecord(connection, { client: requester.client, content: bytes, sha256: createHash('sha256').update(bytes).digest(), at, taskId: context.newId() });
    const source = `urn:onestory:${[...keyOf(context, requester), apiFeed].join(':')}#${recordId}/1`;
    await saveRows(connection, [{
      citizen, id, type: 'Consent', version, classId, updatedAt: at, recordId, row: 1, directoryIds: [], fragments: [],
      contentHash: createHash('sha256').update(JSON.stringify(body)).digest(), index: indexedFrom(indexResource(body), 'Consent', source),
      body: JSON.stringify(stampResource(body, { version, at, profileType: 'Consent', security: withLabels([], facts.labels), custodian: requester.organisation, source })),
    }]);
    await saveChoices(connection, [{ citizen, id, custodian: requester.organisation, recordedAt: at, ...(await saidIn(connection, read, standing && { citizen, id })) }]);
  });
  await context.classes.refreshIfInterned();
  return { id, version };
}

/** An organisation may record what people decide and keep no records here: then it has no key as a partner. */
function keyOf({ partners }: ChoiceContext, { organisation }: Requester): string[] {
  return partners.filter((each) => each.organisation === organisation).map(({ partnerKey }) => partnerKey).slice(0, 1);
}

/**
 * Ending one choice by itself leaves what the organisation's messages say, and ends no more than that choice spoke of: the end
 * of a yes is not the end of an objection. Ending without naming one ends all, or the yes it describes.
 */
async function saidIn(
  connection: Connection, read: Exclude<ReadChoice, { problems: unknown }>, standing: { citizen: string; id: string } | undefined,
): Promise<Pick<ChoiceChange, 'decidedAt' | 'said' | 'signal'>> {
  if ('choice' in read) return { decidedAt: read.choice.decidedAt, said: read, signal: choiceSource(read.choice) };
  if ('void' in read) return { decidedAt: null, said: null, signal: '' };
  const { kind, decidedAt, source } = read.withdrawn;
  const signal = standing ? await signalOf(connection, standing) : source;
  return { decidedAt, signal: signal ?? '', said: signal === null ? null : { ends: kind, all: !standing && source === '' } };
}

const notYet = ['draft', 'proposed'];
const notDecided = {
  category: 'unprocessable', code: 'consent-not-supported', text: 'Only a choice that was made can be recorded.', at: { pointer: '/status' }, expected: 'active, or inactive to withdraw',
  fix: 'Send it as active once the person has decided.',
} as const;

/**
 * Changes a choice this organisation recorded, or ends it (status inactive, entered-in-error). Whoever else asks, and
 * whatever is no such Consent, meets the one refusal. `ifMatch`: the version the change was made from, or null.
 */
export async function changeChoice(
  context: ReleaseContext & ChoiceContext, requester: Requester, id: string, ifMatch: number | null, resource: JsonObject, bytes: Uint8Array, request: RequestFacts,
): Promise<{ id: string; version: number }> {
  const { held, result: rows } = await context.policy.under(requester, ({ grant }) => (isUuid(id) ? readRow(context.database, grant.key, 'Consent', id) : Promise.resolve([])));
  const [row] = rows;
  const own = held.classes.get(row?.classId ?? -1)?.custodian === requester.organisation;
  const patient = row && (JSON.parse(row.body) as { patient?: { reference?: string } }).patient?.reference;
  if (!row || !own || !(await namesSame(context, patient, referenceOf(resource)))) throw new Refusal(notFound);
  if (ifMatch !== null && ifMatch !== row.version) throw new Refusal({ ...versionDiffers, expected: `If-Match: W/"${row.version}"` });
  return fileChoice(context, requester, resource, bytes, request, { id, version: row.version, stated: ifMatch !== null });
}

/** Whether both name one citizen, by whichever of its ids. */
async function namesSame({ database }: ReleaseContext, stored: string | undefined, asked: string | undefined): Promise<boolean> {
  const [one, other] = [stored, asked].map((reference) => (reference?.startsWith('Patient/') ? reference.slice('Patient/'.length) : ''));
  if (one === undefined || other === undefined || !isUuid(one) || !isUuid(other)) return stored === asked;
  const [first, second] = await citizensNow(database, [one, other]);
  return first === second;
}

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

/** A choice about a record that is not there would close or open nothing either. Of records of other people nothing is told. */
async function checkRecords(context: ReleaseContext, citizen: string, { rules }: Choice): Promise<void> {
  const named = [...new Set(rules.flatMap(({ limits }) => limits.ids ?? []))];
  if (named.length === 0) return;
  const known = await recordsOf(context.database, citizen, named);
  if (named.every((id) => known.has(id))) return;
  throw new Refusal({
    category: 'unprocessable', code: 'consent-record-unknown', text: 'This Consent names a record that is not one of this person, so it was not stored.', at: { pointer: '/provision' },
    expected: 'references to stored records of the person, such as CarePlan/{id}; Patient/{id} of the citizen is composed and no record', fix: 'Take the id from where the person saw the record.',
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

import { createHash, hash } from 'node:crypto';
import type { Consent } from '@medplum/fhirtypes';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { choiceFromConsent, type ReadChoice } from '../../consent/choice-from-consent.ts';
import { choiceSource } from '../../consent/choice-source.ts';
import { oversightRoles } from '../../consent/oversees.ts';
import type { Choice } from '../../consent/types.ts';
import { textOf, type JsonObject } from '../../fhir/json.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal } from '../../fhir/problem.ts';
import { sourceDissent } from '../../fhir/sharing-labels.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { validateResource } from '../../fhir/validate-resource.ts';
import type { Partner } from '../../intake/types.ts';
import { recordsOf, signalOf, type ReadOut } from '../../store/sharing/choices.ts';
import type { Connection } from '../../store/database.ts';
import { citizensNow, holdCitizens, isAlias } from '../../store/linkage/link-decisions.ts';
import { readRow, readSourcePatients } from '../../store/door/read-rows.ts';
import { loadOwnPatients, loadOwnRows } from '../../store/record/own-rows.ts';
import { loadCurrentRows } from '../../store/record/record-writer.ts';
import { holdCodeSets } from '../../store/record/relabel-queue.ts';
import { isUuid } from '../../store/secrets.ts';
import { saveApiRecord } from '../../store/intake/source-records.ts';
import { auditFacts } from '../audit-facts.ts';
import { findNamed } from '../writing/find-named.ts';
import { apiFeed, versionDiffers } from '../writing/name-writes.ts';
import { outdated } from '../writing/save-writes.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { Directory } from '../directory.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import { keepApart } from '../intake/keep-apart.ts';
import { custodianOf, type PreparedResource, type Said } from '../intake/prepare-resources.ts';
import { saveResources } from '../intake/save-resources.ts';
import { contended } from '../writing/write-records.ts';

interface ChoiceContext extends IntakeContext, ReleaseContext {
  partners: readonly Partner[];
}

/** A Consent that stands: only its custodian changes it. */
interface Standing {
  id: string;
  version: number;
  /** the caller said which version the change was made from */
  stated: boolean;
  /** the caller may see all of it */
  seen: boolean;
}

/**
 * Records a citizen's choice, which replaces what this organisation recorded by API before it was decided; or, with status
 * inactive, ends what it recorded before, by message or by API. What others recorded stands. The recorder's organisation is
 * its custodian; it takes effect with the commit, on every process.
 */
export async function fileChoice(
  context: ChoiceContext, requester: Requester, resource: JsonObject, bytes: Uint8Array, request: RequestFacts, standing?: Standing,
): Promise<{ id: string; version: number }> {
  const problems = validateResource({ ...resource, id: context.newId() }).filter(({ severity }) => severity !== 'warning' && severity !== 'information');
  if (problems.length > 0) throw new Refusal(...problems.map((problem) => ({ ...problem, category: 'unprocessable' as const })));
  const read = choiceFromConsent(resource as unknown as Consent, requester.organisation);
  if ('problems' in read) throw new Refusal(...read.problems);
  if ('void' in read && notYet.includes(textOf(resource['status']))) throw new Refusal(notDecided);
  if ('choice' in read && standing?.seen === false) throw new Refusal(partHidden);
  if ('choice' in read) checkOrganisations(context.directory, read.choice);
  const citizen = await visibleCitizen(context, requester, resource);
  if ('choice' in read) await checkRecords(context, requester, citizen, read.choice);
  const { id, version } = standing ? { id: standing.id, version: standing.version + 1 } : { id: context.newId(), version: 1 };
  const at = context.clock();
  const { text: _narrative, meta: _meta, id: _id, ...content } = resource;
  const whole = { resourceType: 'Consent', id, ...content, patient: { reference: `Patient/${citizen}` } };
  // before the write: an entry whose write then failed is followed by one that says so; a write without an entry cannot be
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: standing ? 'update' : 'create', query: standing ? `Consent/${id}` : 'Consent', status: standing ? 200 : 201, citizen }),
    { disclosed: [{ type: 'Consent', id, version, custodian: requester.organisation }], decisions: [] }));
  await context.database.transaction(async (connection) => {
    if (!(await holdCodeSets(connection, context.sensitiveCodes.hash))) throw new Refusal(outdated);
    const hidden = (await holdCitizens(connection, [citizen])).get(citizen)?.hidden === true;
    const [row] = await loadCurrentRows(connection, [id]);
    if (row?.version !== standing?.version) throw new Refusal(standing?.stated ? versionDiffers : contended);
    if (await isAlias(connection, citizen)) throw new Refusal(versionDiffers);
    if (row && !context.classes.find(row.classId)) throw new Refusal(contended);
    const recordId = await saveApiRecord(connection, { client: requester.client, content: bytes, sha256: createHash('sha256').update(bytes).digest(), at, taskId: context.newId() });
    const labels = (await loadOwnPatients(connection, requester.organisation, [citizen])).some((own) => own.labels.includes(sourceDissent)) ? [sourceDissent] : [];
    const choice = await saidIn(connection, read, standing && { citizen, id });
    const prepared = prepareChoice(context, requester, whole, { id, version, citizen, recordId, at, labels, hidden, choice });
    await saveResources(connection, context, [prepared], new Map(row && [[id, row]]), { all: new Set(hidden ? [citizen] : []), newly: new Set() });
  });
  await context.classes.refreshIfInterned();
  return { id, version };
}

/** As intake and other writes prepare what they save. It belongs to the citizen and to no source Patient, and said again it is a new word. */
function prepareChoice(
  context: ChoiceContext, { organisation }: Requester, whole: JsonObject,
  { id, version, citizen, recordId, at, labels, hidden, choice }: { id: string; version: number; citizen: string; recordId: number; at: Date; labels: readonly string[]; hidden: boolean; choice: ReadOut },
): PreparedResource<Said> {
  return {
    linked: { feed: { key: apiFeed, partner: recorderOf(context, organisation) }, kind: { categories: [] }, row: { recordId, row: 1, personKey: '', receivedAt: at }, citizen, person: null, home: citizen, homes: [citizen] },
    id, patientId: id, type: 'Consent', category: 'administration', labels: [...new Set([...labels, ...context.sensitiveCodes.labelsOf(whole)])], security: [], evidence: [],
    ...keepApart(whole, () => false, hidden ? custodianOf(context, organisation) : null), // the record a choice is about is named to who may read the choice
    contentHash: hash('sha256', JSON.stringify([version, whole]), 'buffer'), alike: [], resource: whole, choice,
  };
}

/** An organisation may record what people decide and keep no records here: then it is no partner and has no key. */
function recorderOf({ partners, directory }: ChoiceContext, organisation: OrganisationKey): Partner {
  const isPractice = directory.get(organisation)?.isPractice === true;
  return partners.find((each) => each.organisation === organisation) ?? { partnerKey: '', name: '', organisation, identifierBase: '', ...(isPractice && { type: 'gp-practice' }) };
}

/**
 * Ending one choice by itself leaves what the organisation's messages say, and ends no more than that choice spoke of: the end
 * of a yes is not the end of an objection. Ending without naming one ends all, or the yes it describes.
 */
async function saidIn(
  connection: Connection, read: Exclude<ReadChoice, { problems: unknown }>, standing: { citizen: string; id: string } | undefined,
): Promise<ReadOut> {
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

/** What somebody does not see they would take back without knowing. */
const partHidden = {
  category: 'conflict', code: 'consent-part-hidden', text: 'A part of this Consent is not shown to you, so another whole one is not put in its place.',
  fix: 'End it (status inactive) and record the whole choice anew, or have it changed by somebody of your organisation who gives care.',
} as const;

/**
 * Changes a choice this organisation recorded, or ends it (status inactive, entered-in-error). Whoever else asks, and
 * whatever is no such Consent, meets the one refusal. `ifMatch`: the version the change was made from, or null.
 */
export async function changeChoice(
  context: ChoiceContext, requester: Requester, id: string, ifMatch: number | null, resource: JsonObject, bytes: Uint8Array, request: RequestFacts,
): Promise<{ id: string; version: number }> {
  const { held, result: rows } = await context.policy.under(requester, ({ grant }) => (isUuid(id) ? readRow(context.database, grant.key, 'Consent', id) : Promise.resolve([])));
  const [row] = rows;
  const own = held.classes.get(row?.classId ?? -1)?.custodian === requester.organisation;
  const patient = row && (JSON.parse(row.body) as { patient?: { reference?: string } }).patient?.reference;
  if (!row || !own || !(await namesSame(context, patient, referenceOf(resource)))) throw new Refusal(notFound);
  if (ifMatch !== null && ifMatch !== row.version) throw new Refusal({ ...versionDiffers, expected: `If-Match: W/"${row.version}"` });
  const stored = (await loadOwnRows(context.database, requester.organisation, [id])).get(id)?.fragments.length ?? 0;
  return fileChoice(context, requester, resource, bytes, request, { id, version: row.version, stated: ifMatch !== null, seen: stored <= (row.fragments ?? []).length });
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

/**
 * A choice about a record that is not there would close or open nothing either. Who oversees sharing may name any record of the
 * person; to everybody else one they neither hold nor see is as one that is not there.
 */
async function checkRecords(context: ChoiceContext, requester: Requester, citizen: string, { rules }: Choice): Promise<void> {
  const named = [...new Set(rules.flatMap(({ limits }) => limits.ids ?? []))];
  if (named.length === 0) return;
  const known = oversightRoles.includes(requester.role) ? await recordsOf(context.database, citizen, named)
    : new Set([...(await findNamed(context, requester, named, [])).records].flatMap(([id, record]) => (record.citizen === citizen ? [id] : [])));
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

import type { Consent } from '@medplum/fhirtypes';
import { choiceFromConsent } from '../../consent/choice-from-consent.ts';
import { choiceSource } from '../../consent/choice-source.ts';
import { evidenceTypes } from '../../consent/relationship-evidence.ts';
import type { Choice } from '../../consent/types.ts';
import { indexedFrom } from '../../fhir/index-resource.ts';
import { hiddenLocation, sourceDissent, withLabels } from '../../fhir/sharing-labels.ts';
import type { SharingCategory } from '../../fhir/sharing.ts';
import { saveChoices, type ChoiceChange } from '../../store/sharing/choices.ts';
import { relationshipNumber } from '../../store/door/grants.ts';
import { endRelationships, loadRowsOfCustodian, saveRelationships, saveRows, type CurrentRow, type RowChange } from '../../store/record/record-writer.ts';
import type { Connection } from '../../store/database.ts';
import { classKey, type ClassFacts } from '../../store/record/sharing-classes.ts';
import { fragmentChanges, hiddenClass, unclassified } from './fragment-changes.ts';
import { factsOf, hidePlaces, isPlace, tellingRows, type HiddenCitizens } from './hide-places.ts';
import type { IntakeContext } from './intake-context.ts';
import { relabelRows } from './relabel-rows.ts';
import { saysTheSame, type PreparedResource, type Said } from './prepare-resources.ts';
import { stampResource } from './stamp-resource.ts';

/** A resource that is new or changed, with everything decided but the class numbers. */
interface Change {
  prepared: PreparedResource<Said>;
  version: number;
  facts: ClassFacts;
}

/** Saves what changed of these resources, in order; returns the ids of rows (`record/row`) that changed anything. */
export async function saveResources(
  connection: Connection, context: IntakeContext, prepared: readonly PreparedResource<Said>[], current: ReadonlyMap<string, CurrentRow>, hidden: HiddenCitizens,
): Promise<Set<string>> {
  const changes = findChanges(context, prepared, current, hidden);
  const older = prepared.filter((each) => each.older);
  const stricter = [
    ...(await findFollowers(connection, context, [...changes.map(({ prepared: each, facts }) => ({ prepared: each, labels: facts.labels })), ...older.map((each) => ({ prepared: each, labels: each.labels }))], current)),
    ...(await findTellingRows(connection, context, changes, hidden)), ...findStricter(context, changes, older, current),
  ];
  const classIds = await context.classes.intern(connection, neededClasses(changes, hidden.all));
  const classOf = (facts: ClassFacts): number => classIds.get(classKey(facts)) ?? 0;
  const rowClass = new Map([...[...current.values()].map((row) => [row.id, row.classId] as const), ...changes.map(({ prepared: { id }, facts }) => [id, classOf(facts)] as const)]);

  await hidePlaces(connection, context, hidden.newly);
  await relabelRows(connection, context, stricter);
  await saveRows(connection, changes.map((change) => rowChange(context, change, rowClass, classOf, hidden.all)));
  await saveEvidence(connection, changes, hidden);
  await saveChoices(connection, changes.flatMap((change) => choiceOf(change, change.prepared.linked.row.receivedAt ?? context.clock())));
  return new Set(changes.map(({ prepared: { linked } }) => `${linked.row.recordId}/${linked.row.row}`));
}

/** The last version of each resource decides what it means; labels are the union over all versions, so nothing grows laxer. */
function findChanges(context: IntakeContext, prepared: readonly PreparedResource<Said>[], current: ReadonlyMap<string, CurrentRow>, hidden: HiddenCitizens): Change[] {
  const changes: Change[] = [];
  const state = new Map<string, { version: number; contentHash: Buffer; category: SharingCategory; labels: readonly string[] }>();
  for (const each of prepared) {
    const row = current.get(each.id);
    const standing = state.get(each.id) ?? (row && { version: row.version, contentHash: row.contentHash, ...factsOf(context, row) });
    if (each.older) {
      if (standing) state.set(each.id, { ...standing, labels: [...new Set([...standing.labels, ...each.labels])].sort() });
      continue;
    }
    if (standing && saysTheSame(each, standing.contentHash) && standing.category === each.category) continue;
    const patient = current.get(each.patientId);
    const person = state.get(each.patientId)?.labels ?? (patient ? factsOf(context, patient).labels : []);
    const telling = hidden.all.has(each.linked.citizen) && isPlace(each.linked.feed.partner) ? [hiddenLocation] : [];
    const labels = [...new Set([...(standing?.labels ?? []), ...each.labels, ...person.filter((label) => label === sourceDissent), ...telling])].sort();
    const version = (standing?.version ?? 0) + 1;
    state.set(each.id, { version, contentHash: each.contentHash, category: each.category, labels });
    changes.push({ prepared: each, version, facts: { custodian: each.linked.feed.partner.organisation, category: each.category, labels } });
  }
  // what the person's own record came to in the end covers what was said before it, too
  const dissents = (patientId: string): string[] => (state.get(patientId)?.labels ?? []).filter((label) => label === sourceDissent);
  return changes.map((change) => ({ ...change, facts: { ...change.facts, labels: [...new Set([...state.get(change.prepared.id)?.labels ?? change.facts.labels, ...dissents(change.prepared.patientId)])].sort() } }));
}

/** A person a partner newly flags: everything else it ever said of them follows into the stricter class. */
async function findFollowers(
  connection: Connection, context: IntakeContext, said: readonly { prepared: PreparedResource<Said>; labels: readonly string[] }[], current: ReadonlyMap<string, CurrentRow>,
): Promise<{ row: CurrentRow; labels: string[] }[]> {
  const newly = said.filter(({ prepared: { id, type }, labels }) => {
    const before = current.get(id);
    return type === 'Patient' && labels.includes(sourceDissent) && !(before && factsOf(context, before).labels.includes(sourceDissent));
  });
  if (newly.length === 0) return [];
  const rows = await loadRowsOfCustodian(connection, newly.map(({ prepared: { linked } }) => ({ citizen: linked.citizen, custodian: linked.feed.partner.organisation })));
  const changing = new Set(said.filter(({ prepared: { older } }) => !older).map(({ prepared: { id } }) => id));
  return rows.filter(({ id }) => !changing.has(id)).map((row) => ({ row, labels: [sourceDissent] }));
}

/** Rows of practices, homes and hospices about a person newly hidden follow into the class of places. */
async function findTellingRows(connection: Connection, context: IntakeContext, changes: readonly Change[], { newly }: HiddenCitizens): Promise<{ row: CurrentRow; labels: string[] }[]> {
  if (newly.size === 0) return [];
  const rows = await tellingRows(connection, context, newly);
  const changing = new Set(changes.map(({ prepared: { id } }) => id));
  return rows.filter(({ id }) => !changing.has(id)).map((row) => ({ row, labels: [hiddenLocation] }));
}

/** Rows whose new version carries labels their old versions do not show yet, and rows of which something older does. */
function findStricter(context: IntakeContext, changes: readonly Change[], older: readonly PreparedResource<Said>[], current: ReadonlyMap<string, CurrentRow>): { row: CurrentRow; labels: readonly string[] }[] {
  const said = new Map<string, string[]>();
  for (const { id, labels } of [...older, ...changes.map(({ prepared: { id }, facts: { labels } }) => ({ id, labels }))]) said.set(id, [...(said.get(id) ?? []), ...labels]);
  return [...said].flatMap(([id, labels]) => {
    const row = current.get(id);
    return row && !new Set(labels).isSubsetOf(new Set(factsOf(context, row).labels)) ? [{ row, labels }] : [];
  });
}

function neededClasses(changes: readonly Change[], hidden: ReadonlySet<string>): ClassFacts[] {
  const custodians = new Map(changes.map(({ facts }) => [facts.custodian, facts]));
  const ofHidden = changes.filter(({ prepared: { linked } }) => hidden.has(linked.citizen)).map(({ facts }) => hiddenClass(facts));
  return [...changes.map(({ facts }) => facts), ...[...custodians.values()].map(unclassified), ...ofHidden];
}

function rowChange(
  context: IntakeContext, { prepared, version, facts }: Change, rowClass: ReadonlyMap<string, number>, classOf: (facts: ClassFacts) => number, hidden: ReadonlySet<string>,
): RowChange {
  const { linked } = prepared;
  const found = prepared.foundBy();
  const at = context.clock();
  const source = `urn:onestory:${[linked.feed.partner.partnerKey, linked.feed.key].filter((key) => key !== '').join(':')}#${linked.row.recordId}/${linked.row.row}`;
  return {
    citizen: linked.citizen, ...(linked.person !== null && { origin: linked.person }), id: prepared.id, type: prepared.type, version, classId: classOf(facts), contentHash: prepared.contentHash,
    body: JSON.stringify(stampResource(prepared.body, {
      version, at, ...(linked.mapping !== undefined && { mapping: linked.mapping }), profileType: prepared.type, security: withLabels(prepared.security, facts.labels), custodian: facts.custodian, source,
    })),
    updatedAt: at, recordId: linked.row.recordId, row: linked.row.row, index: indexedFrom(found.index, prepared.type, source), directoryIds: found.directoryIds,
    fragments: fragmentChanges(prepared, facts, hidden.has(linked.citizen), classOf, (id) => rowClass.get(id)),
  };
}

/**
 * The last version replaces what those before it were evidence of. A person whose location is hidden is registered nowhere
 * as far as sharing goes, whoever says it: the practice says where they live, and an explanation of access would name it.
 */
async function saveEvidence(connection: Connection, changes: readonly Change[], hidden: HiddenCitizens): Promise<void> {
  await endRelationships(connection, [...hidden.newly], relationshipNumber('registration'));
  const last = [...new Map(changes.map((change) => [change.prepared.id, change.prepared])).values()].filter(({ type }) => evidenceTypes.includes(type));
  await saveRelationships(connection, last.map(({ id, linked }) => ({ citizen: linked.citizen, id })), last.flatMap(({ id, linked, evidence }) =>
    evidence.filter(({ kind }) => kind !== 'registration' || !hidden.all.has(linked.citizen)).map(({ organisation, kind, until }) => ({ citizen: linked.citizen, id, organisation, until, kind: relationshipNumber(kind) }))));
}

/** A Consent the gateway cannot read as a choice is kept as said, and denies: it must not open anything by being unclear. */
function choiceOf({ prepared, facts: { custodian } }: Change, recordedAt: Date): ChoiceChange[] {
  if (prepared.type !== 'Consent') return [];
  if (prepared.choice) return [{ citizen: prepared.linked.citizen, id: prepared.id, custodian, recordedAt, ...prepared.choice }];
  const consent = prepared.resource as unknown as Consent;
  const read = choiceFromConsent(consent, custodian);
  const { citizen, feed } = prepared.linked;
  const way = `${feed.key} ${signalOf(consent)}`;
  const signalWith = (source: string): string => (source === '' ? way : `${way} ${source}`);
  const change = { citizen, id: prepared.id, custodian, signal: way, recordedAt, decidedAt: null };
  if ('void' in read) return [{ ...change, said: null }];
  if ('withdrawn' in read) return [{ ...change, signal: signalWith(read.withdrawn.source), decidedAt: read.withdrawn.decidedAt, said: { ends: read.withdrawn.kind, all: false } }];
  const clear = 'choice' in read && read.choice.rules.every(({ limits }) => limits.ids === undefined); // ids in a message are the sender's, not ours
  return clear ? [{ ...change, signal: signalWith(choiceSource(read.choice)), decidedAt: read.choice.decidedAt, said: read }] : [{ ...change, said: { choice: objection } }];
}

/** What a message says of a choice that is not understood in full is taken in its strictest sense: nothing is shared. */
const objection: Choice = { kind: 'sharing', decidedAt: null, from: null, until: null, rules: [{ effect: 'deny', limits: {}, overrides: [], optOut: false, from: null, until: null }] };

/** In which of its ways a feed says what the person chose: a segment, a code. */
function signalOf({ extension }: Consent): string {
  return extension?.find(({ url }) => url === 'https://fhir.bicp.example/StructureDefinition/objection-source')?.valueCoding?.code ?? '';
}

import type { Consent } from '@medplum/fhirtypes';
import { choiceFromConsent } from '../consent/choice-from-consent.ts';
import type { Choice } from '../consent/types.ts';
import { relationshipNumber } from '../store/grants.ts';
import {
  hideLocations, loadHiddenLocations, loadRowsOfCustodian, reclassOwnFragments, reclassRows, saveChoices, saveRelationships, saveRows,
  type ChoiceChange, type CurrentRow, type FragmentChange, type RowChange,
} from '../store/record-writer.ts';
import type { Connection } from '../store/database.ts';
import { classKey, type ClassFacts } from '../store/sharing-classes.ts';
import type { IntakeContext } from './intake-context.ts';
import { hiddenLocation, sourceDissent, type PreparedResource } from './prepare-resources.ts';
import { stampResource } from './stamp-resource.ts';

/** Several rows of different classes inside one list element: shown to nobody rather than to somebody too many. */
const severalTargets = '00000000-0000-8000-8000-000000000000';

/** A resource that is new or changed, with everything decided but the class numbers. */
interface Change {
  prepared: PreparedResource;
  version: number;
  facts: ClassFacts;
}

/** Saves what changed of these resources, in order; returns the ids of rows (`record/row`) that changed anything. */
export async function saveResources(
  connection: Connection, context: IntakeContext, prepared: readonly PreparedResource[], current: ReadonlyMap<string, CurrentRow>,
): Promise<Set<string>> {
  const changes = findChanges(context, prepared, current);
  const followers = await findFollowers(connection, context, changes, current);
  const hidden = await hiddenCitizens(connection, changes);
  const classIds = await context.classes.intern(connection, [...neededClasses(context, changes, hidden.citizens), ...followers.map(({ facts }) => facts)]);
  const classOf = (facts: ClassFacts): number => classIds.get(classKey(facts)) ?? 0;
  const rowClass = new Map([...[...current.values()].map((row) => [row.id, row.classId] as const), ...changes.map(({ prepared: { id }, facts }) => [id, classOf(facts)] as const)]);

  await saveRows(connection, changes.map((change) => rowChange(context, change, rowClass, classOf, hidden.citizens)));
  await reclassOwnFragments(connection, hidden.newly.map((row) => ({ ...row, classId: classOf(hiddenClass(factsOf(context, row))) })));
  await reclassRows(connection, followers.map(({ row, facts }) => ({ ...row, classId: classOf(facts) })));
  await saveEvidence(connection, changes);
  await saveChoices(connection, changes.flatMap(choiceOf));
  return new Set(changes.map(({ prepared: { linked } }) => `${linked.row.recordId}/${linked.row.row}`));
}

/** The last version of each resource decides what it means; labels are the union over all versions, so nothing grows laxer. */
function findChanges(context: IntakeContext, prepared: readonly PreparedResource[], current: ReadonlyMap<string, CurrentRow>): Change[] {
  const changes: Change[] = [];
  const state = new Map<string, { version: number; contentHash: Buffer; labels: readonly string[] }>();
  for (const each of prepared) {
    const row = current.get(each.id);
    const standing = state.get(each.id) ?? (row && { version: row.version, contentHash: row.contentHash, labels: factsOf(context, row).labels });
    if (standing?.contentHash.equals(each.contentHash)) continue;
    const patient = current.get(each.patientId);
    const person = state.get(each.patientId)?.labels ?? (patient ? factsOf(context, patient).labels : []);
    const labels = [...new Set([...(standing?.labels ?? []), ...each.labels, ...person.filter((label) => label === sourceDissent)])].sort();
    const version = (standing?.version ?? 0) + 1;
    state.set(each.id, { version, contentHash: each.contentHash, labels });
    changes.push({ prepared: each, version, facts: { custodian: each.linked.feed.partner.organisation, category: each.category, labels } });
  }
  return changes.map((change) => ({ ...change, facts: { ...change.facts, labels: state.get(change.prepared.id)?.labels ?? change.facts.labels } }));
}

/** A person a partner newly flags: everything else it ever said of them follows into the stricter class. */
async function findFollowers(
  connection: Connection, context: IntakeContext, changes: readonly Change[], current: ReadonlyMap<string, CurrentRow>,
): Promise<{ row: CurrentRow; facts: ClassFacts }[]> {
  const newly = changes.filter(({ prepared: { id, type }, facts }) => {
    const before = current.get(id);
    return type === 'Patient' && facts.labels.includes(sourceDissent) && !(before && factsOf(context, before).labels.includes(sourceDissent));
  });
  if (newly.length === 0) return [];
  const rows = await loadRowsOfCustodian(connection, newly.map(({ prepared: { linked }, facts }) => ({ citizen: linked.citizen, custodian: facts.custodian })));
  const changing = new Set(changes.map(({ prepared: { id } }) => id));
  return rows.filter(({ id }) => !changing.has(id)).map((row) => {
    const facts = factsOf(context, row);
    return { row, facts: { custodian: facts.custodian, category: facts.category, labels: [...new Set([...facts.labels, sourceDissent])].sort() } };
  });
}

function factsOf(context: IntakeContext, row: CurrentRow): ClassFacts {
  const known = context.classes.find(row.classId);
  if (!known) throw new Error('a stored class is not known to this process'); // refreshed before the batch is tried again
  return known;
}

async function hiddenCitizens(connection: Connection, changes: readonly Change[]): Promise<{ citizens: Set<string>; newly: CurrentRow[] }> {
  const patients = changes.filter(({ prepared }) => prepared.type === 'Patient');
  if (patients.length === 0) return { citizens: new Set(), newly: [] };
  const citizens = await loadHiddenLocations(connection, patients.map(({ prepared }) => prepared.linked.citizen));
  const flagged = patients.filter(({ prepared }) => prepared.hidesLocation && !citizens.has(prepared.linked.citizen)).map(({ prepared }) => prepared.linked.citizen);
  const newly = await hideLocations(connection, [...new Set(flagged)]);
  for (const citizen of flagged) citizens.add(citizen);
  return { citizens, newly };
}

function hiddenClass(facts: ClassFacts): ClassFacts {
  return { custodian: facts.custodian, category: facts.category, labels: [...new Set([...facts.labels, hiddenLocation])].sort() };
}

function unclassified(facts: ClassFacts): ClassFacts {
  return { custodian: facts.custodian, category: 'unclassified', labels: [] };
}

function neededClasses(context: IntakeContext, changes: readonly Change[], hidden: ReadonlySet<string>): ClassFacts[] {
  const custodians = new Map(changes.map(({ facts }) => [facts.custodian, facts]));
  const withHidden = hidden.size === 0 ? [] : [
    ...changes.filter(({ prepared }) => prepared.type === 'Patient').map(({ facts }) => hiddenClass(facts)),
    ...context.classes.all().filter(({ category }) => category === 'identity').map(hiddenClass),
  ];
  return [...changes.map(({ facts }) => facts), ...[...custodians.values()].map(unclassified), ...withHidden];
}

function rowChange(
  context: IntakeContext, { prepared, version, facts }: Change, rowClass: ReadonlyMap<string, number>, classOf: (facts: ClassFacts) => number, hidden: ReadonlySet<string>,
): RowChange {
  const { linked } = prepared;
  const at = context.clock();
  const contact = prepared.type === 'Patient' && hidden.has(linked.citizen) ? hiddenClass(facts) : facts;
  const fragments = prepared.fragments.map((fragment): FragmentChange => {
    const classes = new Set(fragment.targets.map((target) => rowClass.get(target) ?? classOf(unclassified(facts))));
    const [classId] = classes;
    return {
      path: fragment.path, body: JSON.stringify(fragment.value), tokens: prepared.index.fragmentTokens.get(fragment.path) ?? [],
      ...(fragment.targets.length === 0
        ? { classId: classOf(contact), target: null }
        : classes.size === 1 && classId !== undefined
          ? { classId, target: fragment.targets[0] ?? severalTargets }
          : { classId: classOf(unclassified(facts)), target: severalTargets }),
    };
  });
  return {
    citizen: linked.citizen, id: prepared.id, type: prepared.type, version, classId: classOf(facts), contentHash: prepared.contentHash,
    body: JSON.stringify(stampResource(prepared.body, {
      version, at, profileType: prepared.type, security: prepared.security, custodian: facts.custodian,
      source: `urn:onestory:${linked.feed.partner.partnerKey}:${linked.feed.key}#${linked.row.recordId}/${linked.row.row}`,
    })),
    updatedAt: at, recordId: linked.row.recordId, row: linked.row.row, index: prepared.index, directoryIds: prepared.directoryIds, fragments,
  };
}

async function saveEvidence(connection: Connection, changes: readonly Change[]): Promise<void> {
  const last = [...new Map(changes.map((change) => [change.prepared.id, change.prepared])).values()]
    .filter(({ type }) => ['EpisodeOfCare', 'Encounter', 'ServiceRequest', 'CareTeam'].includes(type));
  await saveRelationships(connection, last.map(({ id, linked }) => ({ citizen: linked.citizen, id })), last.flatMap(({ id, linked, evidence }) =>
    evidence.map(({ organisation, kind, until }) => ({ citizen: linked.citizen, id, organisation, until, kind: relationshipNumber(kind) }))));
}

/** A Consent the gateway cannot read as a choice is kept as said, and denies: it must not open anything by being unclear. */
function choiceOf({ prepared }: Change): ChoiceChange[] {
  if (prepared.type !== 'Consent') return [];
  const read = choiceFromConsent(prepared.resource as unknown as Consent);
  return [{ citizen: prepared.linked.citizen, id: prepared.id, choice: 'choice' in read ? read.choice : 'withdrawn' in read ? null : objection }];
}

/** What a message says of a choice that is not understood in full is taken in its strictest sense: nothing is shared. */
const objection: Choice = { rules: [{ effect: 'deny', limits: {}, specificity: 0 }], from: null, until: null };

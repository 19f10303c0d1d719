import { Refusal, type Problem } from '../../fhir/problem.ts';
import { sourceDissent } from '../../fhir/sharing-labels.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { isSubset, subsetted } from '../../fhir/subset-resource.ts';
import type { Partner } from '../../intake/types.ts';
import { loadOwnPatients, type OwnRow } from '../../store/record/own-rows.ts';
import { applyPatch, wholeOf } from './apply-patch.ts';
import { checkTask } from './check-task.ts';
import { apiFeed, nameWrites, type NamedWrite } from './name-writes.ts';
import { prepareResource, type PreparedResource, type Said } from '../intake/prepare-resources.ts';
import { resolveWrites, type Drafted, type FoundEntry, type Resolved } from './resolve-writes.ts';
import { within } from './within-entry.ts';
import type { WriteAsk, WriteContext, Written } from './write-context.ts';
import { targetsOf } from './write-references.ts';

/** A resource that will be saved, with all that is known before its citizen is held. */
export interface PlannedSave {
  named: NamedWrite;
  id: string;
  resolved: Resolved;
  /** the organisation's own source Patient of this person; null: it has none */
  person: string | null;
  /** says that nothing of it is shared */
  dissents: boolean;
}

/** What will be done, and what everything will be afterwards, in the order it was asked. */
export interface WritePlan {
  partner: Partner;
  named: NamedWrite[];
  saves: PlannedSave[];
  ends: NamedWrite[];
  written: Written[];
  /** whom it is about, what was found and is left as it stands among it */
  citizens: string[];
  /** references of the emergency access under which the writer knows of them */
  emergency: readonly string[];
}

/**
 * Works out what some writes come to, without writing: which row each is done to, what patches make of it, whose record it is,
 * what it refers to, whether it is as FHIR and our profiles say. Every mistake of every entry is told.
 */
export async function planWrites(context: WriteContext, requester: Requester, partner: Partner, asks: readonly WriteAsk[], base: string): Promise<WritePlan> {
  const named = await nameWrites(context, requester, asks, base);
  const drafts = new Map(named.flatMap((each) => {
    const drafted = draftOf(context, each);
    return drafted ? [[drafted, each] as const] : [];
  }));
  const { resolved, problems, emergency } = await resolveWrites(context, requester, [...drafts.keys()], named.flatMap(foundEntry), base);
  for (const [drafted, made] of resolved) problems.push(...problemsOf(context, requester, drafted, made, drafts.get(drafted)?.standing));
  if (problems.length > 0) throw new Refusal(...problems.slice(0, mostProblems));
  const patients = await loadOwnPatients(context.database, requester.organisation, [...new Set([...resolved.values()].map(({ citizen }) => citizen))]);
  const classes = [...patients, ...named.flatMap(({ standing }) => standing ?? [])].map(({ classId }) => classId);
  if (classes.some((classId) => !context.classes.find(classId))) await context.classes.refresh();
  const saves = [...resolved].map(([drafted, made]): PlannedSave => {
    const own = patients.filter(({ citizen }) => citizen === made.citizen);
    const dissenting = own.find(({ labels }) => labels.includes(sourceDissent));
    return { named: drafts.get(drafted) as NamedWrite, id: drafted.id, resolved: made, person: (dissenting ?? own[0])?.id ?? null, dissents: dissenting !== undefined };
  });
  const ends = named.filter(({ ask, standing }) => ask.method === 'delete' && standing?.deleted === false);
  const bySave = new Map(saves.map((save) => [save.named, save]));
  return {
    partner, named, saves, ends, emergency, written: named.map((each) => writtenOf(context, partner, each, bySave.get(each))),
    citizens: [...new Set([...saves.map(({ resolved: { citizen } }) => citizen), ...named.flatMap(({ standing }) => standing?.citizen ?? [])])].sort(),
  };
}

const mostProblems = 100;

/** What is to be saved; undefined for what is deleted, and for what a conditional create found. */
function draftOf(context: WriteContext, { ask, standing }: NamedWrite): Drafted | undefined {
  if (ask.method === 'delete' || (ask.method === 'create' && standing)) return undefined;
  const resource = ask.patch && standing ? applyPatch(standing, ask.patch, ask.pointer) : ask.resource;
  if (!resource) throw new Error('a write without a resource');
  return {
    type: ask.type, id: standing?.id ?? context.newId(), pointer: ask.pointer, resource, ...(ask.fullUrl !== undefined && { fullUrl: ask.fullUrl }),
    standing: standing && { citizen: standing.citizen, targets: targetsOf(standing) },
  };
}

function foundEntry({ ask: { method, type, fullUrl }, standing }: NamedWrite): FoundEntry[] {
  return method === 'create' && standing ? [{ type, id: standing.id, citizen: standing.citizen, ...(fullUrl !== undefined && { fullUrl }) }] : [];
}

/** What is wrong in the resource itself is 422: the request was understood. */
function problemsOf(context: WriteContext, requester: Requester, { type, id, pointer, resource }: Drafted, { mapped, focus }: Resolved, standing: OwnRow | undefined): Problem[] {
  const task = type === 'Task' ? checkTask(context.directory, requester, mapped, focus, standing && wholeOf(standing)) : null;
  return [
    ...context.validate({ ...mapped, id }).filter(({ severity = 'error' }) => severity === 'error').map((problem): Problem => ({ ...problem, category: 'unprocessable' })),
    ...(isSubset(resource) ? [subsetted] : []), ...(task ? [task] : []),
  ].map((problem) => within(pointer, problem));
}

function writtenOf(context: WriteContext, partner: Partner, { ask, standing }: NamedWrite, save: PlannedSave | undefined): Written {
  const { type, method } = ask;
  if (!save) {
    const { id = '', version = 0, deleted = true } = standing ?? {};
    return { type, id, version: method === 'delete' && !deleted ? version + 1 : version, outcome: method === 'create' ? 'found' : deleted ? 'none' : 'deleted' };
  }
  if (!standing) return { type, id: save.id, version: 1, outcome: 'created' };
  const { contentHash, category } = prepareSave(context, partner, save, { recordId: 0, row: 0 }, false);
  if (!standing.deleted && contentHash.equals(standing.contentHash) && category === standing.category) return { type, id: save.id, version: standing.version, outcome: 'same' };
  return { type, id: save.id, version: standing.version + 1, outcome: standing.deleted ? 'created' : 'changed' };
}

/** One save as intake prepares what feeds say. */
export function prepareSave(context: WriteContext, partner: Partner, { id, resolved: { citizen, mapped, rows }, person, dissents }: PlannedSave, row: { recordId: number; row: number }, hidden: boolean): PreparedResource<Said> {
  return prepareResource(context, {
    linked: { feed: { key: apiFeed, partner }, kind: context.writing, row: { ...row, personKey: '' }, citizen, person, home: citizen, homes: [citizen] },
    id, patientId: person ?? id, mapped, rows, labels: dissents ? [sourceDissent] : [], hidden,
  });
}

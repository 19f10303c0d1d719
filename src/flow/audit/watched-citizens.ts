import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { isUuid } from '../../store/secrets.ts';
import { endWatched, findWatched, listWatched, saveWatched, type WatchedCitizen, type WatchedPosition } from '../../store/audit/watched-citizens.ts';
import { checkOversight, overseenBy } from '../check-oversight.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { forAuditReaders } from './search-audit.ts';

/** Whom to keep an eye on: a citizen others are curious about, or one who works for the requester's organisation as `person`. */
export interface WatchAsk {
  citizen: string;
  kind: 'prominent' | 'staff';
  person: string | null;
  reason: string;
}

/**
 * Puts a citizen on the list of the requester's own organisation. Whether there is such a citizen is not told: a list of ids
 * nobody has is watched in vain. What those who oversee sharing put on theirs counts for every custodian.
 */
export async function watchCitizen(context: ReleaseContext, requester: Requester, ask: WatchAsk, request: RequestFacts): Promise<WatchedCitizen> {
  const person = await officer(context, requester);
  if (!isUuid(ask.citizen)) throw new Refusal(idNeeded);
  const watched = {
    ...ask, id: context.newId(), organisation: requester.organisation, forAll: overseenBy(requester) === null, decidedBy: person.id, decidedName: person.name, decidedAt: context.clock(),
  };
  await appendAct(context, requester, request, { interaction: 'watched-add', query: `governance/watched-citizens/${watched.id} kind=${ask.kind}`, status: 201, citizen: ask.citizen });
  await saveWatched(context.database, watched);
  return { ...watched, ended: null };
}

/** The list of the requester's own organisation; nobody reads another's. */
export async function listWatchedCitizens(
  context: ReleaseContext, requester: Requester, { after, count }: { after: WatchedPosition | null; count: number }, request: RequestFacts,
): Promise<{ watched: WatchedCitizen[]; next: WatchedPosition | null }> {
  await officer(context, requester);
  const found = await listWatched(context.database, requester.organisation, { after, limit: count + 1 });
  const watched = found.slice(0, count);
  await appendAct(context, requester, request, { interaction: 'watched-list', query: 'governance/watched-citizens', status: 200 });
  const last = found.length > count ? watched.at(-1) : undefined;
  return { watched, next: last ? { decidedAt: last.decidedAt.toISOString(), id: last.id } : null };
}

/** Takes a citizen off it again; that they were on it stays known. */
export async function endWatch(context: ReleaseContext, requester: Requester, id: string, request: RequestFacts): Promise<WatchedCitizen> {
  const person = await officer(context, requester);
  const watched = isUuid(id) ? await findWatched(context.database, requester.organisation, id) : null;
  if (!watched) throw new Refusal(notFound);
  if (watched.ended) throw new Refusal(endedBefore);
  const ended = { at: context.clock(), by: person.id, name: person.name };
  await appendAct(context, requester, request, { interaction: 'watched-end', query: `governance/watched-citizens/${watched.id}/end`, status: 200, citizen: watched.citizen });
  if (!(await endWatched(context.database, watched.id, ended))) throw new Refusal(endedBefore);
  return { ...watched, ended };
}

async function officer(context: ReleaseContext, requester: Requester): Promise<{ id: string; name: string }> {
  await checkOversight(context, requester, forAuditReaders);
  if (!requester.person) throw new Refusal(watchedByAPerson);
  return requester.person;
}

const idNeeded: Problem = { category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: '/patient' }, expected: 'the citizen\'s id, a UUID' };
const watchedByAPerson: Problem = { category: 'forbidden', code: 'watched-person', text: 'Whom to keep an eye on is decided by a person, not by a system.', fix: 'Sign in as a person.' };
const endedBefore: Problem = { category: 'conflict', code: 'watched-ended', text: 'This citizen was taken off the list before.' };

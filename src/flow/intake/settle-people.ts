import { createHash } from 'node:crypto';
import type { Problem } from '../../fhir/problem.ts';
import type { Joining } from '../../intake/joining.ts';
import { messageIdAt } from '../../intake/read-row.ts';
import type { Connection } from '../../store/database.ts';
import type { RowOutcome } from '../../store/intake/intake-queue.ts';
import type { CurrentRow } from '../../store/record/record-writer.ts';
import type { StoredFold } from '../../store/record/fold-states.ts';
import type { StagedRow } from '../../store/intake/replay-staging.ts';
import { reusedMessageId } from '../../store/intake/source-records.ts';
import { checkClaims } from './check-claims.ts';
import { checkOwnership } from './check-ownership.ts';
import { hiddenCitizens } from './hidden-citizens.ts';
import type { HiddenCitizens } from './hide-places.ts';
import { findPart, type IntakeContext } from './intake-context.ts';
import { findVisitPlaces } from './find-visit-places.ts';
import { createRegistry, linkPeople, type LinkedRow, type Linking, type Registry } from './link-people.ts';
import { createFolds, elsewhereOf, keepFolds, mapInOrder, type MappedInOrder } from './map-in-order.ts';
import { prepareResources, type PreparedResource } from './prepare-resources.ts';
import { mapRow, readPending, type MappedRow, type ReadRow, type RefusedRow } from './read-and-map.ts';
import { noPlaces, type VisitPlaces } from './visit-places.ts';
import { standingWords, wordsOfOthers } from './words-of-others.ts';

/** What everything some people's feed ever said of them comes to. */
export interface SettledPeople {
  linked: LinkedRow[];
  citizens: Linking['citizens'];
  people: Linking['people'];
  /** what each resource is in the end, with every label it ever had on the way */
  finals: Map<string, PreparedResource>;
  current: ReadonlyMap<string, CurrentRow>;
  hidden: HiddenCitizens;
  outcomes: { row: StagedRow; outcome: RowOutcome; problems: readonly Problem[] }[];
  /** what was said in bytes that are gone, which the rows build on */
  erased: readonly StoredFold[];
}

/** What rows are mapped on. */
interface Basis {
  inThought: boolean;
  /** the rows as they are on nothing that was said before, if that is known */
  ready: MappedInOrder | undefined;
  /** what others said, where bytes are gone */
  words: readonly StoredFold[];
}

const nobodyHidden: HiddenCitizens = { all: new Set(), newly: new Set() };

/**
 * parse → check → fold → map → validate → link → who owns what, for all rows of some people from the first on, as if nothing of
 * them were known but who they are, and what was said in bytes that are gone: `stored` is all that is kept of people who have such.
 * `inThought`: nothing will be written, and nobody is kept waiting. `ready`: as they were mapped already.
 */
export async function settlePeople(connection: Connection, context: IntakeContext, rows: readonly StagedRow[], inThought: boolean, stored: readonly StoredFold[], ready: ReadyRows | null): Promise<SettledPeople> {
  const { read, settled } = ready ?? readRows(context, rows);
  const words = wordsOfOthers(stored, read);
  const foreign = new Map<string, RefusedRow>();
  for (;;) {
    const basis: Basis = { inThought, words, ready: foreign.size === 0 ? ready?.mapped : undefined };
    const { linked, citizens, people, refused, registry, erased } = await linkRows(connection, context, read.filter(({ row }) => !foreign.has(nameOf(row))), basis);
    const mistaken = checkClaims(context, linked, registry);
    const hidden = inThought ? nobodyHidden : await hiddenCitizens(connection, linked);
    const prepared = linked.flatMap((row) => prepareResources(context, row, hidden.all.has(row.citizen)));
    const owned = await checkOwnership(connection, prepared);
    if (mistaken.length + owned.refused.length > 0) {
      for (const each of [...mistaken, ...owned.refused]) foreign.set(nameOf(each.row), each);
      continue;
    }
    const byName = new Map(rows.map((row) => [nameOf(row), row]));
    const outcomeOf = ({ row, problems }: RefusedRow, outcome: RowOutcome): SettledPeople['outcomes'] => {
      const staged = byName.get(nameOf(row));
      return staged ? [{ row: staged, outcome, problems }] : [];
    };
    return {
      linked, citizens, people, hidden, erased, finals: finalsOf(prepared), current: owned.current,
      outcomes: [
        ...settled, ...linked.filter(({ about }) => about === undefined).flatMap(({ row, warnings }) => outcomeOf({ row, problems: warnings }, 'unchanged')),
        ...[...refused, ...foreign.values()].flatMap((each) => outcomeOf(each, 'quarantined')),
      ],
    };
  }
}

/** Rows that can be mapped, and those of which it is clear already what becomes of them. */
interface ReadRows {
  read: ReadRow[];
  settled: SettledPeople['outcomes'];
}

/** The same with what the first are mapped to, on nothing that was said before. */
export interface ReadyRows extends ReadRows {
  rows: readonly StagedRow[];
  mapped: MappedInOrder;
}

function readRows(context: IntakeContext, rows: readonly StagedRow[]): ReadRows {
  const steps = readInSteps(context, rows);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** A step for each row. */
export function* readInSteps(context: IntakeContext, rows: readonly StagedRow[]): Generator<void, ReadRows, undefined> {
  const read: ReadRow[] = [];
  const settled: SettledPeople['outcomes'] = [];
  const seen = new Map<string, Buffer>();
  for (const row of rows) {
    const known = problemOf(row) ?? sameMessage(context, row, seen);
    const result = known === null ? readPending(context, row) : null;
    if (result && 'input' in result && result.input.joins) settled.push({ row, ...asDecided(row, result.input.joins) });
    else if (result && 'input' in result) read.push(result);
    else settled.push({ row, ...(result ? { outcome: 'quarantined' as const, problems: result.problems } : known ?? { outcome: 'unchanged', problems: [] }) });
    yield;
  }
  return { read, settled };
}

type Known = { outcome: RowOutcome; problems: readonly Problem[] };

function problemOf({ problem }: StagedRow): Known | null {
  return problem === null ? null : { outcome: 'quarantined', problems: JSON.parse(problem) as Problem[] };
}

/** What a message joined or told apart stays as it was decided; one that comes in with a replay waits until everybody is there. */
function asDecided({ was, wasProblems }: StagedRow, { at }: Joining): Known {
  if (was !== 'stored' && was !== 'unchanged' && was !== 'awaiting-merge') return { outcome: 'awaiting-merge', problems: [{ ...joinsLater, at }] };
  return { outcome: was, problems: JSON.parse(wasProblems ?? '[]') as Problem[] };
}

const joinsLater: Problem = {
  category: 'unprocessable', code: 'merge-after-replay', text: 'The message joins people or tells them apart, which is done when the replay is through.', fix: 'Nothing to do.',
};

/** A message id met before: the same message again says nothing new, another one under it is refused. */
function sameMessage(context: IntakeContext, { feed, part, messageId, content, firstWithId }: StagedRow, seen: Map<string, Buffer>): Known | null {
  if (messageId === null) return null;
  const sha256 = createHash('sha256').update(content).digest();
  const before = seen.get(messageId);
  const first = firstWithId ?? before ?? sha256;
  if (!first.equals(sha256)) return { outcome: 'quarantined', problems: reusedMessageId(fieldOfId(context, feed, part)) };
  seen.set(messageId, sha256);
  return before ? { outcome: 'unchanged', problems: [] } : null;
}

function fieldOfId(context: IntakeContext, feed: string, part: string): string {
  const found = findPart(context, feed, part);
  return found ? messageIdAt(found.kind, found.part) : '';
}

type LinkedPeople = Pick<Linking, 'linked' | 'citizens' | 'people'> & { refused: RefusedRow[] };

/** All at once, and once more one row after the other for people of whom a row was refused: what came after builds on what was left. */
async function linkRows(connection: Connection, context: IntakeContext, read: readonly ReadRow[], basis: Basis): Promise<LinkedPeople & Pick<LinkedTogether, 'registry' | 'erased'>> {
  const found = await linkTogether(connection, context, read, basis);
  const { together, refused, registry, places, erased } = found;
  const again = withKin(new Set(together.refused.map(({ row }) => row.personKey)), places);
  const parts: LinkedPeople[] = [{
    ...together, linked: together.linked.filter(({ row }) => !again.has(row.personKey)), refused: refused.filter(({ row }) => !again.has(row.personKey)),
  }];
  if (again.size > 0) parts.push(await linkOneByOne(connection, context, read.filter(({ row }) => again.has(row.personKey)), found));
  const inOrder = parts.flatMap(({ linked }) => linked).sort((a, b) => a.row.recordId - b.row.recordId || a.row.row - b.row.row);
  return {
    registry, erased, linked: inOrder, refused: parts.flatMap((part) => part.refused), citizens: parts.flatMap(({ citizens }) => citizens),
    people: [...new Map(parts.flatMap(({ people }) => people).map((person) => [`${person.citizen} ${person.id}`, person])).values()],
  };
}

type LinkedTogether = { together: Linking; refused: RefusedRow[]; registry: Registry; places: VisitPlaces; erased: readonly StoredFold[] };

/** Whoever is described first, and again as long as more names of the visits they speak of are found. */
async function linkTogether(connection: Connection, context: IntakeContext, read: readonly ReadRow[], { inThought, ready, words }: Basis): Promise<LinkedTogether> {
  const alone = ready ?? mapInOrder(context, read, createFolds([]), noPlaces);
  const erased = standingWords(words, alone.mapped);
  const isPatient = ({ resources }: MappedRow): boolean => resources.some((resource) => resource['resourceType'] === 'Patient');
  for (let places = noPlaces; ;) {
    const { mapped, refused } = places === noPlaces && erased.length === 0 ? alone : mapInOrder(context, read, createFolds(erased), places);
    const registry = createRegistry(inThought);
    const together = await linkPeople(connection, context, [...mapped.filter(isPatient), ...mapped.filter((row) => !isPatient(row))], registry);
    const found = await findVisitPlaces(connection, together.linked, registry, places);
    if (!found) return { together, refused, registry, places, erased };
    places = found;
  }
}

/** These people with all who speak of the same visits. */
function withKin(people: ReadonlySet<string>, places: VisitPlaces): Set<string> {
  const all = new Set(people);
  for (let size = -1; size !== all.size;) {
    size = all.size;
    for (const { said } of places.values()) if (said.some(({ personKey }) => all.has(personKey))) for (const { personKey } of said) all.add(personKey);
  }
  return all;
}

/** A row about somebody not described yet is tried again when all the others are through. */
async function linkOneByOne(connection: Connection, context: IntakeContext, read: readonly ReadRow[], { registry, places, erased }: LinkedTogether): Promise<LinkedPeople> {
  const folds = createFolds(erased);
  const done: LinkedPeople = { linked: [], refused: [], citizens: [], people: [] };
  const link = async (each: ReadRow, later: ReadRow[] | null): Promise<void> => {
    const result = mapRow(context, each, folds.of(each.row), elsewhereOf(each, folds, places));
    if ('problems' in result) return void done.refused.push(result);
    const { linked, refused, citizens, people } = await linkPeople(connection, context, result, registry);
    done.citizens.push(...citizens);
    done.people.push(...people);
    if (refused.length === 0) keepFolds(folds, result);
    else if (later && refused.some(({ problems }) => problems.some(({ code }) => code === 'person-not-known'))) return void later.push(each);
    else return void done.refused.push(...refused);
    done.linked.push(...linked);
  };
  const later: ReadRow[] = [];
  for (const each of read) await link(each, later);
  for (const each of later) await link(each, null);
  return done;
}

function finalsOf(prepared: readonly PreparedResource[]): Map<string, PreparedResource> {
  const finals = new Map<string, PreparedResource>();
  for (const each of prepared) {
    const before = finals.get(each.id);
    if (each.older) before?.labels.push(...each.labels.filter((label) => !before.labels.includes(label)));
    else finals.set(each.id, before ? { ...each, labels: [...new Set([...before.labels, ...each.labels])].sort() } : each);
  }
  return finals;
}

function nameOf({ recordId, row }: { recordId: number; row: number }): string {
  return `${recordId}/${row}`;
}

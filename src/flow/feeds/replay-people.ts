import { putTogether } from '../../fhir/fragments.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { parseExact } from '../../fhir/parse-exact.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Connection } from '../../store/database.ts';
import type { Finding } from '../../store/intake/replay-findings.ts';
import { loadSaidOf, loadStanding, type StandingRow } from '../../store/intake/replay-record.ts';
import { diffResource } from './diff-resource.ts';
import { factsOf } from '../intake/hide-places.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import { partnerId } from '../intake/name-resource.ts';
import { saysTheSame, type PreparedResource } from '../intake/prepare-resources.ts';
import type { SettledPeople } from '../intake/settle-people.ts';
import type { StagedRow } from '../../store/intake/replay-staging.ts';
import { isPerson } from './stage-records.ts';

/** What a replay would do to the record: a resource that differs, with what stands there now, and rows nobody would say any more. */
export interface Differences {
  changed: { prepared: PreparedResource; standing: StandingRow | undefined; places: string[] }[];
  gone: StandingRow[];
}

/** A choice ends only by who made it, and a person is not unsaid. */
const neverGone: readonly string[] = ['Patient', 'Consent'];

/**
 * Compares what a feed's raw records come to with what stands in the record. What another feed said last stays, and so
 * does what came from bytes that are no longer kept.
 */
export async function findDifferences(connection: Connection, context: IntakeContext, feed: string, groups: readonly string[], settled: SettledPeople): Promise<Differences> {
  const { finals, current } = settled;
  const differing = [...finals.values()].filter((each) => {
    const row = current.get(each.id);
    if (!row) return true;
    const { category, labels } = factsOf(context, row);
    return !saysTheSame(each, row.contentHash) || category !== each.category || !new Set(each.labels).isSubsetOf(new Set(labels));
  });
  const said = await loadSaidOf(connection, feed, peopleOf(context, feed, groups, settled));
  const gone = said.filter(({ id, type, erased }) => !finals.has(id) && !erased && !neverGone.includes(type)).map(({ id }) => id);
  const standing = await loadStanding(connection, [...differing.map(({ id }) => id), ...gone]);
  const changed = differing.flatMap((prepared) => {
    const before = standing.get(prepared.id);
    if (before && before.feed !== feed && !before.deleted) return [];
    return [{ prepared, standing: before, places: before && !before.deleted ? placesOf(context, prepared, before, settled) : ['added'] }];
  });
  return { changed, gone: gone.flatMap((id) => standing.get(id) ?? []) };
}

function peopleOf(context: IntakeContext, feed: string, groups: readonly string[], { linked }: SettledPeople): Parameters<typeof loadSaidOf>[2] {
  const keys = groups.filter(isPerson);
  const base = context.mappingOf(feed)?.feed.partner.identifierBase ?? '';
  return { keys, citizens: [...new Set(linked.map(({ citizen }) => citizen))], patients: keys.map((key) => partnerId(context.secrets, 'Patient', `${base}/person`, key)) };
}

function placesOf(context: IntakeContext, prepared: PreparedResource, before: StandingRow, { current }: SettledPeople): string[] {
  const row = current.get(prepared.id);
  const facts = row && factsOf(context, row);
  const places = diffResource(
    putTogether(parseExact<JsonObject>(before.body), before.fragments ?? []),
    putTogether(prepared.body, prepared.fragments.map(({ path, value }) => [path, JSON.stringify(value)] as const)));
  if (facts && facts.category !== prepared.category) places.push('changed (category)');
  if (facts && !new Set(prepared.labels).isSubsetOf(new Set(facts.labels))) places.push('added (labels)');
  return places.length > 0 ? places : ['changed (order)'];
}

/** The same as what is told of it. */
export function findingsOf({ changed, gone }: Differences, { outcomes }: SettledPeople): Finding[] {
  return [
    ...changed.map(({ prepared: { linked: { row }, type, id }, places }): Finding => (
      { group: row.personKey, kind: 'resource', subject: type, places, id, recordId: row.recordId, row: row.row })),
    ...gone.map(({ type, id, recordId, row }): Finding => ({ group: groupOf(outcomes, recordId, row), kind: 'resource', subject: type, places: ['removed'], id, recordId, row })),
    ...outcomes.flatMap((each) => problemFindings(each)),
  ];
}

function groupOf(outcomes: SettledPeople['outcomes'], recordId: number, rowNumber: number): string {
  return (outcomes.find(({ row }) => row.recordId === recordId && row.row === rowNumber) ?? outcomes[0])?.row.group ?? '';
}

/** Problems a row has now and had not, or had and has no more; warnings are problems too. */
function problemFindings({ row, problems }: SettledPeople['outcomes'][number]): Finding[] {
  const [before, now] = [keysOf(JSON.parse(row.wasProblems ?? '[]') as Problem[]), keysOf(problems)];
  const finding = (kind: Finding['kind'], { code, at }: Problem): Finding => ({ group: row.group, kind, subject: code, places: [at?.field ?? ''], id: null, recordId: row.recordId, row: row.row });
  return [
    ...[...now].filter(([key]) => !before.has(key)).map(([, problem]) => finding('new-problem', problem)),
    ...[...before].filter(([key]) => !now.has(key)).map(([, problem]) => finding('solved-problem', problem)),
  ];
}

function keysOf(problems: readonly Problem[]): Map<string, Problem> {
  return new Map(problems.map((problem) => [`${problem.code} ${problem.at?.field ?? ''}`, problem]));
}

/** Whether a row is settled otherwise than before. */
export function isSettledAnew({ was, wasProblems }: StagedRow, outcome: string, problems: readonly Problem[]): boolean {
  const fine = (state: string | null): boolean => state === 'stored' || state === 'unchanged';
  if (was === null || fine(was) !== fine(outcome) || (!fine(was) && was !== outcome)) return true;
  return canonicalJson(JSON.parse(wasProblems ?? '[]')) !== canonicalJson(JSON.parse(JSON.stringify(problems)));
}

import { allows } from '../../fhir/allows.ts';
import { parseSearch } from '../../fhir/parse-search.ts';
import type { Problem } from '../../fhir/problem.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { SearchQuery } from '../../fhir/search-query.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { stale, type VisibleRow } from '../../store/door/door.ts';
import { citizensNow } from '../../store/linkage/link-decisions.ts';
import { loadOwnCitizens, loadOwnRows, matchOwnRows } from '../../store/record/own-rows.ts';
import { readListed, readSourcePatients } from '../../store/door/read-rows.ts';
import { isUuid } from '../../store/secrets.ts';
import { readAsked, type Found } from '../read-asked.ts';
import type { ReleaseContext } from '../release-context.ts';
import type { Condition } from './write-context.ts';

/** A record somebody names, which they hold themselves or may see. */
export interface NamedRecord {
  type: string;
  citizen: string;
  own: boolean;
  /** as the writer sees it; absent where it is their own and they may read nothing */
  row?: VisibleRow;
}

export interface Named {
  records: ReadonlyMap<string, NamedRecord>;
  /** citizens by the ids they were named by: their own, old ones, those of source Patients */
  citizens: ReadonlyMap<string, string>;
  /** references of the emergency access under which some of it may be seen */
  emergency: readonly string[];
}

/**
 * What of these ids the writer may name: its own records, and what it may see through the door. Whatever else there is stays
 * unfound, so that a reference to it is answered as one to nothing.
 */
export async function findNamed(context: ReleaseContext, requester: Requester, ids: readonly string[], patients: readonly string[]): Promise<Named> {
  const { database, policy } = context;
  const asked = [...new Set([...ids, ...patients])].filter(isUuid);
  if (asked.length === 0) return { records: new Map(), citizens: new Map(), emergency: [] };
  const [now, own] = await Promise.all([citizensNow(database, asked), loadOwnRows(database, requester.organisation, asked)]);
  const ofOwned = loadOwnCitizens(database, requester.organisation, now);
  const seen = policy.under(requester, async ({ grant }) => {
    const listed = await readListed(database, grant.key, asked);
    const sources = await readSourcePatients(database, grant.key, now);
    return listed === stale || sources === stale ? stale : { rows: listed, people: sources };
  });
  const [ofOwn, { result: { rows, people } }] = await Promise.all([ofOwned, seen]);
  const records = new Map([...own.values()].filter(({ deleted }) => !deleted).map(({ id, type, citizen }): [string, NamedRecord] => [id, { type, citizen, own: true }]));
  for (const row of rows) if (row.citizen !== null) records.set(row.id, { type: row.type, citizen: row.citizen, own: own.has(row.id), row });
  const known = new Set([...ofOwn, ...people.map(({ citizen }) => citizen)]);
  const citizens = new Map(asked.flatMap((id, i): [string, string][] => {
    const record = records.get(id);
    if (record?.type === 'Patient') return [[id, record.citizen]];
    const citizen = now[i] ?? id;
    return known.has(citizen) ? [[id, citizen]] : [];
  }));
  return { records, citizens, emergency: [...new Set([...rows, ...people].flatMap(({ emergency }) => emergency ?? []))] };
}

/** A condition as a search in which everything counts: one that leaves a parameter out would find what was not meant. */
export function readCondition(type: string, condition: Condition, base: string): SearchQuery {
  const parsed = parseSearch(type, condition.map(([name, value]) => [name, value]), { handling: 'strict', base });
  if ('problems' in parsed) throw new Refusal(...parsed.problems);
  if (parsed.query.clauses.length === 0) throw new Refusal(conditionEmpty);
  if (parsed.query.clauses.some((clause) => 'chain' in clause || 'has' in clause || ('anyOf' in clause && clause.ofClass)) || (parsed.query.includes ?? []).length > 0) throw new Refusal(conditionElsewhere);
  return parsed.query;
}

/** Refuses more conditions in one request than are looked for, each by itself. */
export function checkConditions(conditions: number): void {
  if (conditions > mostConditions) throw new Refusal({ ...tooManyConditions, expected: `at most ${mostConditions}` });
}

const mostConditions = 500;

/** What a conditional reference names, in the writer's own records and, where it may search for them, in what it may see: ids of records, or of citizens. */
export async function findByCondition(context: ReleaseContext, requester: Requester, type: string, search: string, base: string): Promise<string[]> {
  const query = { ...readCondition(type, [...new URLSearchParams(search)], base), count: 2 };
  const own = await matchOwnRows(context.database, requester.organisation, query);
  const seen = allows(requester.scopes, type, 's') ? await lookFor(context, requester, query) : { rows: [], people: [] };
  const found = type === 'Patient' ? [...own, ...seen.people].map(({ citizen }) => citizen ?? '') : [...own, ...seen.rows].map(({ id }) => id);
  return [...new Set(found)];
}

async function lookFor({ database, policy }: ReleaseContext, requester: Requester, query: SearchQuery): Promise<Pick<Found, 'rows' | 'people'>> {
  return (await policy.under(requester, ({ grant }) => readAsked(database, grant.key, { interaction: 'search-type', query, after: null }))).result;
}

/** A writer's own partition says nothing of other records, nor of how anything is shared. */
const conditionElsewhere: Problem = {
  category: 'unsupported', code: 'condition-unsupported', text: 'A condition of a write looks at the record itself only.', expected: 'parameters of the record without chains, _has, _include, _tag and _security',
};
const tooManyConditions: Problem = { category: 'too-large', code: 'conditions-too-many', text: 'The Bundle has more conditions, or conditional references, than are looked for at once.', fix: 'Send it in several Bundles, or name what is known by its id.' };
const conditionEmpty: Problem = { category: 'invalid', code: 'condition-empty', text: 'The condition says nothing, so it would find everything.', expected: 'a search such as identifier={system}|{value}' };

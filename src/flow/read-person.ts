import { countByClass } from '../store/door/count-by-class.ts';
import { countWithheld, type Withheld } from '../store/door/count-withheld.ts';
import type { Database } from '../store/database.ts';
import { stale, type VisibleRow } from '../store/door/door.ts';
import { readIncomplete, readSourcePatients } from '../store/door/read-rows.ts';
import { findCitizens } from '../store/door/search-rows.ts';
import type { PersonAsk } from './who-is-named.ts';

/** The source Patients the caller may see of one person; none where nobody is meant. */
export interface PersonFound {
  people: VisibleRow[];
  withheld: Withheld[];
  incomplete: number[];
  /** several people the caller may see bear the identifier: none of them is meant */
  several?: true;
  /** of $presence: how many records may be seen, by sharing class */
  counts?: { id: number; count: number }[];
}

/**
 * Without a visible source Patient there is no such person, however they are named; an identifier finds by what the caller may
 * see and by nothing else. What is kept back is counted, found or not.
 */
export async function readPerson<Whole extends { withheld: Withheld[] }>(
  database: Database, grantKey: string, { interaction, whom }: PersonAsk, whole: (citizen: string) => Promise<Whole | typeof stale>,
): Promise<Whole | PersonFound | typeof stale> {
  const named = 'citizen' in whom ? [whom.citizen] : await findCitizens(database, grantKey, whom.identified, 2);
  const byIdentifier = 'citizen' in whom ? [] : await countWithheld(database, grantKey, { tokens: whom.identified.clauses.flatMap((clause) => ('anyOf' in clause ? clause.anyOf : [])) });
  if (named === stale || byIdentifier === stale) return stale;
  const [citizen, ...others] = named;
  if (citizen === undefined || others.length > 0) return { people: [], incomplete: [], withheld: byIdentifier, ...(others.length > 0 && { several: true }) };
  const found = interaction === 'summary' ? await whole(citizen) : await readSources(database, grantKey, citizen, interaction === 'presence');
  if (found === stale) return stale;
  const counted = new Set(found.withheld.map((each) => each.citizen));
  return { ...found, withheld: [...found.withheld, ...byIdentifier.filter((each) => !counted.has(each.citizen))] };
}

async function readSources(database: Database, grantKey: string, citizen: string, counted: boolean): Promise<PersonFound | typeof stale> {
  const [people, withheld, incomplete, counts] = await Promise.all([
    readSourcePatients(database, grantKey, [citizen]), countWithheld(database, grantKey, { citizens: [citizen] }), readIncomplete(database, grantKey, [citizen]), counted ? countByClass(database, grantKey, citizen) : [],
  ]);
  if (people === stale || withheld === stale || incomplete === stale || counts === stale) return stale;
  return { people, withheld, incomplete: incomplete.map(({ classId }) => classId), ...(counted && people.length > 0 && { counts }) };
}

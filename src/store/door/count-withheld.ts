import type { ChoiceMade, Refused } from '../../consent/types.ts';
import type { Database } from '../database.ts';
import { stale } from './door.ts';
import { isUuid } from '../secrets.ts';

/** What of one citizen was kept back from one grant: classes and numbers, never ids or bodies. */
export interface Withheld {
  citizen: string;
  /** reference of this person's live emergency access to the citizen */
  emergency: string | null;
  classes: WithheldClass[];
}

export interface WithheldClass {
  classId: number;
  count: number;
  /** how the citizen's choice closes it, and which, if one does; a class may stand here once for each way */
  refused: ChoiceMade<Refused> | null;
}

/** What names the citizen: citizens themselves, the id of any resource, the tokens of an identifier, or citizens and tokens together. */
export type Naming = { citizens: readonly string[]; tokens?: readonly bigint[] } | { id: string } | { tokens: readonly bigint[] };

/**
 * Asked for every request that names somebody, found or not, so that finding and not finding cost and read the same.
 * Under a grant that no longer holds nothing can be counted, and that must not read as "nothing was kept back".
 */
export async function countWithheld(database: Database, grantKey: string, naming: Naming): Promise<Withheld[] | typeof stale> {
  const named = namedCitizens(naming);
  const rows = await database.serve<{ fresh: boolean; citizen: string | null; emergency: string | null; classId: number | null; count: number | null; refused: string | null }>('accountant', grantKey, {
    name: named.name,
    text: `with named as materialized (select array(${named.text}) as citizens)
      select s.fresh, c as citizen, (select e.reference from emergency_use e where e.citizen_id = c limit 1) as emergency, w.class_id as "classId", w.count, w.refused
      from grant_state s left join (select unnest(citizens) as c from named) n on true
      left join (select * from withheld where citizen_id = any ((select citizens from named)::uuid[])) w on w.citizen_id = n.c`,
    values: named.values,
  });
  if (rows.some(({ fresh }) => !fresh)) return stale;
  const byCitizen = new Map<string, Withheld>();
  for (const row of rows) {
    if (row.citizen === null) continue;
    const entry = byCitizen.get(row.citizen) ?? { citizen: row.citizen, emergency: row.emergency, classes: [] };
    if (row.classId !== null && row.count !== null) entry.classes.push({ classId: row.classId, count: row.count, refused: refusedIn(row.emergency, readRefused(row.refused)) });
    byCitizen.set(row.citizen, entry);
  }
  return [...byCitizen.values()];
}

function namedCitizens(naming: Naming): { name: string; text: string; values: unknown[] } {
  if ('id' in naming) return { name: 'withheld-by-id', text: 'select c from citizen_of($1::uuid) c where c is not null', values: [naming.id] };
  if (!('citizens' in naming)) return { name: 'withheld-by-token', text: 'select citizens_named($1::bigint[])', values: [naming.tokens.map(String)] };
  const [byCitizen, citizens, tokens] = ['select citizen_of(c) from unnest($1::uuid[]) c where citizen_of(c) is not null', naming.citizens.filter(isUuid), (naming.tokens ?? []).map(String)];
  return tokens.length === 0 ? { name: 'withheld-by-citizen', text: byCitizen.replace('select', 'select distinct'), values: [citizens] }
    : { name: 'withheld-by-citizen-and-token', text: `${byCitizen} union select citizens_named($2::bigint[])`, values: [citizens, tokens] };
}

/** `denies Consent/…`, as the door says it. */
export function readRefused(said: string | null): WithheldClass['refused'] {
  const [effect, consent] = said?.split(' ') ?? [];
  return effect === undefined || consent === undefined ? null : { effect: effect as Refused, consent };
}

/** Emergency access passes a general objection: what is still kept back is so for another reason. */
export function refusedIn(emergency: string | null, refused: WithheldClass['refused']): WithheldClass['refused'] {
  return emergency !== null && refused?.effect === 'objects' ? null : refused;
}

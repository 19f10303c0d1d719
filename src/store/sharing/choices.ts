import type { Choice, ChoiceKind, ChoiceLimits } from '../../consent/types.ts';
import type { Connection, Database } from '../database.ts';
import { liveOf } from '../schema/028-yeses-of-their-own.ts';
import { takesBack } from '../schema/037-narrow-yeses.ts';
import { arrayText } from '../shared-rows.ts';

/** What a Consent now says about sharing. */
export interface ChoiceChange {
  citizen: string;
  /** the Consent */
  id: string;
  /** the organisation that recorded it, and which of its ways to say it: by API nothing, else the feed and its signal; then the yes it is, if any */
  custodian: string;
  signal: string;
  /** when the person decided; null: as it was recorded */
  decidedAt: Date | null;
  recordedAt: Date;
  /** null: nothing any more, as if it had never been said; `ends`: that no earlier word counts, in its own way or in any of its organisation */
  said: { choice: Choice } | { ends: ChoiceKind; all: boolean } | null;
}

/** The same as far as the Consent itself tells it. */
export type ReadOut = Pick<ChoiceChange, 'decidedAt' | 'said' | 'signal'>;

/**
 * Replaces what these Consents say, and works out anew what counts of their citizens: of one kind, organisation and signal
 * the one decided last, recorded last among those; while it is live. A narrow yes also ends a no that is about nothing else. Comes after the rows of the Consents are saved, so that
 * nobody else writes about these citizens meanwhile.
 */
export async function saveChoices(connection: Connection, said: readonly ChoiceChange[]): Promise<void> {
  if (said.length === 0) return;
  const changes = [...new Map(said.map((change) => [change.id, change])).values()];
  const ids = [changes.map((c) => c.citizen), changes.map((c) => c.id)];
  await connection.query('select 1 from citizen_tally where citizen_id = any($1::uuid[]) order by citizen_id for update', [ids[0]]);
  for (const table of ['choice', 'choice_rule']) {
    await connection.query(`delete from ${table} r using unnest($1::uuid[], $2::uuid[]) as c(citizen_id, id) where r.citizen_id = c.citizen_id and r.id = c.id`, ids);
  }
  await insertChoices(connection, changes);
  await insertRules(connection, changes);
  await countChoices(connection, changes.map(({ citizen }) => citizen));
}

/** In which of its ways a Consent counts, or ended what counted; null: it counts for nothing, and there is nothing to end. */
export async function signalOf(connection: Connection, { citizen, id }: Pick<ChoiceChange, 'citizen' | 'id'>): Promise<string | null> {
  const { rows } = await connection.query<{ signal: string }>('select signal from choice where citizen_id = $1 and id = $2', [citizen, id]);
  return rows[0]?.signal ?? null;
}

/**
 * Works out what counts of these citizens. A word replaces those of the citizens it was said for: what was recorded of two
 * people before they were found to be one stands beside each other, and the strictest decides.
 */
export async function countChoices(connection: Connection, citizens: readonly string[]): Promise<void> {
  await connection.query(
    `update choice_rule r set live = ${liveOf('r', takesBack)}
     where r.citizen_id = any($1::uuid[])`, [citizens]);
}

async function insertChoices(connection: Connection, changes: readonly ChoiceChange[]): Promise<void> {
  const heads = changes.flatMap(({ said, ...change }) => (said === null ? [] : [{
    ...change, ...('choice' in said ? { kind: said.choice.kind, all: false, from: said.choice.from, until: said.choice.until } : { kind: said.ends, all: said.all, from: null, until: null }),
  }]));
  await connection.query(
    `insert into choice (citizen_id, id, kind, custodian, signal, ends_all, decided_at, recorded_at, valid_from, valid_until, home, homes)
     select c, i, k, w, s, e, least(d, r), r, f, u, c, array(select k.home from choice k where k.citizen_id = c) || c
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
       as x(c, i, k, w, s, e, d, r, f, u)`,
    [heads.map((h) => h.citizen), heads.map((h) => h.id), heads.map((h) => h.kind), heads.map((h) => h.custodian), heads.map((h) => h.signal), heads.map((h) => h.all),
      heads.map((h) => h.decidedAt), heads.map((h) => h.recordedAt), heads.map((h) => h.from ?? '-infinity'), heads.map((h) => h.until ?? 'infinity')]);
}

type ListedLimit = Exclude<keyof ChoiceLimits, 'dates'>;
/** Columns that are lists, with their types. */
const lists: Readonly<Record<ListedLimit, string>> = {
  organisations: 'text[]', roles: 'text[]', purposes: 'text[]', categories: 'text[]', labels: 'text[]', custodians: 'text[]', types: 'text[]', tokens: 'bigint[]', ids: 'uuid[]',
};
const listNames = Object.keys(lists) as ListedLimit[];

async function insertRules(connection: Connection, changes: readonly ChoiceChange[]): Promise<void> {
  const rules = changes.flatMap(({ citizen, id, said }) => (said && 'choice' in said ? said.choice.rules.map((rule, n) => ({ citizen, id, n, ...rule })) : []));
  if (rules.length === 0) return;
  const listed = listNames.map((name, i) => `string_to_array(l${i}, E'\\n')::${lists[name]}`);
  await connection.query(
    `insert into choice_rule (citizen_id, id, n, effect, opt_out, overrides, valid_from, valid_until, dates_from, dates_until, live, ${listNames.join(', ')})
     select c, i, n, e, o, v::int[], f, u, df, du, '{}', ${listed.join(', ')}
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::boolean[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[],
       ${listNames.map((_, i) => `$${i + 11}::text[]`).join(', ')}) as x(c, i, n, e, o, v, f, u, df, du, ${listNames.map((_, i) => `l${i}`).join(', ')})`,
    [rules.map((r) => r.citizen), rules.map((r) => r.id), rules.map((r) => r.n), rules.map((r) => r.effect), rules.map((r) => r.optOut), rules.map((r) => arrayText(r.overrides.map(String))),
      rules.map((r) => r.from ?? '-infinity'), rules.map((r) => r.until ?? 'infinity'),
      rules.map(({ limits: { dates } }) => dates && (dates.from ?? '-infinity')), rules.map(({ limits: { dates } }) => dates && (dates.until ?? 'infinity')),
      ...listNames.map((name) => rules.map(({ limits }) => limits[name]?.join('\n') ?? null))]);
}

const compared = `effect, opt_out, overrides, organisations, roles, purposes, categories, labels, custodians, types, tokens, ids, dates_from, dates_until, live`;

/** Whether something may be seen of the one citizen that a choice of the other denies: a denial it has not, or a permit it alone has. */
export async function isLessDenied(connection: Connection, { from, into }: { from: string; into: string }): Promise<boolean> {
  const { rows } = await connection.query(
    `with said as (select citizen_id, ${compared.replace(/live$/, '')} live * tstzmultirange(tstzrange(statement_timestamp(), null)) as live from choice_rule
       where citizen_id in ($1, $2) and live && tstzrange(statement_timestamp(), null)),
     lost as (select ${compared} from said where citizen_id = $1 and effect = 'deny' except select ${compared} from said where citizen_id = $2),
     gained as (select ${compared} from said where citizen_id = $2 and effect = 'permit' except select ${compared} from said where citizen_id = $1)
     select 1 where exists (select from lost) or (exists (select from gained) and exists (select from said where citizen_id = $1 and effect = 'deny'))`, [from, into]);
  return rows.length > 0;
}

/** Of these ids those that are records about the citizen: for checking what is written, never for answering. */
export async function recordsOf(database: Database, citizen: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await database.query<{ id: string }>('select id from citizen_row where citizen_id = $1 and id = any($2::uuid[]) and not deleted', [citizen, ids]);
  return new Set(rows.map(({ id }) => id));
}

import type { Oddity } from '../../audit/cases/judge-looks.ts';
import type { StandingOddity } from '../../audit/cases/score-case.ts';
import type { Tally } from '../../audit/cases/normal.ts';
import type { LookerDay } from '../../audit/cases/odd-days.ts';
import type { CareTime } from '../../audit/cases/odd-looks.ts';
import type { CaseSignal } from '../../audit/cases/case-rule.ts';
import type { Connection } from '../database.ts';

/** The two ways through the log: as it grows, and once it is known what came after a look. */
export type CasePass = 'at-once' | 'late';

/** Stands where a whole day was odd and no citizen. */
export const nobody = '00000000-0000-0000-0000-000000000000';

/** How far a way through the log is. Null: another process looks through the log, by either way; whoever does holds it until the transaction ends. */
export async function takeCasePass(connection: Connection, pass: CasePass): Promise<number | null> {
  const { rowCount } = await connection.query(`select from case_cursor where pass = 'at-once' for update skip locked`);
  if (rowCount === 0) return null;
  const { rows: [row] } = await connection.query<{ seq: string }>('select seq from case_cursor where pass = $1', [pass]); // by itself: a statement reads as of when it began, which may be before the lock
  return Number(row?.seq ?? 0);
}

/** Fails where the cursor is not where this part of the log was begun: it was worked already. */
export async function moveCasePass(connection: Connection, pass: CasePass, { from, to }: { from: number; to: number }): Promise<void> {
  const { rowCount } = await connection.query('update case_cursor set seq = $3 where pass = $1 and seq = $2', [pass, from, to]);
  if (rowCount !== 1) throw new Error('this part of the log was worked by another process');
}

/**
 * The next entries of the log, of organisations, as far as they are of one London day; not those after the last that is as old
 * as `until` (null: all). What is dated ahead among them waits for nobody: what came after it is old enough. `last`: how far that is.
 */
export async function readForCases(connection: Connection, { after, until, most }: { after: number; until: Date | null; most: number }): Promise<{ entries: string[]; last: number; more: boolean }> {
  const { rows } = await connection.query<{ seq: string; entry: string | null; due: boolean; day: string }>(
    `select seq, $2::timestamptz is null or at <= $2 as due, (at at time zone 'Europe/London')::date::text as day, case when organisation is not null then entry end as entry
     from audit_entry where seq > $1 and seq <= $1 + $3 order by seq`, [after, until, most]);
  const old = rows.slice(0, rows.findLastIndex(({ due }) => due) + 1);
  const end = old.findIndex(({ day }) => day !== old[0]?.day);
  const taken = end < 0 ? old : old.slice(0, end);
  return { entries: taken.flatMap(({ entry }) => (entry === null ? [] : [entry])), last: Number(taken.at(-1)?.seq ?? after), more: end >= 0 || old.length === most };
}

/** What was counted of an organisation in these days, both included. */
export async function sumTallies(connection: Connection, organisation: string, first: string, last: string): Promise<Map<string, number>> {
  const { rows } = await connection.query<{ what: string; n: number }>(
    'select what, sum(n)::float8 as n from look_tally where organisation = $1 and day between $2 and $3 group by what', [organisation, first, last]);
  return new Map(rows.map(({ what, n }) => [what, n]));
}

export async function addTallies(connection: Connection, tallies: readonly Tally[]): Promise<void> {
  if (tallies.length === 0) return;
  await connection.query(
    `insert into look_tally as t (organisation, day, what, n) select * from unnest($1::text[], $2::date[], $3::text[], $4::bigint[])
     on conflict (organisation, day, what) do update set n = t.n + excluded.n`,
    [tallies.map(({ organisation }) => organisation), tallies.map(({ day }) => day), tallies.map(({ what }) => what), tallies.map(({ n }) => n)]);
}

/** People's days as they stand. */
export async function loadLookerDays(connection: Connection, days: readonly Pick<LookerDay, 'organisation' | 'person' | 'day'>[]): Promise<LookerDay[]> {
  if (days.length === 0) return [];
  const { rows } = await connection.query<LookerDay>(
    `select d.organisation, d.person, d.day::text as day, d.citizens, d.missed, d.signals from unnest($1::text[], $2::text[], $3::date[]) as a(organisation, person, day)
     join looker_day d using (organisation, person, day)`, [days.map(({ organisation }) => organisation), days.map(({ person }) => person), days.map(({ day }) => day)]);
  return rows;
}

export async function saveLookerDays(connection: Connection, days: readonly LookerDay[]): Promise<void> {
  if (days.length === 0) return;
  await connection.query(
    `insert into looker_day (organisation, person, day, citizens, missed, signals)
     select organisation, person, day, coalesce(string_to_array(nullif(citizens, ''), ',')::uuid[], '{}'), missed, coalesce(string_to_array(nullif(signals, ''), ','), '{}')
     from unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::int[], $6::text[]) as d(organisation, person, day, citizens, missed, signals)
     on conflict (organisation, person, day) do update set citizens = excluded.citizens, missed = excluded.missed, signals = excluded.signals`,
    [days.map(({ organisation }) => organisation), days.map(({ person }) => person), days.map(({ day }) => day), days.map(({ citizens }) => citizens.join(',')), days.map(({ missed }) => missed), days.map(({ signals }) => signals.join(','))]);
}

/** By citizen and organisation (joined by a blank): the times the one was known to care for the other, those that are over included. Under every id the citizen has or had. */
export async function loadCareTimes(connection: Connection, pairs: readonly { citizen: string; organisation: string }[], from: Date): Promise<Map<string, CareTime[]>> {
  if (pairs.length === 0) return new Map();
  const { rows } = await connection.query<{ citizen: string; organisation: string; from: Date; until: Date }>(
    `with pair as (select p.citizen, p.organisation, coalesce(a.now_id, p.citizen) as now_id from unnest($1::uuid[], $2::text[]) as p(citizen, organisation) left join citizen_alias a on a.citizen_id = p.citizen)
     select p.citizen, p.organisation, t.since as "from", least(t.until, '9999-12-31') as until from pair p join lateral (
       select since, until from relationship r where r.citizen_id = p.now_id and r.organisation = p.organisation and r.until >= $3
       union all select since, least(until, gone_at) from past_relationship r where r.citizen_id in (p.now_id, p.citizen) and r.organisation = p.organisation and least(r.until, r.gone_at) >= $3) t on true`,
    [pairs.map(({ citizen }) => citizen), pairs.map(({ organisation }) => organisation), from]);
  const times = new Map<string, CareTime[]>();
  for (const row of rows) times.set(`${row.citizen} ${row.organisation}`, [...(times.get(`${row.citizen} ${row.organisation}`) ?? []), { from: row.from, until: row.until }]);
  return times;
}

/** What one case, or one that may become one, is about. */
export interface CaseKey {
  keeper: string;
  organisation: string;
  person: string;
}

const mostEntries = 20;

/** Keeps odd things: what is there and not settled yet is told again with a later time. */
export async function saveOddities(connection: Connection, oddities: readonly Oddity[]): Promise<void> {
  const together = new Map<string, Oddity & { looks: number; entries: string[] }>();
  for (const odd of oddities) {
    const key = JSON.stringify([odd.citizen, odd.keeper, odd.organisation, odd.person, odd.signal, odd.about, odd.day]);
    const known = together.get(key);
    together.set(key, { ...(known ?? odd), at: odd.at, facts: odd.facts, looks: (known?.looks ?? 0) + 1, entries: [...(known?.entries ?? []), ...(odd.entry === null ? [] : [odd.entry])].slice(0, mostEntries) });
  }
  const days = Map.groupBy([...together.values()], ({ day }) => day); // a statement meets each row once
  for (const [, rows] of [...days].sort(([a], [b]) => (a < b ? -1 : 1))) await saveOfDay(connection, rows);
}

async function saveOfDay(connection: Connection, rows: readonly (Oddity & { looks: number; entries: string[] })[]): Promise<void> {
  await connection.query(
    `insert into odd_look as o (citizen_id, keeper, organisation, person, person_name, role, signal, about, facts, points, one_in, looks, first_at, last_at, last_day, entries)
     select citizen_id, keeper, organisation, person, person_name, role, signal, about, facts, points, one_in, looks, at, at, day, coalesce(string_to_array(nullif(entries, ''), ',')::uuid[], '{}')
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::real[], $11::int[], $12::int[], $13::timestamptz[], $14::date[], $15::text[])
       as n(citizen_id, keeper, organisation, person, person_name, role, signal, about, facts, points, one_in, looks, at, day, entries)
     on conflict (citizen_id, keeper, organisation, person, signal, about) where not settled do update set facts = excluded.facts, looks = o.looks + excluded.looks,
       days = o.days + case when excluded.last_day > o.last_day then 1 else 0 end, last_at = greatest(o.last_at, excluded.last_at), last_day = greatest(o.last_day, excluded.last_day),
       entries = (o.entries || excluded.entries)[1:${mostEntries}]`,
    [rows.map(({ citizen }) => citizen ?? nobody), rows.map(({ keeper }) => keeper), rows.map(({ organisation }) => organisation), rows.map(({ person }) => person), rows.map(({ name }) => name), rows.map(({ role }) => role),
      rows.map(({ signal }) => signal), rows.map(({ about }) => about), rows.map(({ facts }) => JSON.stringify(facts)), rows.map(({ points }) => points), rows.map(({ oneIn }) => oneIn), rows.map(({ looks }) => looks),
      rows.map(({ at }) => at), rows.map(({ day }) => day), rows.map(({ entries }) => entries.join(','))]);
}

/** Everything odd that is not settled about these; of each at most `most`, the weightiest. */
export async function loadStanding(connection: Connection, keys: readonly CaseKey[], most: number): Promise<(CaseKey & StandingOddity & { name: string; role: string; lastAt: Date })[]> {
  const { rows } = await connection.query<Omit<CaseKey & StandingOddity, 'citizen' | 'signal'> & { citizen: string; signal: CaseSignal; name: string; role: string; lastAt: Date }>(
    `select o.keeper, o.organisation, o.person, o.person_name as name, o.role, o.citizen_id as citizen, o.about, o.signal, o.points, o.days, o.last_at as "lastAt"
     from unnest($1::text[], $2::text[], $3::text[]) as k(keeper, organisation, person) cross join lateral (
       select * from odd_look l where l.keeper = k.keeper and l.organisation = k.organisation and l.person = k.person and not l.settled order by l.points desc, l.last_at desc limit $4) o`,
    [keys.map(({ keeper }) => keeper), keys.map(({ organisation }) => organisation), keys.map(({ person }) => person), most]);
  return rows.map((row) => ({ ...row, citizen: row.citizen === nobody ? null : row.citizen }));
}

/** Forgets what came to no case, and what is past counting; a little at a time. Emergency access that still waits for its review would only be found again. Whether there may be more. */
export async function forgetOld(connection: Connection, { oddBefore, talliesBefore, daysBefore }: { oddBefore: Date; talliesBefore: string; daysBefore: string }): Promise<boolean> {
  const most = 5_000;
  const { rows: [gone] } = await connection.query<{ n: number }>(
    `with odd as (delete from odd_look where (citizen_id, id) in (select citizen_id, id from odd_look where case_id is null and last_at < $1
         and not (signal = 'unreviewed-emergency' and exists (select from emergency_access a join emergency_review v on v.citizen_id = a.citizen_id and v.id = a.id where a.reference = about and v.organisation = keeper and v.outcome is null)) limit ${most}) returning 1),
       tally as (delete from look_tally where (organisation, day, what) in (select organisation, day, what from look_tally where day < $2 limit ${most}) returning 1),
       days as (delete from looker_day where (organisation, person, day) in (select organisation, person, day from looker_day where day < $3 limit ${most}) returning 1)
     select greatest((select count(*) from odd), (select count(*) from tally), (select count(*) from days))::int as n`, [oddBefore, talliesBefore, daysBefore]);
  return gone?.n === most;
}

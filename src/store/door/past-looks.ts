import type { Grant } from '../../consent/types.ts';
import type { SearchQuery } from '../../fhir/search-query.ts';
import type { Connection, Database } from '../database.ts';
import { grantValues, insertGrant } from './grants.ts';
import { hitsOf, type LookForm } from './changed-looks.ts';

/** Who asked, as far as what may be seen depends on it. */
export interface PastAsker {
  no: number;
  organisation: string;
  role: string;
  purpose: string;
  /** of a system; empty for people */
  scopes: string[];
}

/** What one asker's past looks would have met otherwise, of one class: rows newly shown (`opened`) or newly hidden. */
export interface ChangedLooks {
  asker: number;
  classId: number;
  opened: boolean;
  looks: number;
  citizens: number;
  rows: number;
}

/** How far the work is, from 0 to 1. */
export type Progress = (done: number) => void;

const entriesAtOnce = 20_000;
const citizensAtOnce = 2_000;

/**
 * Past looks at people, taken from the audit trail, against today's rows: what two grants of the same asker show
 * differently. Lives in temporary tables of one transaction, so it needs room on disk and not in memory, and leaves
 * nothing behind. The door's own predicate decides, over both grants at once.
 */
export async function withPastLooks<Result>(database: Database, work: (looks: PastLooks) => Promise<Result>): Promise<Result> {
  return database.transaction(async (connection) => {
    await connection.query(tables);
    return work(pastLooks(connection));
  });
}

/** Which entries are looks: by interaction, those that can be judged and those that are only counted, and the types that are about nobody. */
export interface LookKinds {
  repeatable: readonly string[];
  many: readonly string[];
  aboutNobody: readonly string[];
}

/** How many entries were looks at records of people, how many of these met nobody, and how many looks at many people at once are not judged. */
export interface Gathered {
  looks: number;
  nobody: number;
  notJudged: number;
}

export interface PastLooks {
  /** Takes the entries since an instant. */
  gather: (since: Date, kinds: LookKinds, progress: Progress) => Promise<Gathered>;
  askers: () => Promise<PastAsker[]>;
  /** The questions asked of search, without what identifies anybody, the most frequent first. */
  forms: (atMost: number) => Promise<string[]>;
  /** Two grants of an asker and the classes they treat differently. */
  compare: (asker: number, today: Grant, then: Grant, changed: readonly number[]) => Promise<void>;
  /** Forms that are not given are judged by their resource type alone. */
  count: (forms: readonly { form: string; query: SearchQuery }[], progress: Progress) => Promise<ChangedLooks[]>;
}

const tables = `
create temporary table past_look (look bigint generated always as identity, asker int, organisation text, role text, purpose text, scopes text,
  citizen uuid not null, kind text not null, form text not null, row_id uuid, times bigint not null) on commit drop;
create temporary table past_asker (asker int generated always as identity, organisation text, role text, purpose text, scopes text,
  today text, later text, changed int[]) on commit drop;
create temporary table past_grant (like compiled_grant including defaults, primary key (grant_key)) on commit drop;
create temporary table past_hit (asker int, class_id int, opened boolean, citizen uuid, look bigint, times bigint, row_id uuid) on commit drop;
`;

function pastLooks(connection: Connection): PastLooks {
  return {
    gather: (since, kinds, progress) => gather(connection, since, kinds, progress),
    askers: async () => (await connection.query<Omit<PastAsker, 'scopes'> & { scopes: string | null }>(
      'select asker as no, organisation, role, purpose, scopes from past_asker order by asker')).rows.map((row) => ({ ...row, scopes: row.scopes?.split(' ') ?? [] })),
    forms: async (atMost) => (await connection.query<{ form: string }>(
      `select form from past_look where kind = 'search' group by form order by sum(times) desc, form limit $1`, [atMost])).rows.map(({ form }) => form),
    compare: async (asker, today, then, changed) => {
      for (const grant of [today, then]) await connection.query(insertGrant('past_grant'), grantValues(grant));
      await connection.query('update past_asker set today = $2, later = $3, changed = $4 where asker = $1', [asker, today.key, then.key, changed]);
    },
    count: (forms, progress) => count(connection, forms, progress),
  };
}

async function gather(connection: Connection, since: Date, { repeatable, many, aboutNobody }: LookKinds, progress: Progress): Promise<Gathered> {
  let [looks, nobody, notJudged] = [0, 0, 0];
  const last = await newest(connection);
  for (let after = { at: since.toISOString(), seq: 0 }; last !== null;) {
    const upto = await endOfSlice(connection, after, last);
    if (upto === null) break;
    const { rows: [slice] } = await connection.query<{ looks: string; nobody: string; many: string }>(takeSlice, [after.at, after.seq, upto.at, upto.seq, aboutNobody, repeatable, many]);
    looks += Number(slice?.looks ?? 0);
    nobody += Number(slice?.nobody ?? 0);
    notJudged += Number(slice?.many ?? 0);
    progress(shareOfTime(since, upto.at, last.at));
    after = upto;
  }
  await connection.query(nameAskers);
  return { looks, nobody, notJudged };
}

/** A place among the entries in the order of their own time, which after a jump of a clock is not that of their numbers. */
interface Place {
  /** instant, UTC ISO with microseconds */
  at: string;
  seq: number;
}

/** An entry's own instant as a Place has it. */
const instantOf = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** The last entry of now: what is written meanwhile is not waited for. */
async function newest(connection: Connection): Promise<Place | null> {
  const { rows: [row] } = await connection.query<{ at: string; seq: string }>(`select ${instantOf('at')} as at, seq from audit_entry order by at desc, seq desc limit 1`);
  return row ? { at: row.at, seq: Number(row.seq) } : null;
}

/** The last entry of the next slice; null when there is none left. */
async function endOfSlice(connection: Connection, after: Place, last: Place): Promise<Place | null> {
  const { rows: [row] } = await connection.query<{ at: string; seq: string }>(
    `select ${instantOf('slice.at')} as at, seq from (select at, seq from audit_entry where (at, seq) > ($1::timestamptz, $2::bigint) and (at, seq) <= ($3::timestamptz, $4::bigint) order by at, seq limit ${entriesAtOnce}) slice
     order by slice.at desc, slice.seq desc limit 1`, [after.at, after.seq, last.at, last.seq]);
  return row ? { at: row.at, seq: Number(row.seq) } : null;
}

function shareOfTime(since: Date, at: string, last: string): number {
  const [from, now, to] = [since.getTime(), Date.parse(at), Date.parse(last)];
  return to <= from ? 1 : Math.min(1, Math.max(0, (now - from) / (to - from)));
}

/**
 * An entry is read once, which `offset 0` says: without it, once for every value taken from it.
 * Identifying values stand as `*` in the log already; how many were asked for and in which order changes nothing here. A story,
 * a timeline, a summary and a presence are told from the whole record, and a match shows the Patient of whoever it found.
 */
const takeSlice = `
with entry as (
  select a.seq, a.organisation, a.citizen_ids, e -> 'who' ->> 'role' as role, e ->> 'purpose' as purpose, e ->> 'interaction' as interaction, e ->> 'query' as query,
    (select string_agg(s, ' ' order by s) from jsonb_array_elements_text(e -> 'who' -> 'scopes') s) as scopes
  from audit_entry a cross join lateral (select a.entry::jsonb as e offset 0) j
  where (a.at, a.seq) > ($1::timestamptz, $2::bigint) and (a.at, a.seq) <= ($3::timestamptz, $4::bigint) and a.organisation is not null
    and substring(e ->> 'query' from '^[A-Za-z]*') <> all ($5::text[]) and e ->> 'interaction' = any ($6::text[] || $7::text[]) and (e ->> 'status')::int in (200, 404)),
asked as (
  select *, case when interaction in ('everything', 'story', 'print', 'timeline', 'summary', 'presence') then 'everything' when interaction in ('search-type', 'docref', 'ihe-pix') then 'search' else 'row' end as kind,
    case interaction when 'search-type' then split_part(query, '?', 1) || '?' || array_to_string(array(
        select p from unnest(string_to_array(split_part(query, '?', 2), '&')) p where p !~ '^_(count|sort)=' and p !~ '=[*]$' order by p), '&')
      when 'docref' then 'DocumentReference?' when 'ihe-pix' then 'Patient?' else '' end as form,
    case when interaction in ('read', 'vread', 'history-instance') then substring(query from '^[A-Za-z]+/([0-9a-f]{8}-[0-9a-f-]{27})(/|$)')::uuid end as row_id
  from entry where interaction = any ($6)),
taken as (
  insert into past_look (organisation, role, purpose, scopes, citizen, kind, form, row_id, times)
  select organisation, role, purpose, scopes, c, kind, form, case when interaction = 'match' then c else row_id end, count(*) from asked, unnest(citizen_ids) c group by 1, 2, 3, 4, 5, 6, 7, 8)
select count(*) as looks, count(*) filter (where citizen_ids = '{}') as nobody, (select count(*) from entry where interaction = any ($7)) as many from asked`;

const nameAskers = `
insert into past_asker (organisation, role, purpose, scopes) select distinct organisation, role, purpose, scopes from past_look;
update past_look l set asker = a.asker from past_asker a where a.organisation = l.organisation and a.role is not distinct from l.role
  and a.purpose is not distinct from l.purpose and a.scopes is not distinct from l.scopes;
create index on past_look (citizen);
analyze past_look;`;

async function count(connection: Connection, forms: readonly { form: string; query: SearchQuery }[], progress: Progress): Promise<ChangedLooks[]> {
  await connection.query(`delete from past_look l using past_asker a where a.asker = l.asker and coalesce(a.changed, '{}') = '{}'; analyze past_look, past_asker, past_grant`);
  const { rows: [all] } = await connection.query<{ n: string }>('select count(distinct citizen) as n from past_look');
  const total = Number(all?.n ?? 0);
  const sums = new Map<string, ChangedLooks>();
  let done = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows: [batch] } = await connection.query<{ upto: string | null; n: string }>(
      `select max(citizen::text)::uuid as upto, count(*) as n from (select distinct citizen from past_look where citizen > $1 order by citizen limit ${citizensAtOnce}) b`, [after]);
    if (!batch?.upto) break;
    for (const statement of statementsOf(forms, after, batch.upto)) await connection.query(statement.text, statement.values);
    const { rows } = await connection.query<ChangedLooks>(sumHits);
    for (const row of rows) add(sums, row);
    await connection.query('truncate past_hit');
    after = batch.upto;
    done += Number(batch.n);
    progress(total === 0 ? 1 : done / total);
  }
  return [...sums.values()];
}

function statementsOf(forms: readonly { form: string; query: SearchQuery }[], after: string, upto: string): { text: string; values: unknown[] }[] {
  const known: LookForm[] = forms.map(({ form, query }) => ({ kind: 'form', form, query }));
  return [...known, { kind: 'row' } as const, { kind: 'everything' } as const, { kind: 'type', except: forms.map(({ form }) => form) } as const]
    .flatMap((form) => hitsOf(form, after, upto));
}

const sumHits = `
select asker, class_id as "classId", opened, sum(times)::int as looks, count(distinct citizen)::int as citizens, sum(n)::int as rows
from (select asker, class_id, opened, citizen, sum(times) as times, max(n) as n from (
    select asker, class_id, opened, citizen, look, max(times) as times from past_hit group by 1, 2, 3, 4, 5) l
  join (select asker, class_id, opened, citizen, count(distinct row_id) as n from past_hit group by 1, 2, 3, 4) r using (asker, class_id, opened, citizen)
  group by 1, 2, 3, 4) c
group by 1, 2, 3`;

function add(sums: Map<string, ChangedLooks>, row: ChangedLooks): void {
  const key = `${row.asker} ${row.classId} ${row.opened}`;
  const before = sums.get(key);
  sums.set(key, before ? { ...before, looks: before.looks + row.looks, citizens: before.citizens + row.citizens, rows: before.rows + row.rows } : row);
}

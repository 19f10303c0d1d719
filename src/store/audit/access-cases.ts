import type { CaseSignal } from '../../audit/cases/case-rule.ts';
import type { CaseOutcome, CaseState } from '../../fhir/case-words.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { Connection, Database } from '../database.ts';
import { nobody, type CaseKey } from './odd-looks.ts';
import { mayRead, type LogReader } from './search-audit.ts';

/** A case as it stands. */
export interface CaseRow {
  id: string;
  reference: string;
  /** the custodian it is put to */
  keeper: OrganisationKey;
  /** whose person it is about, and who that is */
  organisation: OrganisationKey;
  person: string;
  personName: string;
  role: string;
  openedAt: Date;
  lastOddAt: Date;
  rule: string;
  score: number;
  signals: CaseSignal[];
  state: CaseState;
  outcome: CaseOutcome | null;
  /** who proposed the outcome that a second person has not agreed to yet */
  proposedBy: string | null;
  takenBy: string | null;
  takenName: string | null;
  /** London day by which the next step is due; null: nothing is */
  due: string | null;
  /** the organisation of whom it is about was asked at least once */
  asked: boolean;
  /** how many events it has */
  events: number;
}

export interface CaseEvent {
  n: number;
  at: Date;
  kind: 'opened' | 'joined' | 'take' | 'ask' | 'answer' | 'note' | 'propose' | 'close' | 'reopen';
  /** null: the gateway itself */
  organisation: OrganisationKey | null;
  person: string | null;
  personName: string | null;
  text: string | null;
  outcome: CaseOutcome | null;
  due: string | null;
}

export interface CasePosition {
  openedAt: string;
  id: string;
}

const columns = `id, reference, keeper, organisation, person, person_name as "personName", role, opened_at as "openedAt", last_odd_at as "lastOddAt", rule, score, signals,
  state, outcome, proposed_by as "proposedBy", taken_by as "takenBy", taken_name as "takenName", due::text as due, asked, events`;
/** Of those put to an organisation (null: to any) and those it was asked about; never one about the reader. */
const readable = `($1::text is null or keeper = $1 or (organisation = $1 and asked)) and ($2::text is null or person <> $2)`;

type Row = { [column in keyof CaseRow]: CaseRow[column] };

export interface CaseStanding extends CaseKey {
  id: string;
  reference: string;
  name: string;
  role: string;
  rule: string;
  score: number;
  signals: CaseSignal[];
  lastAt: Date;
  due: string;
}

/** Of these keys those with an open case, held until the transaction ends: whatever else is odd joins it. */
export async function holdOpenCases(connection: Connection, keys: readonly CaseKey[]): Promise<CaseKey[]> {
  const { rows } = await connection.query<CaseKey & Record<string, string>>(
    `select c.keeper, c.organisation, c.person from unnest($1::text[], $2::text[], $3::text[]) as k(keeper, organisation, person) join access_case c using (keeper, organisation, person) where c.state <> 'closed' for update of c`,
    [keys.map(({ keeper }) => keeper), keys.map(({ organisation }) => organisation), keys.map(({ person }) => person)]);
  return rows;
}

/** Opens a case for each of these that has none open, and lets what is odd join those that have. A case to which nothing of a new kind came gets no event. */
export async function openCases(connection: Connection, standing: readonly CaseStanding[], at: Date): Promise<void> {
  if (standing.length === 0) return;
  const { rows } = await connection.query<{ id: string; events: number; made: boolean; signals: string }>(
    `insert into access_case as c (id, reference, keeper, organisation, person, person_name, role, opened_at, last_odd_at, rule, score, signals, state, due, events)
     select id, reference, keeper, organisation, person, person_name, role, $13, last_odd_at, rule, score, string_to_array(signals, ','), 'new', due, 1
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::real[], $11::text[], $12::date[])
       as f(id, reference, keeper, organisation, person, person_name, role, last_odd_at, rule, score, signals, due)
     on conflict (keeper, organisation, person) where state <> 'closed' do update set last_odd_at = greatest(c.last_odd_at, excluded.last_odd_at), score = greatest(c.score, excluded.score),
       signals = array(select distinct s from unnest(c.signals || excluded.signals) s order by s), events = c.events + case when excluded.signals <@ c.signals then 0 else 1 end
     returning c.id, c.events, c.id = any ($1::uuid[]) as made, array_to_string(c.signals, ',') as signals`,
    [standing.map(({ id }) => id), standing.map(({ reference }) => reference), standing.map(({ keeper }) => keeper), standing.map(({ organisation }) => organisation), standing.map(({ person }) => person),
      standing.map(({ name }) => name), standing.map(({ role }) => role), standing.map(({ lastAt }) => lastAt), standing.map(({ rule }) => rule), standing.map(({ score }) => score), standing.map(({ signals }) => signals.join(',')), standing.map(({ due }) => due), at]);
  await connection.query(
    `insert into access_case_event (case_id, n, at, kind, text) select e.id, e.n, $5, case when e.made then 'opened' else 'joined' end, e.signals from unnest($1::uuid[], $2::int[], $3::boolean[], $4::text[]) as e(id, n, made, signals)
     on conflict (case_id, n) do nothing`, // nothing of a new kind came: its last event is another
    [rows.map(({ id }) => id), rows.map(({ events }) => events), rows.map(({ made }) => made), rows.map(({ signals }) => signals), at]);
  await connection.query(
    `update odd_look o set case_id = c.id from unnest($1::text[], $2::text[], $3::text[]) as k(keeper, organisation, person) join access_case c using (keeper, organisation, person)
     where c.state <> 'closed' and o.keeper = k.keeper and o.organisation = k.organisation and o.person = k.person and not o.settled and o.case_id is null`, [standing.map(({ keeper }) => keeper), standing.map(({ organisation }) => organisation), standing.map(({ person }) => person)]);
}

/** Open cases or closed ones, the newest first. */
export async function listCases(database: Database, { organisation, person }: LogReader, { closed, after, limit }: { closed: boolean; after: CasePosition | null; limit: number }): Promise<CaseRow[]> {
  return database.query<Row>(
    `select ${columns} from access_case where ${readable} and (state = 'closed') = $3 and ($4::timestamptz is null or (date_trunc('milliseconds', opened_at), id) < ($4, $5::uuid))
     order by date_trunc('milliseconds', opened_at) desc, id desc limit $6`, [organisation, person, closed, after?.openedAt ?? null, after?.id ?? null, limit]);
}

export async function findCase(database: Database, { organisation, person }: LogReader, reference: string): Promise<CaseRow | null> {
  const [row] = await database.query<Row>(`select ${columns} from access_case where ${readable} and reference = $3`, [organisation, person, reference]);
  return row ?? null;
}

export async function loadEvents(database: Database, id: string): Promise<CaseEvent[]> {
  return database.query<{ [column in keyof CaseEvent]: CaseEvent[column] }>(
    'select n, at, kind, organisation, person, person_name as "personName", text, outcome, due::text as due from access_case_event where case_id = $1 order by n', [id]);
}

/** What somebody did with a case, and what it comes to. */
export interface CaseChange {
  kind: CaseEvent['kind'];
  by: { organisation: OrganisationKey; person: string; name: string };
  text: string | null;
  state: CaseState;
  outcome: CaseOutcome | null;
  due: string | null;
  at: Date;
}

/** Records it where the case is still as it was read; false where it is not, or where another case of the same is open. */
export async function changeCase(connection: Connection, { id, events }: Pick<CaseRow, 'id' | 'events'>, { kind, by, text, state, outcome, due, at }: CaseChange): Promise<boolean> {
  if (kind === 'reopen') {
    const { rows } = await connection.query('select 1 from access_case c join access_case o using (keeper, organisation, person) where c.id = $1 and o.id <> c.id and o.state <> \'closed\'', [id]);
    if (rows.length > 0) return false;
  }
  const { rowCount } = await connection.query(
    `update access_case set state = $3, outcome = $4, due = $5, events = events + 1, asked = asked or $6, taken_by = case when $7 then $8 else taken_by end, taken_name = case when $7 then $9 else taken_name end,
       proposed_by = case when $3 = 'proposed' then case when $10 then $8 else proposed_by end end, closed_at = case when $3 = 'closed' then coalesce(closed_at, $11) end
     where id = $1 and events = $2`, [id, events, state, outcome, due, kind === 'ask', kind === 'take', by.person, by.name, kind === 'propose', at]);
  if (rowCount !== 1) return false;
  await connection.query('insert into access_case_event (case_id, n, at, kind, organisation, person, person_name, text, outcome, due) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    [id, events + 1, at, kind, by.organisation, by.person, by.name, text, kind === 'close' || kind === 'propose' ? outcome : null, kind === 'ask' ? due : null]);
  if (kind === 'close') await connection.query('update odd_look set settled = true where case_id = $1', [id]);
  return true;
}

/** One odd thing of a case, as it is kept. */
export interface OddRow {
  /** null: a whole day was odd */
  citizen: string | null;
  signal: CaseSignal;
  about: string;
  facts: Record<string, string | number>;
  points: number;
  oneIn: number | null;
  days: number;
  looks: number;
  firstAt: Date;
  lastAt: Date;
  entries: string[];
}

export async function loadOddLooks(database: Database, id: string, most: number): Promise<OddRow[]> {
  const rows = await database.query<Omit<OddRow, 'citizen'> & { citizen: string }>(
    `select citizen_id as citizen, signal, about, facts, points, one_in as "oneIn", days, looks, first_at as "firstAt", last_at as "lastAt", entries from odd_look where case_id = $1
     order by points desc, first_at, signal, citizen_id limit $2`, [id, most]);
  return rows.map((row) => ({ ...row, citizen: row.citizen === nobody ? null : row.citizen }));
}

/** Of these entries those this reader finds in the log. */
export async function readableEntries(database: Database, ids: readonly string[], reader: LogReader): Promise<Map<string, { at: Date; interaction: string }>> {
  const rows = await database.query<{ id: string; at: Date; entry: string }>(`select id, at, entry from audit_entry where id = any ($1::uuid[]) and ${mayRead('$2::text', '$3::text')}`, [ids, reader.organisation, reader.person]);
  return new Map(rows.map(({ id, at, entry }) => [id, { at, interaction: (JSON.parse(entry) as { interaction: string }).interaction }]));
}

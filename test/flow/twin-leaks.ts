import type { Database } from '../../src/store/database.ts';
import { rowSeen } from '../../src/store/schema/look-up-pieces.ts';

/** Makes a world leak; what it returns makes it whole again. */
export type Leak = (database: Database) => Promise<() => Promise<unknown>>;

/** Each is one mistake in one place, as somebody might make it. Rows without a content hash are the hidden ones. */
export const leaks: [kind: string, leak: Leak][] = [
  ['numbers and pages: hidden rows are counted', inView('readable_row',
    `select 'citizen'::text, citizen_id, id, type, version, class_id, deleted, updated_at, from_at, to_at, sort_text, tokens, directory_ids from citizen_row where content_hash = ''`)],
  ['work lists: hidden rows stand in them', async (database) => {
    const [was] = await database.query<{ sql: string }>(`select pg_get_functiondef('look_at_page'::regproc) as sql`);
    const seen = rowSeen('r');
    await database.query((was?.sql ?? '').replaceAll(seen, `(r.content_hash = '' or ${seen})`));
    return () => database.query(was?.sql ?? '');
  }],
  ['parts: what is kept apart is put back', inView('readable_fragment', `select * from citizen_fragment where body like '%0121 496 0999%'`)],
  ['included people: hidden source Patients are joined in', inView('readable_resource',
    `select 'citizen'::text, r.citizen_id, r.id, r.type, r.version, r.class_id, r.deleted, r.updated_at, v.body, r.directory_ids from citizen_row r
     join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version where r.content_hash = ''`)],
  ['versions: hidden ones are read', inView('readable_version',
    `select 'citizen'::text, v.citizen_id, v.id, r.type, v.version, r.class_id, v.deleted, v.updated_at, v.body, r.directory_ids, true
     from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id where r.content_hash = ''`)],
  ['order: rows stand where hidden ones put them', change(
    (sign) => `update citizen_row set from_at = from_at ${sign} interval '10 years' where type = 'ServiceRequest' and content_hash <> '' and id::text < '8'`)],
  ['headers: a date tells of a hidden change', change((sign) => `update citizen_row set updated_at = updated_at ${sign} interval '1 hour' where content_hash <> ''`)],
  ['bodies: hidden rows have a class the callers may see', async (database) => {
    await database.query(`create table kept_class as select id, class_id from citizen_row where content_hash = ''`);
    await database.query(`update citizen_row set class_id = (select min(class_id) from sharing_class where category = 'encounter' and labels = '{}') where content_hash = ''`);
    return () => database.query('update citizen_row r set class_id = k.class_id from kept_class k where k.id = r.id');
  }],
];

/** The view shows these rows as well; columns it has beyond theirs are empty. */
function inView(view: string, rows: string): Leak {
  return async (database) => {
    const [was] = await database.query<{ sql: string; columns: number }>(
      `select rtrim(pg_get_viewdef($1::regclass), ';') as sql, (select count(*)::int from pg_attribute where attrelid = $1::regclass and attnum > 0) as columns`, [view]);
    const given = await database.query<{ columns: number }>(`select count(*)::int as columns from json_object_keys((select to_json(r) from (${rows} limit 1) r))`);
    const empty = ', null'.repeat((was?.columns ?? 0) - (given[0]?.columns ?? 0));
    await database.query(`create or replace view ${view} as ${was?.sql} union all select leaked.*${empty} from (${rows}) leaked`);
    return () => database.query(`create or replace view ${view} as ${was?.sql}`);
  };
}

function change(sql: (sign: '+' | '-') => string): Leak {
  return async (database) => {
    await database.query(sql('+'));
    return () => database.query(sql('-'));
  };
}

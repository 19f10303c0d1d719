import type { Database, ServingRole } from '../../src/store/database.ts';
import { databases } from '../databases.ts';

/** Everything each serving role may touch. What is not here is not theirs. */
const rightsOf: Record<ServingRole, { views: string[]; functions: string[] }> = {
  reader: { views: ['grant_state', 'readable_confirmation', 'readable_fragment', 'readable_incomplete', 'readable_link', 'readable_link_decision', 'readable_link_review', 'readable_resource', 'readable_row', 'readable_version'], functions: ['citizens_now', 'count_bearing', 'find_parts', 'look_at_decisions', 'look_at_everything', 'look_at_history', 'look_at_listed', 'look_at_matches', 'look_at_page', 'look_at_rows', 'look_at_story', 'look_at_story_at'] },
  accountant: { views: ['emergency_use', 'grant_state', 'withheld'], functions: ['citizen_of', 'citizens_named'] },
};
const roles = Object.keys(rightsOf) as ServingRole[];
/** Of the system's own: who may log in, what values are common, what others stored. */
const systemTables = ['pg_authid', 'pg_statistic', 'pg_statistic_ext_data', 'pg_largeobject', 'pg_user_mapping', 'pg_subscription'];
const ours = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast|^pg_temp'`;
const writes: [what: string, sql: string][] = [
  ['create a table', 'create table mine (x int)'],
  ['create a temporary table', 'create temporary table citizen_row (x int)'],
  ['create a view', 'create view mine as select 1'],
  ['create a function', `create function mine() returns int language sql as 'select 1'`],
  ['create a schema', 'create schema mine'],
  ['create a role', 'create role mine'],
  ['keep a large object', `select lo_from_bytea(0, 'x')`],
  ['read a file of the server', `select pg_read_file('PG_VERSION')`],
  ['run a program', `copy (select 1) to program 'true'`],
  ['bump the generation', 'update policy_generation set generation = generation + 1'],
  ['forge a grant', `insert into compiled_grant (grant_key) values ('mine')`],
  ['grant rights', 'grant select on citizen_row to public'],
  ['see who asks what at this moment', `select 1 / (case when bool_or(query <> '<insufficient privilege>' and usename <> current_user and pid <> pg_backend_pid()) then 0 else 1 end) from pg_stat_activity`],
];

describe.each(databases)('the serving roles, on $kind', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  const roleName = (role: ServingRole): string => `onestory_${role}`;
  const as = (role: ServingRole, text: string): Promise<Record<string, unknown>[]> => database.serve(role, 'no-such-grant', { name: '', text, values: [] });
  const names = async (text: string, ...values: unknown[]): Promise<string[]> => (await database.query<{ name: string }>(text, values)).map(({ name }) => name);

  it.each(roles)('%s is what its statements run as', async (role) => {
    expect(await as(role, 'select current_user::text as name')).toEqual([{ name: roleName(role) }]);
  });

  it.each(roles)('%s may select exactly its views', async (role) => {
    expect(await names(`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname not in ('pg_catalog', 'information_schema')
      and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and has_table_privilege($1, c.oid, 'select') order by 1`, roleName(role))).toEqual(rightsOf[role].views);
  });

  it.each(roles)('%s may write to no relation, not even to one of its views', async (role) => {
    expect(await names(`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname not in ('pg_catalog', 'information_schema')
      and c.relkind in ('r', 'p', 'v', 'm', 'f') and has_table_privilege($1, c.oid, 'insert, update, delete, truncate, references, trigger')`, roleName(role))).toEqual([]);
    expect(await names(`select c.relname || '.' || a.attname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
      where n.nspname = 'public' and c.relkind in ('r', 'v') and not a.attisdropped and has_column_privilege($1, c.oid, a.attnum, 'insert, update, references')`, roleName(role))).toEqual([]);
  });

  it.each(roles)('%s may run exactly its functions', async (role) => {
    expect(await names(`select p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname not in ('pg_catalog', 'information_schema')
      and has_function_privilege($1, p.oid, 'execute') order by 1`, roleName(role))).toEqual(rightsOf[role].functions);
  });

  it.each(roles)('%s owns nothing and belongs to no other role', async (role) => {
    expect(await names(`select classid::regclass::text as name from pg_shdepend where refobjid = $1::regrole and deptype = 'o' and dbid in (0, (select oid from pg_database where datname = current_database()))`, roleName(role))).toEqual([]);
    expect(await names('select roleid::regrole::text as name from pg_auth_members where member = $1::regrole', roleName(role))).toEqual([]);
    expect(await database.query('select rolsuper, rolcreatedb, rolcreaterole, rolcanlogin, rolreplication, rolbypassrls from pg_roles where rolname = $1', [roleName(role)]))
      .toEqual([{ rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolcanlogin: false, rolreplication: false, rolbypassrls: false }]);
    expect(await database.query(`select has_schema_privilege($1, 'public', 'create') as schema, has_database_privilege($1, current_database(), 'create') as database,
      has_database_privilege($1, current_database(), 'temporary') as temporary`, [roleName(role)])).toEqual([{ schema: false, database: false, temporary: false }]);
  });

  it.each(roles)('%s is refused every other table and view by name', async (role) => {
    const read: string[] = [];
    const tables = (await names(`select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${ours}`))
      .filter((name) => !rightsOf[role].views.includes(name.replace('public.', ''))).concat(systemTables);
    expect(tables.length).toBeGreaterThan(25);
    for (const table of tables) await as(role, `select * from ${table} limit 0`).then(() => read.push(table), (error: { code?: string }) => expect(error.code).toBe('42501'));
    expect(read).toEqual([]);
  });

  it.each(roles.flatMap((role) => writes.map(([what, sql]) => ({ role, what, sql }))))('$role cannot $what', async ({ role, what, sql }) => {
    const attempt = as(role, sql);
    if (what.startsWith('see')) await expect(attempt).resolves.toHaveLength(1);
    else await expect(attempt).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|25006|0A000)$/) });
  });

  it('shows neither role a statistic or the content of a secret', async () => {
    await database.query(`insert into setting (name, value) values ('canary', 'c0ffee') on conflict do nothing`);
    await database.query('analyze');
    for (const role of roles) expect(await as(role, `select tablename from pg_stats where schemaname = 'public' and tablename not like 'readable%'`)).toEqual([]);
  });

  it('lets nobody else in by PUBLIC', async () => {
    expect(await names(`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a where n.nspname = 'public' and a.grantee = 0`)).toEqual([]);
    expect(await names(`select p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'public' and (p.proacl is null or exists (select 1 from aclexplode(p.proacl) a where a.grantee = 0))`)).toEqual([]);
  });

  it('keeps the definer functions out of reach of temporary relations, and from changing anything', async () => {
    const definers = `from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.prosecdef and ${ours}`;
    expect((await names(`select p.proname as name ${definers} order by 1`))).toEqual([...rightsOf.reader.functions, ...rightsOf.accountant.functions].sort());
    expect(await names(`select p.proname as name ${definers} and (p.proconfig is null or not ('search_path=public, pg_temp' = any (p.proconfig)) or p.provolatile = 'v')`)).toEqual([]);
  });

  it.each(roles)('%s may use one schema, no sequence, no single column, no foreign server and nothing made later', async (role) => {
    expect(await names(`select n.nspname as name from pg_namespace n where ${ours} and has_schema_privilege($1, n.oid, 'usage, create')`, roleName(role))).toEqual(['public']);
    expect(await names(`select c.relname as name from pg_class c where case when c.relkind = 'S' then has_sequence_privilege($1, c.oid, 'usage, select, update') else false end`, roleName(role))).toEqual([]);
    expect(await names(`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${ours}
      and has_any_column_privilege($1, c.oid, 'select') order by 1`, roleName(role))).toEqual(rightsOf[role].views);
    expect(await names(`select f.fdwname as name from pg_foreign_data_wrapper f where has_foreign_data_wrapper_privilege($1, f.oid, 'usage')`, roleName(role))).toEqual([]);
    expect(await names('select defaclacl::text as name from pg_default_acl')).toEqual([]);
  });

  it('keeps no large object, whose rights would be its own', async () => {
    expect(await names('select oid::text as name from pg_largeobject_metadata')).toEqual([]);
  });

  it('gives rights to the owner and the two roles and to no other, on whatever there is', async () => {
    const granted = await names(`
      with given as (
        select a.grantee, c.relname as what from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a where ${ours}
        union all select a.grantee, p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(p.proacl) a where ${ours}
        union all select a.grantee, c.relname || '.' || t.attname from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace, aclexplode(t.attacl) a where ${ours})
      select distinct what || ' to ' || coalesce(grantee::regrole::text, 'public') as name from given
      where grantee not in (select oid from pg_roles where rolname in ('${roleName('reader')}', '${roleName('accountant')}') union select nspowner from pg_namespace where nspname = 'public' union select relowner from pg_class where relname = 'citizen_row')`);
    expect(granted).toEqual([]);
  });

  it('has one owner of everything, whose rights the views lend: no view borrows those of a mightier role or of its caller', async () => {
    expect(await names(`select distinct pg_get_userbyid(owner)::text as name from (
      select c.relowner as owner from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ours} union all select p.proowner from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ours}) o`)).toHaveLength(1);
    expect(await names(`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'v' and ${ours} and c.reloptions is not null`)).toEqual([]);
    expect(await names(`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relrowsecurity and ${ours}`)).toEqual([]);
  });
});

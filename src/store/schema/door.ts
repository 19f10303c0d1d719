import { choiceFunctionNames, choiceFunctions } from './choice-functions.ts';
import { formerly } from './look-up-pieces.ts';
import { lookUps, readerLookUps } from './look-ups.ts';
import { moreWasSent } from './more-was-sent.ts';
import { classSets, emergencyReference, grantHolds, held, itself, ofPart, ofVersion, refusedBy, sharedWith, visible, within } from './visible.ts';

const rowVisible = visible('r', undefined, itself('r'));
const patientOf = (citizen: string, orOther = citizen, joined = ''): string => `citizen_row r ${joined} where r.citizen_id in (${citizen}, ${orOther}) and r.type = 'Patient' and not r.deleted`;
const partVisible = visible('f', undefined, ofPart('f'));

/** Takes the whole door away. Tables stay. */
export const removeDoor = `
drop view if exists readable_link_review, readable_link, readable_link_decision, emergency_use, withheld, readable_confirmation, readable_incomplete, readable_resource, readable_version, readable_fragment, readable_row, grant_state, current_grant cascade;
drop view if exists live_grant cascade;
drop function if exists count_bearing(text, text, bigint[], int), look_at_everything(text, uuid, text, uuid, int);
drop function if exists ${[...readerLookUps, ...choiceFunctionNames].join(', ')};
drop type if exists looked;
drop function if exists citizen_of(uuid), citizen_objects(uuid), citizens_named(bigint[]);
`;

/**
 * The door: every view and function the serving roles may use. It holds no data, so it is made anew whenever its text here
 * is another than the database's, after the tables are what they should be.
 */
export const door = `
-- the door: what the reader role sees
create view live_grant as select g.grant_key, g.organisation, g.role, g.purpose, g.person, g.client, g.directory, g.governance, g.only_citizen, ${classSets}
  from compiled_grant g, policy_generation p where ${grantHolds};
create view current_grant as select * from live_grant where grant_key = nullif(current_setting('onestory.grant', true), '') offset 0;
create view grant_state as select exists (select 1 from current_grant) as fresh, exists (select 1 from current_grant where governance) as governance;

create view readable_row as
  select 'citizen'::text as scope, r.citizen_id, r.id, r.type, r.version, r.class_id, r.deleted, r.updated_at, r.from_at, r.to_at,
    r.sort_text, r.tokens, r.directory_ids, r.value_keys, r.value_lows, r.value_highs
  from current_grant g, citizen_row r where ${rowVisible}
  union all
  select s.scope, null::uuid, s.id, s.type, s.version, null::int, s.deleted, s.updated_at, s.from_at, s.to_at, s.sort_text, s.tokens, s.directory_ids,
    s.value_keys, s.value_lows, s.value_highs
  from current_grant g, shared_row s where ${sharedWith('s')};

create view readable_fragment as
  select f.* from current_grant g, citizen_fragment f where ${partVisible};

create view readable_version as
  select 'citizen'::text as scope, v.citizen_id, v.id, r.type, v.version, r.class_id, v.deleted, v.updated_at, v.body, r.directory_ids,
    v.version = r.version as current, ${emergencyReference('r.citizen_id')} as emergency, null::uuid[] as formerly, ${held('r', undefined, ofVersion)} as held
  from current_grant g, citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id where ${visible('r', undefined, ofVersion)}
  union all
  select s.scope, null::uuid, v.id, s.type, v.version, null::int, v.deleted, v.updated_at, v.body, s.directory_ids, v.version = s.version, null::text, null::uuid[], null::json
  from current_grant g, shared_row s join shared_version v on v.id = s.id where ${sharedWith('s')};

create view readable_resource as
  select 'citizen'::text as scope, r.citizen_id, r.id, r.type, r.version, r.class_id, r.deleted, r.updated_at, v.body, r.directory_ids,
    ${emergencyReference('r.citizen_id')} as emergency, ${formerly} as formerly, ${held('r', undefined, itself('r'))} as held
  from current_grant g, citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version where ${rowVisible}
  union all
  select s.scope, null::uuid, s.id, s.type, s.version, null::int, s.deleted, s.updated_at, v.body, s.directory_ids, null::text, null::uuid[], null::json
  from current_grant g, shared_row s join shared_version v on v.id = s.id and v.version = s.version where ${sharedWith('s')};

-- source Patients of whom the partner said more that has not arrived: never to be read as "nothing there"
create view readable_incomplete as
  select r.citizen_id, r.id, r.class_id from current_grant g, citizen_row r join source_person p on p.citizen_id = r.citizen_id and p.id = r.id
  where ${rowVisible} and ${moreWasSent('p')};

-- possible links, for those who oversee sharing and may see somebody of either; this and other are the citizens of now
create view readable_link_review as select q.*,
    exists (select from citizen c where c.citizen_id in (q.this, q.other) and c.location_hidden) or exists (select from ${patientOf('q.this', 'q.other')} and not ${rowVisible}) as hidden,
    array(select distinct s.custodian from ${patientOf('q.this', 'q.other', 'join sharing_class s on s.class_id = r.class_id')} and ${rowVisible}) as custodians,
    q.outcome is not null or q.this = q.other or exists (select from person_apart x join source_person o on o.id = x.other where x.id = q.person and o.citizen_id = q.other) as settled
  from current_grant g, (
    select v.reference, v.id as person, v.round, v.found_at, v.rule, v.bits, v.evidence, v.claimed_by, v.claimed_name, v.claimed_until > statement_timestamp() as claimed, v.claimed_until,
      v.outcome, v.decided_at, v.decisions, p.citizen_id as this, coalesce(a.now_id, v.candidate) as other
    from link_review v join source_person p on p.id = v.id left join citizen_alias a on a.citizen_id = v.candidate) q
  where g.governance and exists (select from ${patientOf('q.this')} and r.id = q.person and ${rowVisible}) and exists (select from ${patientOf('q.other')} and ${rowVisible});

-- why a source Patient is of its citizen, for those who oversee sharing and may see it; not where anything of the citizen is hidden
create view readable_link as
  select p.citizen_id, p.id, p.rule, h.hidden, case when h.hidden then null else p.evidence end as evidence,
    array(select distinct s.custodian from ${patientOf('p.citizen_id', 'p.citizen_id', 'join sharing_class s on s.class_id = r.class_id')} and ${rowVisible}) as custodians
  from current_grant g, source_person p, lateral (
    select exists (select from citizen c where c.citizen_id = p.citizen_id and c.location_hidden) or exists (select from ${patientOf('p.citizen_id')} and not ${rowVisible}) as hidden) h
  where g.governance and exists (select from ${patientOf('p.citizen_id')} and r.id = p.id and ${rowVisible});

-- what was decided of source Patients, where all that it names may be seen in whole
create view readable_link_decision as
  select d.* from current_grant g, link_decision d where g.governance
    and not exists (select from unnest(d.persons) named(id) where not exists (select from readable_link l join source_person p on p.citizen_id = l.citizen_id and p.id = l.id where p.id = named.id and not l.hidden));

-- a confirmation is seen where the row is that was found right
create view readable_confirmation as
  select c.citizen_id, c.id, c.version, c.confirmed_at, c.organisation, c.person_name from current_grant g, citizen_row r
    join confirmation c on c.citizen_id = r.citizen_id and c.id = r.id where ${rowVisible};

-- what was kept back is counted, not read: classes and numbers only
create view withheld as
  select k.citizen_id, k.class_id, count(*)::int as count, k.refused from (
    select r.citizen_id, r.class_id, ${refusedBy('r', undefined, itself('r'))} as refused from current_grant g, citizen_row r where ${within('r.citizen_id')} and not r.deleted and not ${rowVisible}
    union all
    select f.citizen_id, f.class_id, ${refusedBy('f', undefined, ofPart('f'))} from current_grant g, citizen_fragment f
      join citizen_row r on r.citizen_id = f.citizen_id and r.id = f.id and r.version = f.version
      where f.target is null and not r.deleted and ${rowVisible} and not ${partVisible}) k
  group by k.citizen_id, k.class_id, k.refused;

-- which citizen a request resolves to, for the audit entry, and whom old ids stand for; ask by value, list nothing
create function citizen_of(asked uuid) returns uuid language sql stable security definer set search_path = public, pg_temp as $$
  select citizen_id from citizen_row where id = asked union all select now_id from citizen_alias where citizen_id = asked union all select citizen_id from citizen where citizen_id = asked limit 1 $$;
create function citizens_now(asked uuid[]) returns uuid[] language sql stable security definer set search_path = public, pg_temp as $$
  select array(select coalesce(a.now_id, i.id) from unnest(asked) i(id) left join citizen_alias a on a.citizen_id = i.id) $$;
create view emergency_use as select e.citizen_id, e.reference from emergency_access e where e.organisation = (select organisation from current_grant)
  and e.person = (select person from current_grant) and e.from_at <= statement_timestamp() and e.until > statement_timestamp();
create function citizens_named(asked bigint[]) returns setof uuid language sql stable security definer set search_path = public, pg_temp as $$
  with found as materialized (select citizen_id from citizen_row where tokens && asked) select distinct citizen_id from found limit 20 $$;
${choiceFunctions}
${lookUps}`;

/** Rights of the two serving roles: SELECT on the door's views and EXECUTE on its look-ups, nothing else. */
export const rights = (reader: string, accountant: string): string => `
revoke all on all tables in schema public from public;
revoke all on all functions in schema public from public;
grant usage on schema public to ${reader}, ${accountant};
grant select on readable_row, readable_fragment, readable_version, readable_resource, readable_incomplete, readable_link_review, readable_link, readable_link_decision, readable_confirmation, grant_state to ${reader};
grant execute on function ${readerLookUps.join(', ')} to ${reader};
grant select on withheld, emergency_use, grant_state to ${accountant};
grant execute on function citizen_of(uuid), citizens_named(bigint[]) to ${accountant};
`;

/** Belongs to the database itself, which a backup or a copy does not carry along: said at every start. */
export const databaseRights = "do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$";

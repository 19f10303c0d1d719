import { createHash } from 'node:crypto';
import type pg from 'pg';
import { Refusal } from '../fhir/problem.ts';
import { theRecord } from './schema/001-the-record.ts';
import { webSessions } from './schema/002-web-sessions.ts';
import { choicesAndEmergencies } from './schema/003-choices-and-emergencies.ts';
import { lookingBack } from './schema/004-looking-back.ts';
import { emergencyReviews } from './schema/005-emergency-reviews.ts';
import { sensitiveCodesTables } from './schema/006-sensitive-codes.ts';
import { pulls } from './schema/008-pulls.ts';
import { uploads } from './schema/009-uploads.ts';
import { linkage } from './schema/010-linkage.ts';
import { merging } from './schema/011-merging.ts';
import { linkReviews } from './schema/012-link-reviews.ts';
import { story } from './schema/013-story.ts';
import { confirmations } from './schema/014-confirmations.ts';
import { confirmedWhen } from './schema/015-confirmed-when.ts';
import { auditTree } from './schema/019-audit-tree.ts';
import { visitMoves } from './schema/016-visit-moves.ts';
import { answers } from './schema/020-answers.ts';
import { clients } from './schema/021-clients.ts';
import { operating } from './schema/024-operating.ts';
import { cases } from './schema/023-cases.ts';
import { whenStored } from './schema/018-when-stored.ts';
import { casesClosedByTwo } from './schema/032-cases-closed-by-two.ts';
import { orderedLists } from './schema/025-ordered-lists.ts';
import { checkpointHooks } from './schema/030-checkpoint-hooks.ts';
import { whoApproved } from './schema/031-who-approved.ts';
import { oneCitizenAndUntil } from './schema/029-one-citizen-and-until.ts';
import { refusedFiles } from './schema/027-refused-files.ts';
import { orderedCandidates } from './schema/026-ordered-candidates.ts';
import { ownEmergencies } from './schema/033-own-emergencies.ts';
import { expectedFeeds } from './schema/034-expected-feeds.ts';
import { narrowYeses } from './schema/037-narrow-yeses.ts';
import { tokensInBatches } from './schema/038-tokens-in-batches.ts';
import { reviewsByPerson } from './schema/039-reviews-by-person.ts';
import { placesBesidePeople } from './schema/040-places-beside-people.ts';
import { yesesOfTheirOwn } from './schema/028-yeses-of-their-own.ts';
import { replaysOfAddedCodes } from './schema/036-replays-of-added-codes.ts';
import { ledgerShapes } from './schema/035-ledger-shapes.ts';
import { searchValues } from './schema/017-search-values.ts';
import { mappingVersions } from './schema/007-mapping-versions.ts';
import { exportsAndSubscriptions } from './schema/022-exports-and-subscriptions.ts';
import { databaseRights, door, removeDoor, rights } from './schema/door.ts';

/** The roles that serve reads. They own nothing and may select from the door's views only. */
export const readerRole = 'onestory_reader';
export const accountantRole = 'onestory_accountant';

/** What tables there are, one step after the other. */
const migrations: readonly string[] = [theRecord, webSessions, choicesAndEmergencies, lookingBack, emergencyReviews, sensitiveCodesTables, mappingVersions, pulls, uploads, linkage, merging, linkReviews, story, confirmations, confirmedWhen, visitMoves, searchValues, whenStored, auditTree, answers, clients, exportsAndSubscriptions, cases, operating, orderedLists, orderedCandidates, refusedFiles, yesesOfTheirOwn, oneCitizenAndUntil, checkpointHooks, whoApproved, casesClosedByTwo, ownEmergencies, expectedFeeds, ledgerShapes, replaysOfAddedCodes, narrowYeses, tokensInBatches, reviewsByPerson, placesBesidePeople];
const doorText = door + rights(readerRole, accountantRole);
const doorHash = createHash('sha256').update(doorText).digest();

/**
 * Brings the schema to this program's version in one transaction, under a lock, so that two starting processes or a
 * killed one do no harm. Refuses a schema newer than this program.
 */
export async function migrate(client: pg.ClientBase): Promise<void> {
  await createRole(client, readerRole);
  await createRole(client, accountantRole);
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock(20140001)');
    await client.query('create table if not exists schema_version (version int primary key, applied_at timestamptz not null default now())');
    const { rows } = await client.query<{ version: number }>('select coalesce(max(version), 0)::int as version from schema_version');
    const current = rows[0]?.version ?? 0;
    if (current > migrations.length) {
      throw new Refusal({
        category: 'conflict', code: 'schema-newer', text: `The database has schema version ${current}; this program knows versions up to ${migrations.length}.`,
        fix: 'Start the newer program, or restore the database from before it was upgraded.',
      });
    }
    for (let version = current; version < migrations.length; version += 1) {
      await client.query(migrations[version] ?? '');
      await client.query('insert into schema_version (version) values ($1)', [version + 1]);
    }
    await hangDoor(client);
    await client.query(databaseRights);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Refuses a database whose schema is not of exactly this program's version, and changes nothing: what is looked at stays as it was. */
export async function checkSchema(client: pg.ClientBase): Promise<void> {
  const { rows: [there] } = await client.query<{ there: boolean }>(`select to_regclass('schema_version') is not null as there`);
  const { rows } = there?.there ? await client.query<{ version: number }>('select coalesce(max(version), 0)::int as version from schema_version') : { rows: [] };
  const current = rows[0]?.version ?? 0;
  if (current === migrations.length) return;
  throw new Refusal({
    category: 'conflict', code: 'schema-other', text: `The database has schema version ${current}; this program looks at version ${migrations.length} alone.`,
    fix: 'Look at it with the program it was written by.',
  });
}

/** Views and functions hold nothing: they are made anew when they are not what this program says. */
async function hangDoor(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ value: Buffer }>("select value from setting where name = 'door'");
  if (rows[0]?.value.equals(doorHash)) return;
  await client.query(removeDoor + doorText);
  await client.query("insert into setting (name, value) values ('door', $1) on conflict (name) do update set value = excluded.value", [doorHash]);
}

/**
 * Roles belong to the whole cluster: another database may have made it, even this very moment, or an administrator for an
 * owner who may not. The owner must be able to act as the role; since PostgreSQL 16 having made it is not enough.
 */
async function createRole(client: pg.ClientBase, role: string): Promise<void> {
  await client.query(`do $$ begin
    begin
      create role ${role} nologin;
    exception when duplicate_object or unique_violation or insufficient_privilege then null; end;
    if not pg_has_role('${role}', 'usage') then grant ${role} to current_user; end if;
  end $$`);
}

import { auditWords } from './audit-words.ts';

/**
 * The words of an entry are made as 020-answers.ts has them now: a database from before makes the same ones more slowly.
 *
 * What operating and keeping for a time need: how much each feed usually sends, what must not be erased, and how far
 * erasing has come. A hold on everything of an organisation stands under the nil UUID, which is no citizen's.
 */
export const operating = `
create index source_record_newest on source_record (feed, received_at desc);
create table feed_hour (feed text not null, hour timestamptz not null, records bigint not null, rows bigint not null, primary key (feed, hour));
create table feed_counted (one boolean primary key default true check (one), upto bigint not null);
insert into feed_counted (upto) values (0);

create table legal_hold (
  citizen_id uuid not null, id uuid not null, organisation text, until date, reason text not null, placed_for text not null,
  placed_by text not null, placed_name text not null, placed_at timestamptz not null,
  ended_at timestamptz, ended_by text, ended_name text, ended_reason text, primary key (citizen_id, id),
  check (num_nulls(ended_at, ended_by, ended_name, ended_reason) in (0, 4)),
  check (organisation is not null or citizen_id <> '00000000-0000-0000-0000-000000000000'));
create index legal_hold_newest on legal_hold (placed_at desc, id desc);
create index legal_hold_id on legal_hold (id);

-- entries up to here were looked at under this rule, and none is left to be erased but for a hold that ended since
create table retention_mark (rule text primary key, at timestamptz not null, seq bigint not null);
${auditWords.trim()}
revoke all on feed_hour, feed_counted, legal_hold, retention_mark from public;
`;

/**
 * What people decided about events: that two records speak of one, or do not. It says nothing of either; undone, it stays.
 * And which referrals wait for a reply: when the next look is due, and the Task that asks their sender, once there is one.
 */
export const story = `
create table event_decision (
  citizen_id uuid not null, id uuid not null, first_id uuid not null, second_id uuid not null check (first_id < second_id),
  verdict text not null check (verdict in ('same', 'different')), reason text not null, person text not null, person_name text not null, organisation text not null, role text not null,
  decided_at timestamptz not null default statement_timestamp(), undone_at timestamptz, undone_by text, undone_reason text, primary key (citizen_id, id));
create unique index event_decision_standing on event_decision (citizen_id, first_id, second_id) where undone_at is null;
create table awaited_reply (
  citizen_id uuid not null, id uuid not null, sender text not null, look_at timestamptz not null, task_id uuid, primary key (citizen_id, id));
create index awaited_reply_due on awaited_reply (look_at);
revoke all on event_decision, awaited_reply from public;
`;

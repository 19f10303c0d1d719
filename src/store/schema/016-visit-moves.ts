/**
 * What is said of one visit is said of another: a message moved it to another person, or gave it another number; or of all
 * visits of an account (`name`). Keyed as folds are, by what its sender calls the person and the visit. A row stands as long
 * as its decision does.
 */
export const visitMoves = `
create table visit_move (
  feed text not null, name text not null, person_key text not null, number text not null, to_key text not null, to_number text not null,
  decision uuid not null references link_decision, primary key (feed, person_key, name, number), check ((person_key, number) <> (to_key, to_number)));
create index visit_move_to on visit_move (feed, to_key, name, to_number);
create index visit_move_decision on visit_move (decision);
alter table link_decision drop constraint link_decision_kind_check;
alter table link_decision add constraint link_decision_kind_check check (kind in ('merge', 'split', 'keep-apart', 'same', 'visit'));
revoke all on visit_move from public;
`;

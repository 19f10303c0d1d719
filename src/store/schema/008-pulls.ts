/** How far each pulled feed has come. One row per feed; nothing in it is about a person but the address of the next page, which only its source can read. */
export const pulls = `
create table pull_state (
  feed text primary key, since text, next_page text, next_since text, failures int not null default 0,
  not_before timestamptz, leased_until timestamptz, late_from timestamptz);
revoke all on pull_state from public;
`;

/** How long each feed that is sent may be silent before it counts as late, as mappings/feeds.yaml says. Nothing in it is about a person. */
export const expectedFeeds = `
create table feed_expectation (feed text primary key, within interval not null);
revoke all on feed_expectation from public;
`;

/**
 * Dates, numbers and quantities that are compared by their size, beside the one date a row is of: in the row itself, so that
 * they go wherever it goes and are seen where it is seen. Three lists of one length; most rows have none. And rows of a type
 * by when that one date begins and when it ends, so that a search by date alone does not go through the whole type.
 */
export const searchValues = `
alter table citizen_row add column value_keys bigint[], add column value_lows float8[], add column value_highs float8[];
create index citizen_row_dated on citizen_row (type, coalesce(from_at, '-infinity'::timestamptz)) where from_at is not null or to_at is not null;
create index citizen_row_lasting on citizen_row (type, coalesce(to_at, 'infinity'::timestamptz)) where from_at is not null or to_at is not null;
alter table shared_row add column value_keys bigint[], add column value_lows float8[], add column value_highs float8[];
`;

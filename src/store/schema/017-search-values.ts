/**
 * Dates, numbers and quantities that are compared by their size, beside the one date a row is of: in the row itself, so that
 * they go wherever it goes and are seen where it is seen. Three lists of one length; most rows have none.
 */
export const searchValues = `
alter table citizen_row add column value_keys bigint[], add column value_lows float8[], add column value_highs float8[];
alter table shared_row add column value_keys bigint[], add column value_lows float8[], add column value_highs float8[];
`;

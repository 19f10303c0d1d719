/** A candidate that only has more rows in its code tables can change nobody but whose records name these codes: only they are gone through. */
export const replaysOfAddedCodes = `
alter table replay add column added_codes text[], add column added_to text[];
`;

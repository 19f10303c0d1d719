/**
 * Where somebody goes who was named before being described follows the person they were named with: that one may have become
 * another citizen by then. Null: decided before this was kept.
 */
export const placesBesidePeople = `
alter table person_place add column with_id uuid;
`;

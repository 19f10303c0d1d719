/** A grant may be of one citizen alone; and an export of what was stored until an instant. */
export const oneCitizenAndUntil = `
alter table compiled_grant add column only_citizen uuid;
alter table export_job add column until timestamptz;
`;

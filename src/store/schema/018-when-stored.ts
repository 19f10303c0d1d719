/** Versions in the order they were stored: the history of a type and of everything is read along it. */
export const whenStored = `
create index citizen_version_when on citizen_version (updated_at desc, id, version desc);
create index shared_version_when on shared_version (updated_at desc, id, version desc);
`;

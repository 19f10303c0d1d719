/** Somebody's own live emergency access, asked for with every look at their session: few rows of one person, whoever they are about. */
export const ownEmergencies = `
create index emergency_access_own on emergency_access (person, organisation, until);
`;

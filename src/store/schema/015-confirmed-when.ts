/** Confirmations are counted by month, of everybody: without reading those of years before. */
export const confirmedWhen = `
create index confirmation_when on confirmation (confirmed_at) include (organisation, citizen_id);
`;

/** Of each line of a feed's ledger the shape of one value, letters and digits masked: what is shown of it needs no look at the bytes. */
export const ledgerShapes = `
alter table ledger_count add column shape text;
`;

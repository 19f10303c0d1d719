/**
 * What rows are found by is written into its index many rows at a time: a batch of intake says the same few hundred tokens over
 * and over, and each used to be looked up again for every row, half of what PostgreSQL did for a row. What waits to be written is
 * looked through at every search, so it is no more than 128 kB: 0.02 ms.
 */
export const tokensInBatches = `
alter index citizen_row_tokens set (fastupdate = on, gin_pending_list_limit = 128);
alter index citizen_fragment_tokens set (fastupdate = on, gin_pending_list_limit = 128);
`;

/**
 * Whoever was just made known is looked at once more, and for that the pairs they are parked in are looked up by the person alone: without
 * an index that went through every pair of the city for each of them.
 */
export const reviewsByPerson = `
create index link_review_id on link_review (id);
`;

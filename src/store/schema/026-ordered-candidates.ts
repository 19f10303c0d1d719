/**
 * Whom a key finds, in order: of a key that many share the same citizens are looked at every time, and no more of the index is
 * read than that takes.
 */
export const orderedCandidates = `
create index person_key_candidates on person_key (hash, citizen_id);
drop index person_key_hash;
`;

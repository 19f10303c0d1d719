/** The files of a feed that were refused whole, for its work list: few, among all that ever came. */
export const refusedFiles = `
create index source_record_rejected on source_record (feed, record_id desc) where state = 'rejected';
`;

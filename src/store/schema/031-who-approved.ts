/** Who approved a run that joins and parts people, as the log names them: what it did is told as theirs. */
export const whoApproved = `
alter table linkage_run add column approved_person text, add column approved_for text;
`;

/** Up to which size each address was given checkpoints. The address may hold what only its owner knows: its SHA-256 stands for it. */
export const checkpointHooks = `
create table audit_hook (hook bytea primary key, size bigint not null, delivered_at timestamptz, claimed_until timestamptz);
revoke all on audit_hook from public;
`;

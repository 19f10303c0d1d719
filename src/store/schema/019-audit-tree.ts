/**
 * The audit log as a Merkle tree (RFC 6962). Each entry keeps its leaf's hash and those of the subtrees it completes, the head
 * those the whole log consists of. Entries of the hash chain before it are checked as they are taken over: a chain that is
 * broken is not made into a tree that looks whole. Content may be erased when that was recorded first; nothing else changes.
 */
export const auditTree = `
drop trigger audit_append_only on audit_entry;
alter table audit_entry add column tree bytea, alter column salt drop not null;
alter table audit_head add column peaks bytea;
do $$
declare
  row record; n bigint := 0; k bigint; tops bytea[] := '{}'; node bytea; hashes bytea; chain bytea := sha256('');
begin
  for row in select seq, at, commitment, chain_hash from audit_entry order by seq loop
    node := sha256('\\x00'::bytea || convert_to(format('{"at":"%s","commitment":"%s","seq":%s}',
      to_char(row.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), encode(row.commitment, 'hex'), row.seq), 'UTF8'));
    chain := sha256('\\x02'::bytea || chain || node);
    if row.seq <> n + 1 or chain <> row.chain_hash then raise exception 'the audit chain is broken at entry %', row.seq; end if;
    hashes := node; k := n;
    while k % 2 = 1 loop
      node := sha256('\\x01'::bytea || tops[cardinality(tops)] || node);
      tops := tops[1:cardinality(tops) - 1]; hashes := hashes || node; k := k / 2;
    end loop;
    tops := array_append(tops, node);
    update audit_entry set tree = hashes where seq = row.seq;
    n := n + 1;
  end loop;
  if exists (select 1 from audit_head h where h.seq <> n or (n > 0 and h.chain_hash <> chain)) then raise exception 'the audit chain does not end where its head says'; end if;
  insert into audit_head (seq, chain_hash) select 0, '' where not exists (select 1 from audit_head);
  update audit_head h set seq = n, peaks = coalesce((select string_agg(p, ''::bytea order by place) from unnest(tops) with ordinality as u(p, place)), '');
end $$;
alter table audit_entry alter column tree set not null, drop column chain_hash;
alter table audit_head alter column peaks set not null, drop column chain_hash;

-- what the log said of itself: see src/audit/checkpoint.ts
create table audit_checkpoint (size bigint primary key, root bytea not null, note text not null, made_at timestamptz not null default clock_timestamp());
-- what witnesses signed under a checkpoint: src/audit/cosignature.ts
create table audit_cosignature (size bigint not null, witness text not null, line text not null, kept_at timestamptz not null default clock_timestamp(), primary key (witness, size));
create index audit_cosignature_size on audit_cosignature (size);
-- the entry that records the erasure of another's content comes first, this row second, the erasure last
create table audit_redaction (seq bigint primary key, recorded_by uuid not null, rule text not null, redacted_at timestamptz not null default clock_timestamp());
revoke all on audit_checkpoint, audit_cosignature, audit_redaction from public;

create function audit_may_be_redacted() returns trigger language plpgsql as $$ begin
  if old.salt is not null and new.salt is null and new.citizen_ids = '{}' and new.custodians = '{}' and new.organisation is null and new.agent = 'redacted'
    and (new.seq, new.id, new.at, new.commitment, new.tree) = (old.seq, old.id, old.at, old.commitment, old.tree)
    and exists (select 1 from audit_redaction r where r.seq = new.seq) then return new; end if;
  raise exception 'audit entries are append only';
end $$;
create trigger audit_only_redacted before update on audit_entry for each row execute function audit_may_be_redacted();
create trigger audit_append_only before delete on audit_entry for each row execute function audit_is_append_only();
create trigger audit_append_only before update or delete on audit_checkpoint for each row execute function audit_is_append_only();
create trigger audit_never_emptied before truncate on audit_checkpoint for each statement execute function audit_is_append_only();
create trigger audit_append_only before update or delete on audit_redaction for each row execute function audit_is_append_only();
create trigger audit_never_emptied before truncate on audit_redaction for each statement execute function audit_is_append_only();
`;

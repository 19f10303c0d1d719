/**
 * The door's one predicate, as SQL over a row with `citizen_id` and `class_id`. Every view that shows citizen rows is
 * built from it; nothing else decides. Mirrors rules 1, 3 and 4 of the combining rules (see src/consent/combining-rules.ts):
 * classes the grant exempts from choices, then open, related and explicit classes, and no choice that denies.
 *
 * `grant` says where a column of the grant is found: by default in the grant the session carries.
 *
 * Written with correlated scalar sub-selects on purpose: as `exists` inside an `or` PostgreSQL hashes every relationship
 * of the asking organisation.
 */
export function visible(row: string, grant = (column: string): string => `(select ${column} from current_grant)`): string {
  const related = `(select true from relationship x where x.citizen_id = ${row}.citizen_id and x.organisation = ${grant('organisation')}
      and x.until > statement_timestamp() and (${row}.class_id::bigint * 16 + x.kind) = any (${grant('related')}::bigint[]) limit 1) is true`;
  const choice = (effect: string): string => `(select true from choice_rule c where c.citizen_id = ${row}.citizen_id
      and c.effect = '${effect}' and c.valid_from <= statement_timestamp() and c.valid_until > statement_timestamp() limit 1)`;
  return `(${row}.class_id = any (${grant('exempt')}::int[]) or (
    (${row}.class_id = any (${grant('open')}::int[]) or ${related}
      or (${row}.class_id = any (${grant('explicit')}::int[]) and ${choice('permit')} is true))
    and ${choice('deny')} is not true))`;
}

/** A grant `g` under the policy `p` of this moment: nothing it rests on has changed or ended. */
export const grantHolds = 'g.generation = p.generation and (g.valid_until is null or g.valid_until > statement_timestamp())';

/** The same for rows without a citizen: directory for every caller, governance by role, a job for its own client. */
export function visibleShared(row: string): string {
  return `(select ${sharedWith(row)} from current_grant g)`;
}

/** The same where a grant `g` is at hand. */
export function sharedWith(row: string): string {
  return `case ${row}.scope when 'directory' then g.directory when 'conformance' then true
    when 'governance' then g.governance when 'job' then ${row}.owner = g.client else false end`;
}

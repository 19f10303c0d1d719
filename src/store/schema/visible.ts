type Column = (column: string) => string;
const carried: Column = (column) => `(select ${column} from current_grant)`;

/**
 * What the citizen of a row chose for this grant and this class: `permits`, `denies`, `objects` (a denial of the whole
 * record to everybody), or null. The most specific provision that applies decides, deny at equal; mirrors choiceEffect in
 * src/consent/choice-effect.ts.
 */
export function choiceEffect(row: string, grant: Column = carried): string {
  return `(select case when c.effect = 'permit' then 'permits' when c.specificity = 0 then 'objects' else 'denies' end from choice_rule c
      where c.citizen_id = ${row}.citizen_id and c.valid_from <= statement_timestamp() and c.valid_until > statement_timestamp()
      and (c.organisations is null or ${grant('organisation')} = any (c.organisations))
      and (c.roles is null or ${grant('role')} = any (c.roles)) and (c.purposes is null or ${grant('purpose')} = any (c.purposes))
      and (c.whole or (select true from sharing_class s where s.class_id = ${row}.class_id and (c.categories is null or s.category = any (c.categories))
        and (c.labels is null or s.labels && c.labels) and (c.custodians is null or s.custodian = any (c.custodians))) is true)
      order by c.specificity desc, c.effect limit 1)`;
}

/** Is this person's emergency access to the citizen of a row live? */
export function emergency(citizen: string, grant: Column = carried): string {
  return `(select true from emergency_access e where e.citizen_id = ${citizen} and e.organisation = ${grant('organisation')}
      and e.person = ${grant('person')} and e.from_at <= statement_timestamp() and e.until > statement_timestamp() limit 1) is true`;
}

/**
 * The door's one predicate, as SQL over a row with `citizen_id` and `class_id`. Every view that shows citizen rows is
 * built from it; nothing else decides. Mirrors rules 1 and 3 to 5 of the combining rules (see src/consent/combining-rules.ts):
 * classes the grant exempts from choices, then open, related and consented classes, and no choice that denies; emergency
 * access stands in for a relationship and passes a general objection, nothing else.
 *
 * `grant` says where a column of the grant is found: by default in the grant the session carries.
 *
 * Written with correlated scalar sub-selects on purpose: as `exists` inside an `or` PostgreSQL hashes every relationship
 * of the asking organisation. Most people have made no choice: that is asked first, and cheaply.
 */
export function visible(row: string, grant: Column = carried): string {
  const related = (classes: string): string => `(select true from relationship x where x.citizen_id = ${row}.citizen_id and x.organisation = ${grant('organisation')}
      and x.until > statement_timestamp() and (${row}.class_id::bigint * 16 + x.kind) = any (${grant(classes)}::bigint[]) limit 1) is true`;
  const inEmergency = emergency(`${row}.citizen_id`, grant);
  return `(${row}.class_id = any (${grant('exempt')}::int[]) or (
    (${row}.class_id = any (${grant('open')}::int[]) or ${related('related')}
      or (${row}.class_id = any (${grant('related_classes')}::int[]) and ${inEmergency})
      or ((${row}.class_id = any (${grant('explicit')}::int[]) or (${grant('explicit_related')} <> '{}' and ${related('explicit_related')}))
        and ${choiceEffect(row, grant)} is not distinct from 'permits'))
    and case when (select true from choice_rule c where c.citizen_id = ${row}.citizen_id limit 1) is null then true
      else case ${choiceEffect(row, grant)} when 'denies' then false when 'objects' then ${inEmergency} else true end end))`;
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

/** When rule `own` counts: its own time, less that of whatever was said later in its place. `also`: what else takes the place of choice `c` than its own kind of word. */
export function liveOf(own: string, also = 'false'): string {
  return `tstzmultirange(tstzrange(${own}.valid_from, ${own}.valid_until)) - coalesce((
      select range_agg(tstzrange(later.valid_from, later.valid_until)) from choice c join choice later
        on later.citizen_id = c.citizen_id and later.kind = c.kind and later.custodian = c.custodian and (later.signal = c.signal or later.ends_all or ${also})
        and c.home = any (later.homes) and (later.decided_at, later.recorded_at) > (c.decided_at, c.recorded_at)
      where c.citizen_id = ${own}.citizen_id and c.id = ${own}.id), '{}')`;
}

/** Works out anew what counts of everybody who has said such a yes. */
export function countYeses(also?: string): string {
  return `
update choice_rule r set live = counts.live
  from (select own.citizen_id, own.id, own.n, ${liveOf('own', also)} as live
    from choice_rule own where own.citizen_id in (select citizen_id from choice where signal ~ '(^| )yes:')) counts
  where counts.citizen_id = r.citizen_id and counts.id = r.id and counts.n = r.n and counts.live is distinct from r.live;
`;
}

/**
 * A yes to named organisations is a source of its own (src/consent/choice-source.ts): it no longer ends what its recorder had
 * written of the record as a whole, nor the yes to another organisation. What such a yes had ended by mistake counts again.
 */
export const yesesOfTheirOwn = `
update choice c set signal = case when c.signal = '' then 'yes:' || y.named else c.signal || ' yes:' || y.named end
  from (select r.citizen_id, r.id, (select string_agg(distinct o collate "C", ' ' order by o collate "C") from choice_rule p, unnest(p.organisations) o
            where p.citizen_id = r.citizen_id and p.id = r.id and p.effect = 'permit') as named
          from choice_rule r join choice_rule f on f.citizen_id = r.citizen_id and f.id = r.id and f.n = 0 and f.effect = 'permit'
          group by r.citizen_id, r.id, f.organisations
          having bool_and(r.organisations is not null and (r.effect = 'permit' or r.organisations <@ f.organisations))) y
  where y.citizen_id = c.citizen_id and y.id = c.id and c.kind = 'sharing';
${countYeses()}`;

import { countYeses } from './028-yeses-of-their-own.ts';

const lists = ['organisations', 'roles', 'purposes', 'categories', 'labels', 'custodians', 'types', 'tokens', 'ids'];
const key = lists.map((name) => `'${name}=' || (select string_agg(distinct v collate "C", ',' order by v collate "C") from unnest(p.${name}::text[]) v)`).join(', ');
/** That rule `r` is about nothing that rule `p` is not about too, whenever they hold. */
const about = [...lists.map((name) => `(p.${name} is null or (r.${name} is not null and r.${name} <@ p.${name}))`),
  '(p.dates_from is null or (r.dates_from is not null and p.dates_from <= r.dates_from and r.dates_until <= p.dates_until))'].join(' and ');
const within = `${about} and p.valid_from <= r.valid_from and r.valid_until <= p.valid_until`;
const way = (choice: string): string => `regexp_replace(${choice}.signal, '(^| )yes:.*$', '')`;

/** Whether choice `later` is a yes, said the same way as choice `c`, that covers all `c` denies: then it takes that no back. */
export const takesBack = `(later.signal ~ '(^| )yes:' and ${way('later')} = ${way('c')}
  and exists (select from choice_rule r where r.citizen_id = c.citizen_id and r.id = c.id)
  and not exists (select from choice_rule r where r.citizen_id = c.citizen_id and r.id = c.id and (r.effect <> 'deny'
    or not exists (select from choice_rule p where p.citizen_id = later.citizen_id and p.id = later.id and p.effect = 'permit' and ${about}))))`;

/**
 * A yes that is narrower than the record is a source of its own, whatever narrows it (src/consent/choice-source.ts): what such
 * a yes had ended by mistake counts again, and what it takes back does not. Those to named organisations only were told apart before.
 */
export const narrowYeses = `
update choice c set signal = case when c.signal = '' then 'yes:' || y.named else c.signal || ' yes:' || y.named end
  from (select p.citizen_id, p.id, string_agg(distinct p.key collate "C", ' | ' order by p.key collate "C") as named
          from (select p.*, concat_ws(' ', ${key}) as key from choice_rule p where p.effect = 'permit' and not p.general) p
          group by p.citizen_id, p.id having bool_or(p.organisations is null)) y
  where y.citizen_id = c.citizen_id and y.id = c.id and c.kind = 'sharing' and c.signal !~ '(^| )yes:'
    and not exists (select from choice_rule r where r.citizen_id = c.citizen_id and r.id = c.id
      and not exists (select from choice_rule p where p.citizen_id = r.citizen_id and p.id = r.id and p.effect = 'permit' and not p.general and ${within}));
${countYeses(takesBack)}`;

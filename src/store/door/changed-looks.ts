import type { SearchQuery } from '../../fhir/search-query.ts';
import { classSets, itself, ofPart, visible } from '../schema/visible.ts';
import { conditions, Sql } from './search-conditions.ts';

/** What past looks asked for: a row by id, a whole record, a search by its conditions, or a search judged by its type alone. */
export type LookForm =
  | { kind: 'row' }
  | { kind: 'everything' }
  | { kind: 'form'; form: string; query: SearchQuery }
  | { kind: 'type'; except: readonly string[] };

const today = (column: string): string => `t.${column}`;
const later = (column: string): string => `d.${column}`;

/**
 * Statements that put into past_hit what looks of one form at citizens after `after` up to `upto` met or would meet
 * otherwise: rows whose class the two grants treat differently, and parts of rows that are kept apart.
 */
export function hitsOf(form: LookForm, after: string, upto: string): { text: string; values: unknown[] }[] {
  const whole = { changed: 'r', from: '', was: visible('r', today, itself('r')), will: visible('r', later, itself('r')) };
  const part = {
    changed: 'f', from: 'join citizen_fragment f on f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version and f.target is null',
    was: `(${whole.was} and ${visible('f', today, ofPart('f'))})`, will: `(${whole.will} and ${visible('f', later, ofPart('f'))})`,
  };
  return [whole, part].map(({ changed, from, was, will }) => {
    const sql = new Sql();
    const text = `with plain as materialized (select g.grant_key, g.organisation, g.role, g.purpose, g.person, g.only_citizen, ${classSets} from past_grant g)
      insert into past_hit (asker, class_id, opened, citizen, look, times, row_id)
      select l.asker, ${changed}.class_id, w.will, l.citizen, l.look, l.times, r.id
      from past_look l join past_asker a on a.asker = l.asker join plain t on t.grant_key = a.today join plain d on d.grant_key = a.later
      join citizen_row r on r.citizen_id = l.citizen and not r.deleted ${from}
      cross join lateral (select ${was} as was, ${will} as will) w
      where l.citizen > ${sql.bind(after, 'uuid')} and l.citizen <= ${sql.bind(upto, 'uuid')} and ${changed}.class_id = any (a.changed)
        and ${asked(sql, form)} and w.was is distinct from w.will`;
    return { text, values: sql.values };
  });
}

function asked(sql: Sql, form: LookForm): string {
  switch (form.kind) {
    case 'row': return `l.kind = 'row' and (r.id = l.row_id or (l.row_id = l.citizen and r.type = 'Patient'))`;
    case 'everything': return `l.kind = 'everything'`;
    case 'form': return `l.kind = 'search' and l.form = ${sql.bind(form.form, 'text')} and ${conditions(sql, form.query, 'citizen_fragment')}`;
    case 'type': return `l.kind = 'search' and r.type = split_part(l.form, '?', 1) and l.form <> all (${sql.bind(form.except, 'text[]')})`;
  }
}

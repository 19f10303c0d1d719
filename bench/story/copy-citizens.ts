import type { Database } from '../../src/store/database.ts';
import type { Say } from '../settings.ts';
import { citizenId } from '../sharing/citizen-records.ts';
import { withoutIndexes } from '../sharing/load-citizens.ts';

/** People copied in one statement of each table. */
const together = 3_000;
/** What is kept of a person, the person first; counts of rows and lists are made by the tables themselves. */
const tables = ['citizen', 'source_person', 'citizen_version', 'citizen_fragment', 'relationship', 'choice', 'choice_rule', 'citizen_row'];

/**
 * Makes `to` people of the first `base`, of whom there are copies up to `from` already: whole people at a time, table by table, in the
 * database. A copy has ids of its own and is found by the same
 * searches as whom it was copied from, and by no number or name: it fills the tables and is nobody.
 */
export async function copyCitizens(database: Database, base: number, { from, to }: { from: number; to: number }, say: Say): Promise<void> {
  const started = performance.now();
  const copies = await Promise.all(tables.map((table) => copyOf(database, table)));
  const rounds = Math.max(1, Math.floor(together / base));
  await withoutIndexes(database, async () => {
    for (let done = from; done < to;) {
      const first = done / base;
      const whole = Math.min(rounds, Math.floor((to - done) / base));
      const people = Array.from({ length: whole > 0 ? base : to - done }, (_, n) => citizenId(n));
      const last = Math.ceil(first) + Math.max(whole, 1) - 1;
      await database.transaction(async (connection) => {
        for (const copy of copies) await connection.query(copy, [people, Math.ceil(first), last]);
      });
      done += people.length * Math.max(whole, 1);
      say(`${done} of ${to} people, ${((performance.now() - started) / 1_000).toFixed(0)} s`);
    }
  });
}

/** Columns that name a person or a record are another's in the copy of each round; all others stay as they are, whichever there are. */
async function copyOf(database: Database, table: string): Promise<string> {
  const columns = await database.query<{ name: string }>("select quote_ident(attname) as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''", [table]);
  const list = (of: string): string => columns.map(({ name }) => `${of}${name}`).join(', ');
  const named = (column: string): string => `md5(t.${column} || ' ' || c.round)::uuid`;
  const body = table === 'citizen_version' ? `, 'body', replace(replace(t.body, t.citizen_id::text, ${named('citizen_id')}::text), t.id::text, ${named('id')}::text)` : '';
  const id = table === 'citizen' ? '' : `, 'id', ${named('id')}`;
  const homes = table === 'choice' ? `, 'home', ${named('home')}, 'homes', array[${named('home')}]` : '';
  return `insert into ${table} (${list('')}) select ${list('q.')} from ${table} t cross join generate_series($2::int, $3::int) c(round)
    cross join lateral jsonb_populate_record(t, jsonb_build_object('citizen_id', ${named('citizen_id')}${id}${body}${homes})) q where t.citizen_id = any ($1::uuid[])`;
}

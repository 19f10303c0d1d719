import type { Database } from './database.ts';

/** Facts about the record as a whole that are either so or not: the demo was loaded. */
export async function hasMark(database: Database, name: string): Promise<boolean> {
  return (await database.query('select 1 from setting where name = $1', [`mark:${name}`])).length > 0;
}

export async function setMark(database: Database, name: string): Promise<void> {
  await database.query(`insert into setting (name, value) values ($1, '') on conflict do nothing`, [`mark:${name}`]);
}

import { join } from 'node:path';
import type { Config } from './config.ts';
import { lockDataFolder } from './edge/data-folder-lock.ts';
import { Refusal } from './fhir/problem.ts';
import { openPglite, openPostgres, type Database } from './store/database.ts';
import { checkSchema, migrate } from './store/migrate.ts';

/** Opens the record that is configured, PostgreSQL or embedded; refuses a data folder that is in use. `asItIs`: without bringing its schema to this program's version, and refused where it is of another. */
export async function openRecord({ databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>, asItIs = false): Promise<Database> {
  const prepare = asItIs ? checkSchema : migrate;
  if (databaseUrl !== null) return openPostgres(databaseUrl, undefined, prepare);
  const lock = lockDataFolder(dataDir);
  if (lock.kind === 'held') {
    throw new Refusal({
      category: 'conflict', code: 'data-folder-in-use', text: `The data folder ${lock.path.replace(/[^/]*$/, '')} is in use by process ${lock.pid ?? 'unknown'}.`,
      fix: 'Stop that process, or set DATA_DIR to another folder.',
    });
  }
  return openPglite(join(dataDir, 'pglite'), undefined, prepare);
}

/** The same of another one: `postgres://…`, or the data folder of an embedded one. */
export function openRecordAt(where: string, asItIs = false): Promise<Database> {
  return openRecord(/^postgres(ql)?:\/\//.test(where) ? { databaseUrl: where, dataDir: '' } : { databaseUrl: null, dataDir: where }, asItIs);
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { openPglite, openPostgres } from '../src/store/database.ts';
import { dumpRecord } from './databases.ts';
import { startPostgres } from './postgres-setup.ts';

type Running = Awaited<ReturnType<typeof startPostgres>>;
const holder = globalThis as unknown as { onestoryPostgres?: Running; onestoryPglite?: string };

/**
 * jest globalSetup: one real PostgreSQL for the whole run, in which each suite makes databases of its own, and an empty record
 * of either kind as the program makes it, to be copied: making it anew for every suite would take longer than the suites.
 */
export default async function setup(): Promise<void> {
  holder.onestoryPostgres = await startPostgres();
  process.env['ONESTORY_TEST_POSTGRES'] = holder.onestoryPostgres.url('postgres');
  await holder.onestoryPostgres.create('empty_record');
  await (await openPostgres(holder.onestoryPostgres.url('empty_record'))).close();
  holder.onestoryPglite = mkdtempSync(join(tmpdir(), 'onestory-empty-'));
  process.env['ONESTORY_TEST_PGLITE'] = await dumpEmptyRecord(holder.onestoryPglite);
}

/** Every suite that copies it reads all of it, so it is made small: a short write-ahead log, and no databases to make others from. */
async function dumpEmptyRecord(folder: string): Promise<string> {
  const data = join(folder, 'data');
  const engine = await PGlite.create(data, { initDbStartParams: ['--wal-segsize=1'] });
  await engine.exec('update pg_database set datistemplate = false, datallowconn = true');
  for (const unused of ['template0', 'template1']) await engine.exec(`drop database ${unused}`);
  await engine.close();
  await (await openPglite(data)).close();
  const file = join(folder, 'empty.tar');
  await dumpRecord(data, file);
  return file;
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { openPglite, openPostgres } from '../src/store/database.ts';
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

async function dumpEmptyRecord(folder: string): Promise<string> {
  const data = join(folder, 'data');
  await (await openPglite(data)).close();
  const engine = await PGlite.create(data);
  const dump = await engine.dumpDataDir('none');
  await engine.close();
  const file = join(folder, 'empty.tar');
  writeFileSync(file, Buffer.from(await dump.arrayBuffer()));
  return file;
}

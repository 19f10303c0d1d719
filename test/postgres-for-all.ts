import { startPostgres } from './postgres-setup.ts';

type Running = Awaited<ReturnType<typeof startPostgres>>;
const holder = globalThis as unknown as { onestoryPostgres?: Running };

/** jest globalSetup: one real PostgreSQL for the whole run; each suite makes databases of its own in it. */
export default async function setup(): Promise<void> {
  holder.onestoryPostgres = await startPostgres();
  process.env['ONESTORY_TEST_POSTGRES'] = holder.onestoryPostgres.url('postgres');
}

import { rmSync } from 'node:fs';

/** jest globalTeardown: stops and removes what postgres-for-all.ts made. */
export default async function teardown(): Promise<void> {
  const holder = globalThis as unknown as { onestoryPostgres?: { stop: () => Promise<void> }; onestoryPglite?: string };
  await holder.onestoryPostgres?.stop();
  if (holder.onestoryPglite) rmSync(holder.onestoryPglite, { recursive: true, force: true });
}

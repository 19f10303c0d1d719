/** jest globalTeardown: stops what postgres-for-all.ts started. */
export default async function teardown(): Promise<void> {
  const holder = globalThis as unknown as { onestoryPostgres?: { stop: () => Promise<void> } };
  await holder.onestoryPostgres?.stop();
}

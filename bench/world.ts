import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../test/postgres-setup.ts';
import { talkTo, type Composition, type OneStoryServer } from './onestory-server.ts';
import type { Say, Settings } from './settings.ts';

/** What the measures share: one PostgreSQL, a database with the people in it, and the servers under test, each in its own process. */
export interface World {
  settings: Settings;
  say: Say;
  /** URL of a new, empty database */
  newDatabase(): Promise<string>;
  /** URL of the database with everybody in it; made when first asked for */
  loaded(): Promise<string>;
  onestory(databaseUrl: string, options?: ServerOptions): Promise<OneStoryServer>;
  passThrough(databaseUrl: string): Promise<string>;
  /** one statement as the owner */
  query<Row extends pg.QueryResultRow>(databaseUrl: string, text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface ServerOptions {
  /** see serve-onestory.ts */
  composition?: Composition;
  /** folder of agreement files; default: those of the demo */
  agreements?: string;
  /** of several processes that serve the same database */
  process?: number;
}

export function createWorld(settings: Settings, say: Say): World {
  let postgres: ReturnType<typeof startPostgres> | null = null;
  let loaded: Promise<string> | null = null;
  const servers = new Map<string, Promise<{ child: ChildProcess; url: string }>>();
  let databases = 0;

  const once = <Server extends { child: ChildProcess; url: string }>(key: string, start: () => Promise<Server>): Promise<Server> => {
    const started = (servers.get(key) ?? start()) as Promise<Server>;
    servers.set(key, started);
    return started;
  };
  const world: World = {
    settings, say,
    newDatabase: async () => {
      const cluster = await (postgres ??= startPostgres({ durable: true }));
      databases += 1;
      await cluster.create(`bench_${databases}`);
      return cluster.url(`bench_${databases}`);
    },
    loaded: () => (loaded ??= load(world)),
    onestory: (databaseUrl, { composition = 'audited', agreements = '', process = 1 } = {}) => once([composition, databaseUrl, agreements, process].join(' '), async () => {
      const started = await startServer('serve-onestory.ts', [databaseUrl, composition, ...(agreements === '' ? [] : [agreements])]);
      return { ...started, ...talkTo(started.child, started.url) };
    }),
    passThrough: async (databaseUrl) => (await once(`pass-through ${databaseUrl}`, () => startServer('serve-pass-through.ts', [databaseUrl]))).url,
    query: async <Row extends pg.QueryResultRow>(databaseUrl: string, text: string, values: unknown[] = []) => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    close: async () => {
      await Promise.allSettled([...servers.values()].map(async (started) => stopServer((await started).child)));
      await (await postgres)?.stop();
    },
  };
  return world;
}

/** Everybody, through the real intake; then what PostgreSQL would do by itself a minute later. */
async function load(world: World): Promise<string> {
  const { citizens } = world.settings;
  const url = await world.newDatabase();
  const server = await world.onestory(url);
  world.say(`sending the records of ${citizens} people through intake …`);
  const { records = 0, seconds = 1 } = await server.ask({ do: 'take-in', what: 'everything', citizens });
  world.say(`${records} records in ${seconds.toFixed(1)} s`);
  await world.query(url, 'vacuum analyze');
  return url;
}

async function startServer(file: string, args: string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(import.meta.dirname, file), args, { stdio: ['ignore', 2, 2, 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (message: { url: string }) => resolve({ child, url: message.url }));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
}

function stopServer(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.disconnect();
  });
}

import { rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { freshPostgres } from '../databases.ts';
import { openPglite, openPostgres, type Database } from '../../src/store/database.ts';
import { until } from '../patience.ts';
import { sendersFor, type FeedPost } from './feed-posts.ts';
import { pause, newSettings as settingsOf, spawnGateway, tokenOf, type GatewayProcess, type GatewaySettings } from './gateway-process.ts';

const clients = 8;
const citizens = 240;

/** However slow the machine is, what is under way may end. */
const newSettings = async (url?: string): Promise<GatewaySettings> => ({ ...(await settingsOf(url)), environment: { ONESTORY_STOP_SECONDS: '600' } });

interface Sent {
  requestId: string;
  sha256: string;
  /** null: no answer; whether the gateway had received the request is for its audit trail to say */
  status: number | null;
}

/** One request on a connection that is kept alive. */
function send(url: string, agent: Agent, headers: Record<string, string>, body: string): Promise<number | null> {
  return new Promise((resolve) => {
    const sending = request(url, { agent, method: 'POST', headers }, (response) => {
      response.on('data', () => undefined);
      response.once('error', () => { resolve(null); });
      response.once('end', () => { resolve(response.statusCode ?? null); });
    });
    sending.once('error', () => { resolve(null); });
    sending.end(body);
  });
}

describe.each(['postgresql', 'pglite'] as const)('a gateway on %s told to stop (SIGTERM) under load', (kind) => {
  let settings: GatewaySettings;
  let gateway: GatewayProcess;
  let database: Database;
  const sent: Sent[] = [];
  let ended: { code: number | null; signal: NodeJS.Signals | null };

  /** Sends one post after the other until one is not answered. */
  async function keepSending(agent: Agent, token: string, posts: Iterator<FeedPost>): Promise<void> {
    for (;;) {
      const { value: post, done } = posts.next();
      if (done === true) return;
      const requestId = `stop-${sent.length}-${post.sha256.slice(0, 16)}`;
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/octet-stream', 'X-Request-ID': requestId };
      const status = await send(`${gateway.url}/intake/uhb-adt`, agent, headers, post.content);
      sent.push({ requestId, sha256: post.sha256, status });
      if (status === null) return;
    }
  }

  beforeAll(async () => {
    const url = kind === 'postgresql' ? await freshPostgres() : undefined;
    settings = await newSettings(url);
    gateway = spawnGateway(settings);
    await gateway.ready();
    const token = await tokenOf(gateway, settings, 'uhb-adt');
    const posts = (sendersFor(citizens)[0]?.posts ?? []).values();
    const agent = new Agent({ keepAlive: true });
    const sending = Array.from({ length: clients }, () => keepSending(agent, token, posts));
    while (sent.length < 3 * clients) await pause(10);
    ended = await gateway.stop('SIGTERM');
    await Promise.all(sending);
    agent.destroy();
    database = url === undefined ? await openPglite(join(settings.dataDir, 'pglite')) : await openPostgres(url, 1);
  });
  afterAll(async () => {
    await database.close();
    rmSync(settings.dataDir, { recursive: true, force: true });
  });

  it('ends by itself, with code 0', () => {
    expect({ ...ended, errors: gateway.errors() }).toEqual({ code: 0, signal: null, errors: '' });
  });

  it('answers every request it has received, and rightly', async () => {
    const received = new Set((await database.query<{ request: string }>(`select entry::jsonb->>'request' as request from audit_entry`)).map(({ request: id }) => id));
    expect(sent.filter(({ status, requestId }) => status === null && received.has(requestId))).toEqual([]);
    expect(sent.filter(({ status }) => status !== null && status !== 202 && status !== 200)).toEqual([]);
    expect(sent.filter(({ status }) => status !== null).length).toBeGreaterThan(clients);
    expect(sent.some(({ status }) => status === null)).toBe(true);
  });

  it('kept what it acknowledged', async () => {
    const kept = new Set((await database.query<{ sha256: string }>(`select encode(sha256, 'hex') as sha256 from source_record`)).map(({ sha256 }) => sha256));
    expect(sent.filter(({ status, sha256 }) => status !== null && !kept.has(sha256))).toEqual([]);
  });
});

describe('a gateway told to stop while it loads the demo', () => {
  it('ends with code 0 and without an error; the next start goes on with the rest, and told to stop while the database holds everything up it ends with code 1', async () => {
    const url = await freshPostgres();
    const settings = { ...(await newSettings(url)), demo: true };
    const database = await openPostgres(url, 1);
    const loaded = async (): Promise<number> => (await database.query('select 1 from source_record')).length;
    const gateway = spawnGateway(settings);
    while (!(await fetch(`${gateway.url}/livez`).then(({ ok }) => ok, () => false))) await pause(20);
    await pause(300);
    expect({ ...(await gateway.stop('SIGTERM')), errors: gateway.errors() }).toEqual({ code: 0, signal: null, errors: '' });
    const before = await loaded();
    const again = spawnGateway({ ...settings, environment: { ONESTORY_STOP_SECONDS: '5' } });
    await until(async () => (await loaded()) > before, 'more of the demo', 100);
    const held = await database.transaction(async (connection) => {
      await connection.query('lock table source_record in access exclusive mode');
      await until(async () => Number((await connection.query(`select count(*) from pg_locks where not granted and relation = 'source_record'::regclass`)).rows[0]?.count) > 0, 'intake, held up');
      const ended = again.stop('SIGTERM');
      await until(() => !again.running(), 'the end of a gateway that is held up');
      return ended;
    });
    expect({ ...held, errors: again.errors() }).toEqual({ code: 1, signal: null, errors: '' });
    await database.close();
    rmSync(settings.dataDir, { recursive: true, force: true });
  });
});

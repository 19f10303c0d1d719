import { rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { freshPostgres } from '../databases.ts';
import { openPostgres } from '../../src/store/database.ts';
import { sendersFor } from './feed-posts.ts';
import { newSettings, pause, spawnGateway, tokenOf, type GatewayProcess, type GatewaySettings } from './gateway-process.ts';

const clients = 8;
const citizens = 24;
const stopLimitMs = 10_000;

interface Sent {
  outcome: 'answered' | 'refused' | 'broken';
  status?: number;
}

/**
 * One request on a connection that is kept alive. `refused` = the connection could not be made, or ended before the
 * gateway can have read anything of this request; `broken` = it was cut off after the request was received.
 */
function send(url: string, agent: Agent, options: { method: string; headers: Record<string, string>; body?: string }): Promise<Sent> {
  return new Promise((resolve) => {
    const sending = request(url, { agent, method: options.method, headers: options.headers }, (response) => {
      response.on('data', () => undefined);
      response.once('error', () => { resolve({ outcome: 'broken' }); });
      response.once('end', () => { resolve({ outcome: 'answered', ...(response.statusCode !== undefined && { status: response.statusCode }) }); });
    });
    sending.once('error', (error: NodeJS.ErrnoException) => {
      // a kept-alive connection that the server closed while this request was being written never reached a handler
      resolve({ outcome: error.code === 'ECONNREFUSED' || (sending.reusedSocket && error.code === 'ECONNRESET') ? 'refused' : 'broken' });
    });
    sending.end(options.body);
  });
}

describe.each(['postgresql', 'pglite'] as const)('a gateway on %s told to stop (SIGTERM) under load', (kind) => {
  let settings: GatewaySettings;
  let gateway: GatewayProcess;
  let url: string;
  const sent: (Sent & { sha256: string })[] = [];
  let ended: { code: number | null; signal: NodeJS.Signals | null };
  let stopMs: number;

  beforeAll(async () => {
    url = kind === 'postgresql' ? await freshPostgres() : '';
    settings = await newSettings(kind === 'postgresql' ? url : undefined);
    gateway = spawnGateway(settings);
    await gateway.ready();
    const token = await tokenOf(gateway, settings, 'uhb-adt');
    const posts = sendersFor(citizens)[0]?.posts ?? [];
    let n = 0;
    const agent = new Agent({ keepAlive: true });
    const working = Array.from({ length: clients }, async () => {
      for (;;) {
        const post = posts[n++ % posts.length];
        if (!post) return;
        const outcome = await send(`${gateway.url}/intake/uhb-adt`, agent, {
          method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/octet-stream' }, body: post.content,
        });
        sent.push({ ...outcome, sha256: post.sha256 });
        if (outcome.outcome !== 'answered') return;
      }
    });
    await pause(500);
    const stopAt = Date.now();
    ended = await gateway.stop('SIGTERM');
    stopMs = Date.now() - stopAt;
    await Promise.all(working);
    agent.destroy();
  }, 90_000);
  afterAll(() => rmSync(settings.dataDir, { recursive: true, force: true }));

  it('ends with code 0, soon', () => {
    expect({ ...ended, errors: gateway.errors() }).toEqual({ code: 0, signal: null, errors: '' });
    expect(stopMs).toBeLessThan(stopLimitMs);
  });

  it('answers every request it has received', () => {
    expect(sent.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
    expect(sent.filter(({ outcome, status }) => outcome === 'answered' && status !== 202 && status !== 200)).toEqual([]);
    expect(sent.filter(({ outcome }) => outcome === 'answered').length).toBeGreaterThan(clients);
  });

  it('kept what it acknowledged', async () => {
    if (kind === 'pglite') return;
    const database = await openPostgres(url, 1);
    const kept = new Set((await database.query<{ sha256: string }>(`select encode(sha256, 'hex') as sha256 from source_record`)).map(({ sha256 }) => sha256));
    await database.close();
    expect(sent.filter(({ outcome, sha256 }) => outcome === 'answered' && !kept.has(sha256))).toEqual([]);
  });
});

describe('a gateway told to stop while it loads the demo', () => {
  it('ends with code 0 and without an error, and the next start loads the rest', async () => {
    const settings = { ...(await newSettings(await freshPostgres())), demo: true };
    const gateway = spawnGateway(settings);
    while (!(await fetch(`${gateway.url}/livez`).then(({ ok }) => ok, () => false))) await pause(20);
    await pause(300);
    expect({ ...(await gateway.stop('SIGTERM')), errors: gateway.errors() }).toEqual({ code: 0, signal: null, errors: '' });
    const again = spawnGateway(settings);
    await again.ready();
    expect(await again.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    rmSync(settings.dataDir, { recursive: true, force: true });
  }, 120_000);
});

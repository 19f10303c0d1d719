import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomFor } from '../../src/demo/random.ts';
import { openPglite, type Database } from '../../src/store/database.ts';
import { sendersFor } from './feed-posts.ts';
import { newSettings, pause, spawnGateway, tokenOf, type GatewayProcess, type GatewaySettings } from './gateway-process.ts';
import { until } from '../patience.ts';
import { newLedger, postAndNote, type PostLedger } from './post-ledger.ts';

const kills = 2;
const seed = 11;
const citizens = 24;
const strikesAfterMs = 10;

/** Posts one after the other, from where the last life of the gateway ended; the kill strikes in the middle of the one after so many. */
async function sendUntilKilled(gateway: GatewayProcess, settings: GatewaySettings, ledger: PostLedger, answered: number): Promise<void> {
  const [hospital] = sendersFor(citizens);
  const known = new Set(ledger.acknowledged.map(({ post }) => post.sha256));
  const token = await tokenOf(gateway, settings, 'uhb-adt');
  let killed: Promise<unknown> | null = null;
  for (const [index, post] of (hospital?.posts ?? []).filter(({ sha256 }) => !known.has(sha256)).entries()) {
    if (index === answered) killed = pause(strikesAfterMs).then(() => gateway.stop('SIGKILL'));
    if (!(await postAndNote(ledger, gateway.url, token, post))) break;
  }
  await (killed ?? gateway.stop('SIGKILL'));
}

describe('a gateway on the embedded database in a data folder', () => {
  let settings: GatewaySettings;
  let gateway: GatewayProcess;
  let ledger: PostLedger;
  beforeAll(async () => {
    settings = await newSettings();
    ledger = newLedger();
    gateway = spawnGateway(settings);
    await gateway.ready();
  });
  afterAll(async () => {
    await gateway.stop('SIGKILL');
    rmSync(settings.dataDir, { recursive: true, force: true });
  });

  it(`takes over the stale lock after each of ${kills} kills`, async () => {
    const random = randomFor(seed, 'embedded');
    for (let kill = 0; kill < kills; kill += 1) {
      const { pid } = gateway;
      await sendUntilKilled(gateway, settings, ledger, random.between(2, 8));
      expect(JSON.parse(readFileSync(join(settings.dataDir, 'onestory.lock'), 'utf8'))).toMatchObject({ pid });
      gateway = spawnGateway(settings);
      await gateway.ready();
    }
    expect(ledger.acknowledged.length).toBeGreaterThan(kills);
    expect(ledger.refused).toEqual([]);
  });

  it('refuses a second process on the same folder and names the one that holds it', async () => {
    const second = spawnGateway({ ...settings, port: (await newSettings()).port });
    expect(await second.ended).toEqual({ code: 2, signal: null });
    expect(second.errors()).toContain(`in use by process ${gateway.pid}`);
    expect(gateway.running()).toBe(true);
  });

  it('works off every acknowledged post by itself and says so in its Task', async () => {
    const authorised = { Authorization: `Bearer ${await tokenOf(gateway, settings, 'uhb-adt')}` };
    for (const { taskId } of ledger.acknowledged) {
      const status = async (): Promise<unknown> => ((await (await fetch(`${gateway.url}/fhir/Task/${taskId}`, { headers: authorised })).json()) as { status?: unknown }).status;
      await until(async () => (await status()) === 'completed', `the end of ${taskId}`, 50);
    }
  });

  it('has each of them once', async () => {
    expect(await gateway.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(existsSync(join(settings.dataDir, 'onestory.lock'))).toBe(false);
    const database: Database = await openPglite(join(settings.dataDir, 'pglite'));
    try {
      const kept = await database.query<{ sha256: string; n: number }>(`select encode(sha256(content), 'hex') as sha256, count(*)::int as n from source_record group by 1`);
      const times = new Map(kept.map(({ sha256, n }) => [sha256, n]));
      expect(ledger.acknowledged.filter(({ post }) => times.get(post.sha256) !== 1)).toEqual([]);
      expect(await database.query(`select id from citizen_row r where version <> (select count(*) from citizen_version v where v.citizen_id = r.citizen_id and v.id = r.id)`)).toEqual([]);
    } finally {
      await database.close();
    }
  });
});

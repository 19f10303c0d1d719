import { rmSync } from 'node:fs';
import pg from 'pg';
import { openPostgres } from '../../src/store/database.ts';
import { startPostgres } from '../postgres-setup.ts';
import { checkInvariants } from './check-invariants.ts';
import { sendersFor, type Sender } from './feed-posts.ts';
import { newSettings, pause, spawnGateway, tokenOf, type GatewayProcess, type GatewaySettings } from './gateway-process.ts';
import { patienceMs } from '../patience.ts';
import { newLedger, postAndNote } from './post-ledger.ts';
import { untilIdle } from './run-with-kills.ts';

const citizens = 24;
const readers = 4;
const terminations = 3;
const abdul = 'identifier=https://fhir.nhs.uk/Id/nhs-number|9990000379';

type Postgres = Awaited<ReturnType<typeof startPostgres>>;

interface Look {
  status: number;
  /** X-Request-ID */
  request: string | null;
  /** what was answered, without what differs from one time to the next */
  found: string;
  retryAfter: string | null;
}

/** The persona asks for Abdul; a broken connection to the gateway itself has status 0. */
async function look(gateway: GatewayProcess, token: string): Promise<Look> {
  try {
    const response = await fetch(`${gateway.url}/fhir/Patient?${abdul}`, { headers: { Authorization: `Bearer ${token}` } });
    const body = (await response.json()) as { total?: number; entry?: { resource: { id: string; resourceType: string } }[] };
    return { status: response.status, request: response.headers.get('X-Request-ID'), found: (body.entry ?? []).map(({ resource }) => `${resource.resourceType}/${resource.id}`).join(), retryAfter: response.headers.get('Retry-After') };
  } catch {
    return { status: 0, request: null, found: '', retryAfter: null };
  }
}

async function asAdministrator(url: string, statement: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // it may end its own connection
  await client.connect();
  const { rows } = await client.query<pg.QueryResultRow>(statement);
  await client.end().catch(() => undefined);
  return rows;
}

describe('a database that goes away under load', () => {
  let postgres: Postgres;
  let settings: GatewaySettings;
  let gateway: GatewayProcess;
  let expected: string;
  const ledger = newLedger();
  const looks: Look[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    await postgres.create('outage');
    settings = await newSettings(postgres.url('outage'));
    gateway = spawnGateway(settings);
    await gateway.ready();
    await takeIn(sendersFor(4)); // Abdul is the first
    expected = (await look(gateway, await tokenOf(gateway, settings, 'ward-doctor'))).found;
  });
  afterAll(async () => {
    await gateway.stop('SIGKILL');
    await postgres.stop();
    rmSync(settings.dataDir, { recursive: true, force: true });
  });

  async function takeIn(senders: readonly Sender[]): Promise<void> {
    for (const { feed, posts } of senders) {
      const token = await tokenOf(gateway, settings, feed);
      for (const post of posts) await postAndNote(ledger, gateway.url, token, post);
    }
    const database = await openPostgres(postgres.url('outage'), 1);
    await untilIdle(database).finally(() => database.close());
  }

  /** Readers ask and a feed posts while the fault happens, and until the gateway answers both as before. */
  async function underLoad(fault: () => Promise<void>): Promise<{ recovered: boolean }> {
    const [token, feedToken] = await Promise.all([tokenOf(gateway, settings, 'ward-doctor'), tokenOf(gateway, settings, 'uhb-adt')]);
    let done = false;
    const posts = sendersFor(citizens)[0]?.posts ?? [];
    const asking = Array.from({ length: readers }, async () => {
      while (!done) looks.push(await look(gateway, token));
    });
    const posting = (async (): Promise<void> => {
      for (let n = 0; !done; n += 1) {
        const post = posts[n % posts.length];
        if (post) await postAndNote(ledger, gateway.url, feedToken, post);
      }
    })();
    await pause(300);
    await fault();
    const faultAt = Date.now();
    let wellSince = 0;
    while (wellSince < 10 && Date.now() - faultAt < patienceMs) {
      wellSince = (await look(gateway, token)).status === 200 ? wellSince + 1 : 0;
      await pause(20);
    }
    done = true;
    await Promise.all([...asking, posting]);
    return { recovered: wellSince >= 10 };
  }

  it('finds Abdul before anything happens', () => {
    expect(expected).toMatch(/^Patient\/[0-9a-f-]{36}$/);
  });

  it(`all connections ended ${terminations} times by an administrator: it recovers without a restart`, async () => {
    for (let n = 0; n < terminations; n += 1) {
      const { recovered } = await underLoad(async () => {
        await asAdministrator(postgres.url('postgres'), `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'outage'`);
      });
      expect(recovered).toBe(true);
    }
    expect(gateway.running()).toBe(true);
  });

  it('one backend killed, so that the whole server restarts itself: it recovers without a restart', async () => {
    const { recovered } = await underLoad(async () => {
      const [backend] = await asAdministrator(postgres.url('postgres'), `select pid from pg_stat_activity where datname = 'outage' limit 1`);
      process.kill(Number(backend?.['pid']), 'SIGKILL');
    });
    expect(recovered).toBe(true);
    expect(gateway.running()).toBe(true);
  });

  it('every reader was answered rightly or with 503 and Retry-After: never an error, never an empty answer', () => {
    expect(looks.length).toBeGreaterThan(readers);
    expect(looks.filter(({ status, found, retryAfter }) => !(status === 200 && found === expected) && !(status === 503 && retryAfter !== null))).toEqual([]);
  });

  it('every look that was answered is in the log', async () => {
    const [logged] = await asAdministrator(postgres.url('outage'), `select array_agg(entry::jsonb ->> 'request') as requests from audit_entry where entry::jsonb ->> 'outcome' = 'permitted'`);
    const requests = new Set(logged?.['requests'] as string[]);
    const answered = looks.filter(({ status }) => status === 200);
    expect([answered.length > readers, answered.filter(({ request }) => request === null || !requests.has(request))]).toEqual([true, []]);
  });

  it('every post was kept or answered with 503, and none acknowledged was lost', async () => {
    expect(ledger.refused.filter(({ status }) => status !== 503)).toEqual([]);
    expect(ledger.unanswered).toEqual([]);
    const database = await openPostgres(postgres.url('outage'), 2);
    try {
      await untilIdle(database);
      const invariants = await checkInvariants(database, { ...ledger, refused: [] }, { once: {}, twice: {} }, { killed: new Map(), undisturbed: new Map() });
      expect(invariants.flatMap(({ violations }) => violations)).toEqual([]);
    } finally {
      await database.close();
    }
  });

  it('was really away', () => {
    expect(looks.some(({ status }) => status === 503) || ledger.refused.length > 0).toBe(true);
  });
});

import { openEmptyPglite } from '../databases.ts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExpiryWarning } from '../../src/consent/expiry-warnings.ts';
import { londonDay } from '../../src/fhir/london-day.ts';
import type { LogEvent, LogFields } from '../../src/edge/log.ts';
import { watchAgreementDates } from '../../src/flow/sharing/watch-agreement-dates.ts';
import { loadSecrets } from '../../src/store/secrets.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { awayFromMidnight } from '../patience.ts';

const oversight = readFileSync(new URL('../../agreements/bicp-oversight.yaml', import.meta.url), 'utf8');
/** By the calendar: a day on which the clocks change is no 24 hours. */
const dayAhead = (days: number): string => new Date(Date.parse(londonDay(new Date())) + days * 86_400_000).toISOString().slice(0, 10);

describe('an agreement with 20 days to go', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onestory-dates-'));
  const lines: [LogEvent, LogFields | undefined][] = [];
  let gateway: Gateway;
  beforeAll(async () => {
    await awayFromMidnight();
    writeFileSync(join(folder, 'oversight.yaml'), oversight.replace('to: 2029-03-31', `to: ${dayAhead(20)}`).replace('reviewDate: 2027-03-31', `reviewDate: ${dayAhead(5)}`));
    gateway = await startGateway(await openEmptyPglite(), { agreements: folder, log: (event, fields) => lines.push([event, fields]) });
  });
  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is logged at start, by its id, its date and the days', () => {
    expect(lines.filter(([event]) => event === 'agreement-expires')).toEqual([
      ['agreement-expires', { agreement: 'bicp-oversight/1.0', boundary: 'end', days: 20 }],
      ['agreement-expires', { agreement: 'bicp-oversight/1.0', boundary: 'review', days: 5 }],
    ]);
  });

  it('says the same in the register', async () => {
    const { agreements } = (await (await gateway.get('/governance/agreements', 'governance-lead')).json()) as { agreements: { warnings: unknown }[] };
    expect(agreements[0]?.warnings).toEqual([{ of: 'end', day: dayAhead(20), days: 20, mark: 30 }, { of: 'review', day: dayAhead(5), days: 5, mark: 7 }]);
  });

  it('is published as it is at the very instant it changes by itself, not a day later', async () => {
    const watch = watchAgreementDates({ database: gateway.database, secrets: await loadSecrets(gateway.database) }, () => undefined, (error) => { throw error; });
    const statusIs = async (wanted: string): Promise<void> => {
      for (let told = ''; told !== wanted;) {
        await new Promise((resolve) => { setImmediate(resolve); }); // timers have their turn
        const [contract] = await gateway.database.query<{ status: string }>(`select v.body::jsonb ->> 'status' as status from shared_row r join shared_version v on v.id = r.id and v.version = r.version where r.type = 'Contract'`);
        told = contract?.status ?? '';
      }
    };
    try {
      await gateway.database.query(`update agreement_register set terminated_at = now() + interval '300 milliseconds'`);
      await watch.look();
      await statusIs('revoked');
    } finally {
      watch.stop();
      await gateway.database.query('update agreement_register set terminated_at = null');
    }
    await watch.look();
    await statusIs('executed');
  });

  it('is told again by a daily look only when a mark is passed', async () => {
    const told: ExpiryWarning[] = [];
    const watch = watchAgreementDates({ database: gateway.database, secrets: await loadSecrets(gateway.database) }, (warning) => told.push(warning), (error) => { throw error; }, 50);
    try {
      await watch.look();
      expect(told).toHaveLength(2);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(told).toHaveLength(2);
    } finally {
      watch.stop();
    }
  });
});

it('a restart brings back nothing that was ended, and ends nothing that was activated', async () => {
  const database = await openEmptyPglite();
  const first = await startGateway({ ...database, close: () => Promise.resolve() });
  await first.database.query(`update agreement_register set terminated_at = now() where agreement = 'bicp-early-intervention'`);
  await first.database.query(
    `insert into agreement_register (agreement, version, sha256, content, state, activated_at)
     select agreement, '1.1', repeat('1', 64), replace(content, 'version: "1.0"', 'version: "1.1"'), 'active', now() from agreement_register where agreement = 'bicp-early-intervention'`);
  const states = async (gateway: Gateway): Promise<unknown> => ((await (await gateway.get('/governance/agreements', 'governance-lead')).json()) as { agreements: { id: string; version: string; state: string }[] })
    .agreements.filter(({ id }) => id === 'bicp-early-intervention').map(({ version, state }) => `${version} ${state}`);
  expect(await states(first)).toEqual(['1.0 terminated', '1.1 in-force']);
  await first.close();
  const again = await startGateway(database);
  expect(await states(again)).toEqual(['1.0 terminated', '1.1 in-force']);
  await again.close();
});

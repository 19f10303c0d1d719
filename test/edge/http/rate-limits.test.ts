import type { LogEvent, LogFields } from '../../../src/edge/log.ts';
import { createRateLimits, type RateLimits } from '../../../src/edge/http/rate-limits.ts';
import { AuditedRefusal, Refusal } from '../../../src/fhir/problem.ts';
import type { Requester } from '../../../src/fhir/sharing.ts';
import { openEmptyPglite } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { askAudited, lastSeq, auditSince } from './asking.ts';

const requester: Requester = { client: 'uhb-bloods', token: 't', organisation: 'a|b', organisationName: 'x', role: 'integration', purpose: 'HSYSADMIN', scopes: [] };
const of = async (asked: Promise<void>): Promise<string> => asked.then(() => 'taken', (error: unknown) => (error instanceof Refusal ? `${error.problems[0]?.code} ${error instanceof AuditedRefusal ? 'again' : 'first'}` : 'thrown'));
const times = async (count: number, ask: () => Promise<void>): Promise<string[]> => {
  const seen: string[] = [];
  for (let i = 0; i < count; i += 1) seen.push(await of(ask()));
  return seen;
};

describe('how much one caller may ask', () => {
  let rates: RateLimits;
  beforeEach(() => { rates = createRateLimits({ clientPerMinute: 2, addressPerMinute: 2 }); });

  it('a client is refused past its limit, and written down once', async () => {
    expect(await times(4, () => rates.countRequest(requester))).toEqual(['taken', 'taken', 'too-many-requests first', 'too-many-requests again']);
    expect(await of(rates.countRequest({ ...requester, client: 'uhb-other' }))).toBe('taken');
  });

  it('people signed in to one program do not use up each other\'s', async () => {
    const as = (id: string) => (): Promise<void> => rates.countRequest({ ...requester, person: { id, name: 'x' } });
    expect((await times(3, as('a')))[2]).toBe('too-many-requests first');
    expect(await of(as('b')())).toBe('taken');
  });

  it('an address that names nobody known is refused before anybody looks who asks', async () => {
    expect(await times(3, () => rates.admit('192.0.2.1'))).toEqual(['taken', 'taken', 'taken']);
    await times(2, () => rates.countAddress('192.0.2.1'));
    expect(await times(2, () => rates.admit('192.0.2.1'))).toEqual(['too-many-from-address first', 'too-many-from-address again']);
    expect(await of(rates.admit('192.0.2.2'))).toBe('taken');
    expect(await of(rates.admit('::ffff:192.0.2.1'))).toBe('too-many-from-address again');
  });

  it.each([['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true], ['2001:db8::1', '2001:db8:0:0:1::', true], ['2001:db8:1:2::1', '2001:db8:1:3::1', false], ['::1', '::2', true]])('%s and %s are one network: %s', async (one, other, same) => {
    await times(2, () => rates.countAddress(one));
    expect(await of(rates.admit(other))).toBe(same ? 'too-many-from-address first' : 'taken');
  });

  it('what did not fail is given back', async () => {
    await times(2, () => rates.countAddress('192.0.2.1'));
    await rates.forgive('192.0.2.1');
    expect(await of(rates.admit('192.0.2.1'))).toBe('taken');
  });

  it('0 is no limit', async () => {
    const none = createRateLimits({ clientPerMinute: 0, addressPerMinute: 0 });
    expect(new Set([...await times(9, () => none.countRequest(requester)), ...await times(9, () => none.countAddress('a')), await of(none.admit('a'))])).toEqual(new Set(['taken']));
  });
});

describe('over HTTP, behind a proxy of our own', () => {
  let gateway: Gateway;
  const lines: [LogEvent, LogFields | undefined][] = [];
  beforeAll(async () => {
    gateway = await startGateway(await openEmptyPglite(), { log: (event, fields) => { lines.push([event, fields]); }, environment: () => ({ ONESTORY_RATE_CLIENT: '3', ONESTORY_RATE_ADDRESS: '8', ONESTORY_PROXIES: 'loopback' }) });
  });
  afterAll(() => gateway.close());

  it('a client past its limit gets 429 with Retry-After, and one entry for many', async () => {
    const question = { path: '/fhir/Organization?_count=1', who: 'ward-doctor', headers: { 'X-Forwarded-For': '192.0.2.7' } };
    for (let i = 0; i < 3; i += 1) expect((await askAudited(gateway, question)).answer.status).toBe(200);
    const first = await askAudited(gateway, question);
    expect([first.answer.status, first.code, first.entries.map(({ code, who }) => [code, who.client, who.address])]).toEqual([429, 'too-many-requests', [['too-many-requests', 'ward-doctor', '192.0.2.7']]]);
    expect(Number(first.answer.headers['retry-after'])).toBeGreaterThan(0);
    const again = await askAudited(gateway, question);
    expect([again.answer.status, again.entries]).toEqual([429, []]);
  });

  it('so does an address that names nobody, while whoever has a token goes on behind it, and those who ask for tokens; health is exempt, and others go on', async () => {
    const before = await lastSeq(gateway);
    const stranger = { path: '/fhir/Patient', headers: { Authorization: 'Bearer a.b.c', 'X-Forwarded-For': '192.0.2.9' } };
    const statuses = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await askAudited(gateway, stranger)).answer.status);
    expect(statuses).toEqual([...Array<number>(8).fill(401), ...Array<number>(4).fill(429)]);
    expect((await auditSince(gateway, before)).map(({ entry }) => entry.code)).toEqual([...Array<string>(8).fill('token-invalid'), 'too-many-from-address']);
    expect((await askAudited(gateway, { path: '/fhir/Organization?_count=1', who: 'community-nurse', headers: { 'X-Forwarded-For': '192.0.2.9' } })).answer.status).toBe(200);
    const askForToken = (): Promise<Response> => fetch(`${gateway.url}/oauth/token`, { method: 'POST', headers: { 'X-Forwarded-For': '192.0.2.9' } });
    for (let i = 0; i < 8; i += 1) expect((await askForToken()).status).toBe(400);
    const token = await askForToken();
    expect([token.status, token.headers.get('retry-after') !== null, ((await token.json()) as { error: string }).error]).toEqual([429, true, 'temporarily_unavailable']);
    expect((await askAudited(gateway, { path: '/fhir/Organization?_count=1', who: 'community-nurse' })).answer.status).toBe(200);
    expect((await fetch(`${gateway.url}/livez`, { headers: { 'X-Forwarded-For': '192.0.2.9' } })).status).toBe(200);
  });

  it('what is asked of the issuer has its line, and so has what fails in it, and no line says more than which route', async () => {
    lines.length = 0;
    const asked = async (path: string): Promise<number> => (await fetch(`${gateway.url}/oauth/${path}`, { method: 'POST', body: new URLSearchParams({ client_id: 'uhb-nobody', grant_type: 'client_credentials' }) })).status;
    expect([await asked('token?x=9990000379'), await asked('9990000379')]).toEqual([401, 404]);
    await gateway.database.query('alter table oauth_client rename to elsewhere');
    expect(await asked('token')).toBe(500);
    await gateway.database.query('alter table elsewhere rename to oauth_client');
    expect(lines.map(([event, { route, status, error } = {}]) => [event, route ?? (error === undefined ? '' : 'error'), status])).toEqual([
      ['request-finished', 'oauth/token', 401], ['request-finished', 'oauth', 404], ['issuer-failed', 'error', undefined], ['request-finished', 'oauth/token', 500],
    ]);
  });
});

import type { lookup } from 'node:dns';
import { createServer, type Server } from 'node:http';
import { checkHookAddress, isPublicAddress } from '../../../src/edge/webhooks/hook-address.ts';
import { createPostHook } from '../../../src/edge/webhooks/post-hook.ts';

describe('an address that is connected to', () => {
  it.each(['127.0.0.1', '127.255.1.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '192.0.2.1', '198.18.0.1', '198.51.100.7', '203.0.113.7', '224.0.0.1', '255.255.255.255',
    '::', '::1', 'fe80::1', 'fc00::1', 'fd12:3456::1', 'ff02::1', '::ffff:10.0.0.1', '::ffff:7f00:1', '64:ff9b::10.0.0.1', '64:ff9b:1::1', '2002:a00:1::', '2001::1', '2001:db8::1', '100::1', '3fff::1', 'localhost', ''])('%s is not, being no public one', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '192.167.1.1', '11.0.0.1', '2a00:1450:4009::1', '2606:4700::1111'])('%s may be', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([['https://127.1/', false], ['https://2130706433/', false], ['https://0x7f.1/', false], ['https://[::1]/', false], ['https://[::ffff:127.0.0.1]/', false], ['http://example.org/', false], ['ftp://example.org/', false], ['x', false], ['https://example.org/', true], ['https://8.8.8.8:8443/x', true]])('%s is judged before its name is looked up', (endpoint, open) => {
    expect(checkHookAddress(endpoint, []) === null).toBe(open);
  });

  it('is reached all the same where a setting names it, with its port or without', () => {
    expect([checkHookAddress('http://hooks.internal:9000/x', ['hooks.internal']), checkHookAddress('http://hooks.internal:9000/x', ['hooks.internal:9000'])]).toEqual([null, null]);
    expect(checkHookAddress('http://hooks.internal:9000/x', ['hooks.internal:9001', 'internal'])?.code).toBe('subscription-endpoint');
  });
});

describe('a notification that is posted', () => {
  let server: Server;
  let port: number;
  const asked: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      if (request.url === '/slow') return;
      if (request.url === '/endless') {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'.repeat(100_000)), 1);
        response.on('close', () => { clearInterval(timer); });
        return;
      }
      response.writeHead(request.url === '/moved' ? 302 : request.url === '/closed' ? 403 : 204, request.url === '/moved' ? { Location: '/ok' } : {}).end();
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => { server.closeAllConnections(); server.close(); });

  const hook = (host: string, path: string, timeoutMs = 20_000): Parameters<ReturnType<typeof createPostHook>>[0] => ({ url: `http://${host}:${port}${path}`, headers: ['X-Key: a: b'], contentType: 'application/fhir+json', body: '{}', timeoutMs });
  /** A name server that says this. */
  const saying = (...addresses: string[]): typeof lookup => ((_name: string, _options: unknown, done: (error: null, found: unknown) => void) => { done(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))); }) as unknown as typeof lookup;

  it.each([['/ok', null], ['/closed', 'hook-refused'], ['/moved', 'hook-redirected'], ['/endless', null]])('%s ends as %s, and nowhere else is asked', async (path, ending) => {
    asked.length = 0;
    expect(await createPostHook(['127.0.0.1'])(hook('127.0.0.1', path))).toBe(ending);
    expect(asked).toEqual([`POST ${path}`]);
  });

  it('is given up when nobody answers in time', async () => {
    expect(await createPostHook(['127.0.0.1'])(hook('127.0.0.1', '/slow', 100))).toBe('hook-slow');
  });

  it.each([['127.0.0.1'], ['10.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:127.0.0.1']])('does not reach a name that stands for %s at the moment it is connected', async (...addresses) => {
    asked.length = 0;
    const post = createPostHook([], saying(...addresses));
    expect(await post({ ...hook('rebound.example.org', '/ok'), url: `https://rebound.example.org:${port}/ok` })).toBe('hook-address-closed');
    expect(asked).toEqual([]);
  });
});

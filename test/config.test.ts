import { resolve } from 'node:path';

import { readConfig } from '../src/config.ts';
import type { Config } from '../src/config.ts';

const read = (env: Record<string, string | undefined>): Config => {
  const result = readConfig(env);
  if ('problems' in result) throw new Error(result.problems.map((problem) => problem.text).join('\n'));
  return result.config;
};
const wrong = (env: Record<string, string | undefined>): (string | undefined)[] => {
  const result = readConfig(env);
  return 'problems' in result ? result.problems.map((problem) => problem.at?.field) : [];
};
const mllp = { ONESTORY_MLLP_PORT: '2575', ONESTORY_MLLP_CERT_FILE: 'cert.pem', ONESTORY_MLLP_KEY_FILE: 'key.pem', ONESTORY_MLLP_CA_FILE: 'ca.pem', ONESTORY_MLLP_CLIENTS: 'uhb-adt=cn:tie' };
const compose = { HOST: '0.0.0.0', BASE_URL: 'https://gateway.example', OIDC_ISSUER: 'https://issuer.example/realm', DATABASE_URL: 'postgres://u:secret@db/onestory' };

it('an empty environment is the demo on loopback', () => {
  expect(read({})).toEqual({
    host: '127.0.0.1', port: 8080, baseUrl: 'http://127.0.0.1:8080', dataDir: resolve('data'), databaseUrl: null, demo: true, stopSeconds: 25, sandboxes: 2, ukCoreDir: null, logLevel: 'warn', smallNumber: 5, hookHosts: [],
    issuer: { kind: 'embedded', url: 'http://127.0.0.1:8080/oauth', audience: 'http://127.0.0.1:8080/fhir', algorithms: ['ES384'], keyFiles: [], othersFile: null },
    emergency: { minutes: 60, perHour: 20, reviewDays: 7 },
    limits: { bodyBytes: 2_097_152, intakeBytes: 33_554_432, jsonDepth: 64, requestTimeoutMs: 30_000 },
    rates: { clientPerMinute: 30_000, addressPerMinute: 600 }, proxies: [],
    viewerClient: null, sessions: { idleSeconds: 900, maxSeconds: 28_800 }, mllp: null, metrics: null, dropDir: null,
    audit: { origin: null, restartedFrom: null, usualOrigin: '127.0.0.1:8080/audit', keyFiles: [null], checkpointMinutes: 60, checkpointDir: null, witnesses: [], hooks: [] },
  });
});

it('an empty variable counts as absent', () => {
  expect(read({ PORT: '', HOST: ' ', DATABASE_URL: '', DEMO: '', LOG_LEVEL: '' })).toEqual(read({}));
});

it('with a database and an issuer of its own it is no demo', () => {
  expect(read(compose)).toMatchObject({
    baseUrl: 'https://gateway.example', databaseUrl: compose.DATABASE_URL, demo: false,
    issuer: { kind: 'external', url: 'https://issuer.example/realm', audience: 'https://gateway.example/fhir', algorithms: ['ES256', 'ES384', 'PS256', 'RS256'], keyFiles: [], othersFile: null },
  });
});

it.each<[string, Record<string, string>, Partial<Config>]>([
  ['another port', { PORT: '9000' }, { port: 9000, baseUrl: 'http://127.0.0.1:9000' }],
  ['IPv6 loopback', { HOST: '::1' }, { baseUrl: 'http://[::1]:8080' }],
  ['a base with a slash', { BASE_URL: 'http://localhost:8080/' }, { baseUrl: 'http://localhost:8080' }],
  ['the demo on PostgreSQL', { DATABASE_URL: 'postgresql://db/onestory', DEMO: 'true' }, { demo: true }],
  ['a listener for messages on this machine', { ONESTORY_MLLP_PORT: '2575', ONESTORY_MLLP_CLIENTS: 'uhb-adt=loopback' }, { mllp: { host: '127.0.0.1', port: 2575, tls: null, clients: [{ feed: 'uhb-adt', by: 'loopback' }] } }],
  ['a listener with TLS', { ...mllp, ONESTORY_MLLP_HOST: '0.0.0.0', ONESTORY_MLLP_CLIENTS: `uhb-adt=sha256:${'AB:'.repeat(31)}AB, uhb-ref=cn:tie.uhb.example` }, {
    mllp: {
      host: '0.0.0.0', port: 2575, tls: { certificateFile: resolve('cert.pem'), keyFile: resolve('key.pem'), authoritiesFile: resolve('ca.pem') },
      clients: [{ feed: 'uhb-adt', by: { fingerprint: 'ab'.repeat(32) } }, { feed: 'uhb-ref', by: { commonName: 'tie.uhb.example' } }],
    },
  }],
  ['limits and proxies', { ONESTORY_RATE_CLIENT: '0', ONESTORY_RATE_ADDRESS: '60', ONESTORY_PROXIES: 'loopback, 10.1.0.0/16' }, { rates: { clientPerMinute: 0, addressPerMinute: 60 }, proxies: ['loopback', '10.1.0.0/16'] }],
  ['metrics on this machine', { ONESTORY_METRICS_PORT: '9464' }, { metrics: { host: '127.0.0.1', port: 9464, tokenFile: null } }],
  ['metrics for whoever shows a token', { ONESTORY_METRICS_PORT: '9464', ONESTORY_METRICS_HOST: '0.0.0.0', ONESTORY_METRICS_TOKEN_FILE: 'token' }, { metrics: { host: '0.0.0.0', port: 9464, tokenFile: resolve('token') } }],
  ['a folder of dropped files', { ONESTORY_DROP_DIR: 'drop' }, { dropDir: resolve('drop') }],
  ['checkpoints signed by two keys', { ONESTORY_AUDIT_ORIGIN: 'log.example/audit', ONESTORY_AUDIT_KEY_FILES: 'database, new.pem', ONESTORY_CHECKPOINT_MINUTES: '15', ONESTORY_CHECKPOINT_DIR: 'out' }, {
    audit: { origin: 'log.example/audit', restartedFrom: null, usualOrigin: '127.0.0.1:8080/audit', keyFiles: [null, resolve('new.pem')], checkpointMinutes: 15, checkpointDir: resolve('out'), witnesses: [], hooks: [] },
  }],
  ['no demo on PGlite', { DEMO: 'false' }, { demo: false }],
  ['an issuer of its own on PGlite', { OIDC_ISSUER: 'https://issuer.example' }, { demo: false }],
])('%s', (_title, env, expected) => {
  expect(read(env)).toMatchObject(expected);
});

it('checkpoints are posted in the clear only where the host is named', () => {
  expect(read({ ONESTORY_CHECKPOINT_HOOKS: 'https://a.example/log, http://b.internal/x', ONESTORY_HOOK_HOSTS: 'b.internal' })).toMatchObject({ audit: { hooks: ['https://a.example/log', 'http://b.internal/x'] } });
});

it('an issuer is taken exactly as written, for tokens name it exactly so', () => {
  expect(read({ ...compose, OIDC_ISSUER: 'https://issuer.example/' }).issuer.url).toBe('https://issuer.example/');
});

it.each<[string, Record<string, string>, string[]]>([
  ['a listener nobody may send to', { ONESTORY_MLLP_PORT: '2575' }, ['ONESTORY_MLLP_CLIENTS']],
  ['a listener beyond this machine without TLS', { ONESTORY_MLLP_PORT: '2575', ONESTORY_MLLP_HOST: '0.0.0.0', ONESTORY_MLLP_CLIENTS: 'uhb-adt=loopback' }, ['ONESTORY_MLLP_HOST']],
  ['a listener with a certificate and no key', { ...mllp, ONESTORY_MLLP_KEY_FILE: '' }, ['ONESTORY_MLLP_KEY_FILE', 'ONESTORY_MLLP_CLIENTS', 'ONESTORY_MLLP_CLIENTS']],
  ['a sender without a certificate at a listener with TLS', { ...mllp, ONESTORY_MLLP_CLIENTS: 'uhb-adt=loopback' }, ['ONESTORY_MLLP_CLIENTS', 'ONESTORY_MLLP_CLIENTS']],
  ['a certificate bound to two feeds', { ...mllp, ONESTORY_MLLP_CLIENTS: 'uhb-adt=cn:tie,uhb-ref=cn:tie' }, ['ONESTORY_MLLP_CLIENTS']],
  ['a fingerprint that is too short', { ...mllp, ONESTORY_MLLP_CLIENTS: 'uhb-adt=sha256:abcd' }, ['ONESTORY_MLLP_CLIENTS', 'ONESTORY_MLLP_CLIENTS']],
  ['metrics for everybody', { ONESTORY_METRICS_PORT: '9464', ONESTORY_METRICS_HOST: '0.0.0.0' }, ['ONESTORY_METRICS_HOST']],
  ['a port that is no number', { PORT: '80a' }, ['PORT']],
  ['a port out of range', { PORT: '65536' }, ['PORT']],
  ['a port in another notation', { PORT: '0x50' }, ['PORT']],
  ['a host with a port', { HOST: '127.0.0.1:80' }, ['HOST']],
  ['the embedded issuer on every address', { HOST: '0.0.0.0', BASE_URL: 'http://127.0.0.1:8080' }, ['HOST']],
  ['the embedded issuer on a public address', { HOST: '10.0.0.1' }, ['HOST', 'BASE_URL']],
  ['the embedded issuer on a name that only looks like loopback', { HOST: '127.0.0.1.evil.example' }, ['HOST', 'BASE_URL']],
  ['the embedded issuer behind a public name', { BASE_URL: 'https://gateway.example' }, ['BASE_URL']],
  ['every address without a base', { ...compose, BASE_URL: '' }, ['BASE_URL']],
  ['a base with a query', { BASE_URL: 'http://localhost:8080?x=1' }, ['BASE_URL']],
  ['a base that is a file', { BASE_URL: 'file:///etc' }, ['BASE_URL']],
  ['another database', { DATABASE_URL: 'mysql://db/x' }, ['DATABASE_URL']],
  ['an issuer without TLS', { OIDC_ISSUER: 'http://issuer.example' }, ['OIDC_ISSUER']],
  ['a shared-secret algorithm', { OIDC_ALGORITHMS: 'ES384,HS256' }, ['OIDC_ALGORITHMS']],
  ['no algorithm at all', { OIDC_ALGORITHMS: 'none' }, ['OIDC_ALGORITHMS']],
  ['neither true nor false', { DEMO: 'yes' }, ['DEMO']],
  ['the demo with an issuer that knows none of its people', { OIDC_ISSUER: 'https://issuer.example', DEMO: 'true' }, ['DEMO']],
  ['an unknown level', { LOG_LEVEL: 'loud' }, ['LOG_LEVEL']],
  ['a log name with a space', { ONESTORY_AUDIT_ORIGIN: 'our log' }, ['ONESTORY_AUDIT_ORIGIN']],
  ['a key named twice', { ONESTORY_AUDIT_KEY_FILES: 'a.pem,a.pem' }, ['ONESTORY_AUDIT_KEY_FILES']],
  ['emergency access of a minute', { ONESTORY_EMERGENCY_MINUTES: '1' }, ['ONESTORY_EMERGENCY_MINUTES']],
  ['checkpoints less than hourly', { ONESTORY_CHECKPOINT_MINUTES: '61' }, ['ONESTORY_CHECKPOINT_MINUTES']],
  ['a checkpoint posted in the clear', { ONESTORY_CHECKPOINT_HOOKS: 'http://a.example/log' }, ['ONESTORY_CHECKPOINT_HOOKS']],
  ['a witness whose key is not one', { ONESTORY_CHECKPOINT_WITNESSES: 'https://w.example#w+00000000+AAAA' }, ['ONESTORY_CHECKPOINT_WITNESSES']],
  ['a limit of nothing', { ONESTORY_MAX_BODY_BYTES: '0' }, ['ONESTORY_MAX_BODY_BYTES']],
  ['a misspelt setting of ours', { ONESTORY_MAX_BODYBYTES: '5' }, ['ONESTORY_MAX_BODYBYTES']],
])('refused: %s', (_title, env, fields) => {
  expect(wrong(env)).toEqual(fields);
});

it('all mistakes are reported together', () => {
  expect(wrong({ PORT: 'x', DEMO: 'x', LOG_LEVEL: 'x', ONESTORY_X: 'x' })).toEqual(['PORT', 'DEMO', 'LOG_LEVEL', 'ONESTORY_X']);
});

it('no value is ever quoted, for some are secrets', () => {
  expect(JSON.stringify(readConfig({ DATABASE_URL: 'mysql://user:canary@db/x', BASE_URL: 'http://user:canary@localhost', PORT: 'canary' }))).not.toContain('canary');
});

it('what was read cannot be changed', () => {
  const config = read({});
  expect(Object.isFrozen(config) && Object.isFrozen(config.issuer) && Object.isFrozen(config.issuer.algorithms) && Object.isFrozen(config.limits)).toBe(true);
});

describe('the viewer\'s client at an external issuer', () => {
  it('is named with a secret or a key, and asks for reading', () => {
    expect(read({ ...compose, OIDC_CLIENT_ID: 'viewer', OIDC_CLIENT_SECRET: 's' })).toMatchObject({ viewerClient: { clientId: 'viewer', secret: 's', keyFile: null, scope: 'openid offline_access user/*.rs' } });
    expect(read({ ...compose, OIDC_CLIENT_ID: 'viewer', OIDC_CLIENT_KEY_FILE: 'key.json' })).toMatchObject({ viewerClient: { secret: null, keyFile: resolve('key.json') } });
  });

  it('is refused with both or neither, without a name, beside the embedded issuer, and without TLS off this machine', () => {
    expect(wrong({ ...compose, OIDC_CLIENT_ID: 'viewer' })).toEqual(['OIDC_CLIENT_ID']);
    expect(wrong({ ...compose, OIDC_CLIENT_ID: 'viewer', OIDC_CLIENT_SECRET: 's', OIDC_CLIENT_KEY_FILE: 'k' })).toEqual(['OIDC_CLIENT_ID']);
    expect(wrong({ ...compose, OIDC_CLIENT_SECRET: 's' })).toEqual(['OIDC_CLIENT_SECRET']);
    expect(wrong({ OIDC_CLIENT_ID: 'viewer', OIDC_CLIENT_SECRET: 's' })).toEqual(['OIDC_CLIENT_ID']);
    expect(wrong({ ...compose, BASE_URL: 'http://gateway.example', OIDC_CLIENT_ID: 'viewer', OIDC_CLIENT_SECRET: 's' })).toEqual(['BASE_URL']);
  });
});

it('hosts of notifications are names or addresses, with a port or without', () => {
  expect(read({ ONESTORY_HOOK_HOSTS: 'Hooks.internal:9000, 10.0.0.7 [::1]:81' })).toMatchObject({ hookHosts: ['hooks.internal:9000', '10.0.0.7', '[::1]:81'] });
  for (const hosts of ['https://hooks.internal', 'hooks.internal/path', '-x', 'a,b c!']) expect(wrong({ ONESTORY_HOOK_HOSTS: hosts })).toEqual(['ONESTORY_HOOK_HOSTS']);
});

import { createHmac } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, SignJWT, type JWTPayload } from 'jose';
import { issuerKeyFile, publicKey, readKey, type PrivateKey } from '../../../src/edge/http/oauth/issuer-keys.ts';
import { databases } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { askAudited } from './asking.ts';

/** A token as the embedded issuer makes them, with something wrong about it. */
interface Forger {
  home: PrivateKey;
  good: JWTPayload;
  header: { alg: string; kid: string; typ: string };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function signed({ home, good, header }: Forger, claims: JWTPayload, more: object = {}): Promise<string> {
  return new SignJWT({ ...good, ...claims }).setProtectedHeader({ ...header, ...more }).sign(await importJWK(home, 'ES384'));
}

const hour = 3600;
const now = (): number => Math.floor(Date.now() / 1000);

const forgeries: [name: string, code: string, forge: (forger: Forger) => Promise<string>][] = [
  ['expired', 'token-expired', (forger) => signed(forger, { iat: now() - 2 * hour, exp: now() - hour })],
  ['not valid yet', 'token-invalid', (forger) => signed(forger, { nbf: now() + hour })],
  ['issued in the future', 'token-invalid', (forger) => signed(forger, { iat: now() + hour, exp: now() + 2 * hour })],
  ['for another audience', 'token-invalid', (forger) => signed(forger, { aud: 'https://sibling.example/fhir' })],
  ['of another issuer', 'token-invalid', (forger) => signed(forger, { iss: 'https://issuer.example' })],
  ['an ID token', 'token-invalid', (forger) => signed(forger, {}, { typ: 'JWT' })],
  ['with an unknown crit', 'token-invalid', ({ home, good, header }) => unknownCrit(home, good, header)],
  ['without an organisation', 'token-claims', (forger) => signed(forger, { organisation: undefined })],
  ['with a role nobody has', 'token-claims', (forger) => signed(forger, { role: 'administrator-of-everything' })],
  ['unsigned', 'token-invalid', ({ good }) => Promise.resolve(`${part({ alg: 'none', typ: 'at+jwt' })}.${part(good)}.`)],
  ['signed with the public key as a secret', 'token-invalid', ({ home, good, header }) => {
    const body = `${part({ ...header, alg: 'HS256' })}.${part(good)}`;
    return Promise.resolve(`${body}.${createHmac('sha256', JSON.stringify(publicKey(home))).update(body).digest('base64url')}`);
  }],
  ['signed with another key under the issuer\'s key id', 'token-invalid', async ({ good, header }) => {
    const { privateKey } = await generateKeyPair('ES384');
    return new SignJWT(good).setProtectedHeader(header).sign(privateKey);
  }],
  ['that brings its own key', 'token-invalid', async ({ good, header }) => {
    const { privateKey, publicKey: own } = await generateKeyPair('ES384', { extractable: true });
    return new SignJWT(good).setProtectedHeader({ alg: 'ES384', typ: header.typ, jwk: await exportJWK(own) }).sign(privateKey);
  }],
  ['whose role was changed', 'token-invalid', async (forger) => {
    const [head = '', , signature = ''] = (await signed(forger, {})).split('.');
    return `${head}.${part({ ...forger.good, role: 'governance' })}.${signature}`;
  }],
];

/** jose refuses to sign what it would not verify, so the header is put together by hand. */
async function unknownCrit(home: PrivateKey, good: JWTPayload, header: object): Promise<string> {
  const { sign, createPrivateKey } = await import('node:crypto');
  const body = `${part({ ...header, crit: ['mystery'], mystery: true })}.${part(good)}`;
  const key = createPrivateKey({ key: { ...home }, format: 'jwk' });
  return `${body}.${sign('sha384', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

describe.each(databases.slice(0, 1))('a token', ({ open }) => {
  let gateway: Gateway;
  let forger: Forger;
  beforeAll(async () => {
    gateway = await startGateway(await open());
    const home = await readKey(issuerKeyFile(gateway.dataDir));
    const token = await gateway.token('ward-doctor');
    const { alg, kid, typ } = decodeProtectedHeader(token);
    if (!home || alg === undefined || kid === undefined || typ === undefined) throw new Error('no issuer key');
    forger = { home, good: decodeJwt(token), header: { alg, kid, typ } };
  });
  afterAll(() => gateway.close());

  it('as the issuer makes it is accepted, so that the others are refused for what is wrong with them', async () => {
    const { answer } = await askAudited(gateway, { path: '/fhir/Organization', headers: { Authorization: `Bearer ${await signed(forger, {})}` } });
    expect(answer.status).toBe(200);
  });

  it.each(forgeries)('%s is refused with %s, and written down once without saying who', async (_, code, forge) => {
    const { answer, entries, code: told } = await askAudited(gateway, { path: '/fhir/Patient', headers: { Authorization: `Bearer ${await forge(forger)}` } });
    expect([answer.status, told]).toEqual([401, code]);
    expect(entries.map(({ status, code: written, who, disclosed }) => [status, written, who.client, disclosed])).toEqual([[401, code, 'unauthenticated', []]]);
  });
});

import { createHmac, createPublicKey, KeyObject, sign as rawSign } from 'node:crypto';
import type { CryptoKey, JWK } from 'jose';

/** What malformed tokens are made from: an issuer's key, and somebody else's. */
export interface Forge {
  header: Record<string, unknown> & { kid: string };
  claims: Record<string, unknown>;
  /** the issuer's, ES384 */
  home: CryptoKey;
  homePublic: CryptoKey;
  homeJwk: JWK;
  attacker: CryptoKey;
  attackerJwk: JWK;
}

const b64 = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url');
const json = (value: unknown): string => b64(JSON.stringify(value));

/** A token signed over whatever its first two parts are: what no library would sign. */
export function signed(first: string, second: string, key: CryptoKey, form: 'ieee-p1363' | 'der' = 'ieee-p1363'): string {
  return `${first}.${second}.${rawSign('sha384', Buffer.from(`${first}.${second}`), { key: KeyObject.from(key), dsaEncoding: form }).toString('base64url')}`;
}

/** Tokens that are none, by what is wrong with them. Where it helps, they are signed by the issuer itself: the signature is then not why they are refused. */
export function malformedTokens({ header, claims, home, homePublic, homeJwk, attacker, attackerJwk }: Forge): [what: string, token: string][] {
  const [h, p] = [json(header), json(claims)];
  const good = signed(h, p, home);
  const signature = good.slice(good.lastIndexOf('.') + 1);
  const bytes = Buffer.from(signature, 'base64url');
  const withHeader = (changed: object, key = home): string => signed(json({ ...header, ...changed }), p, key);
  const rawHeader = (text: string | Uint8Array, key = home): string => signed(b64(text), p, key);
  const rawClaims = (text: string | Uint8Array): string => signed(h, b64(text), home);
  const withSignature = (changed: Uint8Array): string => `${h}.${p}.${b64(changed)}`;
  const [half, zeros] = [bytes.length / 2, Buffer.alloc(bytes.length)];
  const pem = createPublicKey({ key: homeJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const der = KeyObject.from(homePublic).export({ type: 'spki', format: 'der' });
  const shared: [string, string | Buffer][] = [['PEM', pem], ['PEM without its last line break', String(pem).trim()], ['PEM after a line break', `\n${String(pem)}`], ['DER', der], ['JWK', JSON.stringify(homeJwk)], ['x', Buffer.from(homeJwk.x ?? '', 'base64url')], ['nothing', '']];
  const unsigned = ['none', 'None', 'nOnE', 'NONE', '', 'null', 'none\u0000', ' none'];
  const algorithms: unknown[] = ['ES256', 'ES512', 'ES256K', 'RS256', 'RS384', 'PS384', 'EdDSA', 'Ed25519', 'es384', 'ES384 ', 'ES384\u0000', '\u0415S384', 'ES384\u200b', 'dir', 'A256GCM', 'ECDH-ES', ['ES384'], { ES384: 1 }, 384, null, true, undefined, '__proto__', 'constructor'];
  const kids: unknown[] = ['', '../../etc/passwd', "' or 1=1 --", '__proto__', 'constructor', '\u0000', `${header.kid}\u0000`, ` ${header.kid}`, header.kid.toUpperCase(), 'k'.repeat(3000)];
  return [
    ...unsigned.flatMap((alg): [string, string][] => [[`alg ${JSON.stringify(alg)}, no signature`, `${json({ ...header, alg })}.${p}.`], [`alg ${JSON.stringify(alg)}, our signature`, `${json({ ...header, alg })}.${p}.${signature}`], [`alg ${JSON.stringify(alg)}, signed`, withHeader({ alg })]]),
    ...shared.flatMap(([what, secret]): [string, string][] => ['HS256', 'HS384', 'HS512'].map((alg) => {
      const input = `${json({ ...header, alg })}.${p}`;
      return [`${alg} with our public key as the secret: ${what}`, `${input}.${createHmac(alg.replace('HS', 'sha'), secret).update(input).digest('base64url')}`];
    })),
    ...algorithms.map((alg): [string, string] => [`signed, alg ${JSON.stringify(alg)}`, withHeader({ alg })]),
    ...kids.map((kid, index): [string, string] => [`kid ${index}`, withHeader({ kid })]),
    ...[['exp'], ['b64'], ['alg'], ['kid', 'kid'], [], [''], [1], 'exp', null, {}, ['x5c'], ['http://example.test/UNDEFINED']].map((crit, index): [string, string] => [`crit ${index}`, withHeader({ crit, 'http://example.test/UNDEFINED': true })]),
    ['b64 false, critical', signed(json({ ...header, b64: false, crit: ['b64'] }), p, home)], ['b64 false over bare claims', `${json({ ...header, b64: false, crit: ['b64'] })}.${JSON.stringify(claims)}.${signature}`],
    ['brings its key', withHeader({ jwk: attackerJwk }, attacker)], ['brings its key without kid', withHeader({ jwk: attackerJwk, kid: undefined }, attacker)], ['brings its key under its own kid', withHeader({ jwk: attackerJwk, kid: attackerJwk.kid }, attacker)],
    ['names where its key is', withHeader({ jku: 'https://evil.example/jwks' }, attacker)], ['names where its certificate is', withHeader({ x5u: 'https://evil.example/c' }, attacker)], ['brings a certificate', withHeader({ x5c: ['MIIB'] }, attacker)], ['names a thumbprint', withHeader({ x5t: 'x', 'x5t#S256': 'y' }, attacker)],
    ['signed by somebody else', signed(h, p, attacker)],
    ...['JWT', 'at+jwt2', 'logout+jwt', 'JOSE', '', 7, null, ['at+jwt'], undefined].map((typ): [string, string] => [`typ ${JSON.stringify(typ)}`, withHeader({ typ })]),
    ['two alg, the last none', `${b64(`{"alg":"ES384","typ":"at+jwt","kid":"${header.kid}","alg":"none"}`)}.${p}.`], ['two alg, the first none, our signature', `${b64(`{"alg":"none","typ":"at+jwt","kid":"${header.kid}","alg":"ES384"}`)}.${p}.${signature}`], ['alg written in escapes, none', `${b64(`{"\\u0061lg":"none","typ":"at+jwt"}`)}.${p}.`],
    ...['null', '[]', '"x"', '7', '', '{', '{}', '{"alg":"ES384"', `{"alg":"ES384",}`, `${JSON.stringify(header)}x`, `${'['.repeat(2000)}${']'.repeat(2000)}`].map((text, index): [string, string] => [`header ${index}`, rawHeader(text)]),
    ['a header that is not UTF-8', rawHeader(Buffer.concat([Buffer.from('{"alg":"ES384","x":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]))], ['a header of seven thousand letters', withHeader({ x: 'x'.repeat(5300) }, attacker)], ['a header of seventy thousand letters', withHeader({ x: 'x'.repeat(52_000) })],
    ...['null', '[]', '"x"', '7', '', '{', `${JSON.stringify(claims)}x`, `[${JSON.stringify(claims)}]`, `\ufeff `, good].map((text, index): [string, string] => [`claims ${index}`, rawClaims(text)]),
    ['claims that are not UTF-8', rawClaims(Buffer.from([0x7b, 0xff, 0x7d]))],
    ['an empty signature', `${h}.${p}.`], ['no signature', `${h}.${p}`], ['no claims', `${h}..${signature}`], ['no header', `.${p}.${signature}`], ['dots', '..'], ['nothing but a header', h], ['a dot more', `${good}.`], ['a dot before', `.${good}`], ['two signatures', `${good}.${signature}`], ['a token of five parts', `${h}.${p}.${p}.${p}.${signature}`],
    ['JSON serialisation', JSON.stringify({ payload: p, protected: h, signature })], ['general JSON serialisation', JSON.stringify({ payload: p, signatures: [{ protected: h, signature }] })],
    ['zeros for a signature (CVE-2022-21449)', withSignature(zeros)], ['r is zero', withSignature(Buffer.concat([zeros.subarray(half), bytes.subarray(half)]))], ['s is zero', withSignature(Buffer.concat([bytes.subarray(0, half), zeros.subarray(half)]))], ['ones for a signature', withSignature(zeros.fill(0xff))],
    ['r and s swapped', withSignature(Buffer.concat([bytes.subarray(half), bytes.subarray(0, half)]))], ['a signature in DER', signed(h, p, home, 'der')], ['a byte short', withSignature(bytes.subarray(1))], ['a byte short at the end', withSignature(bytes.subarray(0, -1))], ['a byte long', withSignature(Buffer.concat([bytes, Buffer.from([0])]))], ['a zero before', withSignature(Buffer.concat([Buffer.from([0]), bytes]))], ['half', withSignature(bytes.subarray(0, half))], ['twice', withSignature(Buffer.concat([bytes, bytes]))], ['one bit turned', withSignature(Buffer.from(bytes.map((byte, at) => (at === 7 ? byte ^ 1 : byte))))],
    ['padding', `${good}==`], ['percent signs', `${good}%3D`], ['plus and slash', `${h}.${p}.${bytes.toString('base64').replace(/[A-Z]/, '+')}`], ['a line break inside', `${h}.${p}.${signature.slice(0, 9)}\n${signature.slice(9)}`], ['a space inside', `${h}. ${p}.${signature}`], ['a letter nobody writes', `${h}.${p}.${signature.slice(1)}\u00e9`], ['full-width dots', `${h}\uff0e${p}\uff0e${signature}`], ['a letter cut off the claims', `${h}.${p.slice(0, -1)}.${signature}`], ['a letter added to the claims', `${h}.${p}A.${signature}`],
    ['claims of another token', `${h}.${json({ ...claims, role: 'governance' })}.${signature}`], ['quotes around', `"${good}"`], ['a token twice', `${good} ${good}`], ['a list of tokens', `${good},${good}`],
  ];
}

import { createPublicKey } from 'node:crypto';
import { exportJWK } from 'jose';
import { createTokenVerifier } from '../../../src/edge/http/oauth/verify-token.ts';
import { malformedTokens, signed } from './malformed-tokens.ts';
import { audience, goodClaims, goodHeader, issuer, now, sign, syntheticIssuer, type SyntheticIssuer } from './synthetic-issuer.ts';

let [home, second, attacker, rsa] = [] as unknown as [SyntheticIssuer, SyntheticIssuer, SyntheticIssuer, SyntheticIssuer];
beforeAll(async () => {
  [home, second, attacker, rsa] = await Promise.all([syntheticIssuer(), syntheticIssuer(), syntheticIssuer(), syntheticIssuer('RS256')]);
});

const verifier = (keys: SyntheticIssuer['jwks']['keys'], ...algorithms: string[]) => createTokenVerifier({ issuer, audience, algorithms, jwks: { keys }, clock: () => now });
const oneAnswer = { problem: { category: 'unauthenticated', code: 'token-invalid', text: 'The bearer token is not one this gateway accepts.', expected: 'Authorization: Bearer <access token>, by an issuer this gateway accepts, for this gateway', fix: 'Ask the issuer named in .well-known/smart-configuration for a new access token.' } };

it('every malformed token is refused with the one same answer', async () => {
  const homeJwk = await exportJWK(home.publicKey);
  const forge = { header: goodHeader, claims: goodClaims, home: home.privateKey, homePublic: home.publicKey, homeJwk, attacker: attacker.privateKey, attackerJwk: { ...(await exportJWK(attacker.publicKey)), kid: 'attacker' } };
  const verify = verifier(home.jwks.keys, 'ES384');
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  expect(await verify(`Bearer ${signed(part(goodHeader), part(goodClaims), home.privateKey)}`)).toHaveProperty('requester');
  const tokens = malformedTokens(forge);
  expect(tokens.length).toBeGreaterThan(150);
  expect(new Set(tokens.map(([what]) => what)).size).toBe(tokens.length);
  const answers = await Promise.all(tokens.map(async ([what, token]) => [what, await verify(`Bearer ${token}`)] as const));
  expect(answers.filter(([, answer]) => JSON.stringify(answer) !== JSON.stringify(oneAnswer))).toEqual([]);
});

it.each(['Bearer\t', 'Bearer:', 'Bearer=', 'Token ', 'DPoP ', 'Basic ', 'Bearer Bearer ', 'Bearer "', ''])('whatever is not the scheme is refused so too: %j', async (scheme) => {
  expect(await verifier(home.jwks.keys, 'ES384')(`${scheme}${await sign(home.privateKey)}`)).toEqual(oneAnswer);
});

it('a key signs under its own name alone', async () => {
  const keys = [...home.jwks.keys, ...second.jwks.keys.map((key) => ({ ...key, kid: 'key-2' }))];
  const verify = verifier(keys, 'ES384');
  expect(await verify(`Bearer ${await sign(second.privateKey, {}, { kid: 'key-2' })}`)).toHaveProperty('requester');
  expect(await verify(`Bearer ${await sign(second.privateKey)}`)).toEqual(oneAnswer);
  expect(await verify(`Bearer ${await sign(home.privateKey, {}, { kid: 'key-2' })}`)).toEqual(oneAnswer);
});

it('a signature of RSA has its exact length and its own padding', async () => {
  const verify = verifier(rsa.jwks.keys, 'RS256', 'PS256');
  const good = await sign(rsa.privateKey, {}, { alg: 'RS256' });
  expect(await verify(`Bearer ${good}`)).toHaveProperty('requester');
  const [header = '', claims = '', signature = ''] = good.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const modulus = Buffer.from(createPublicKey({ key: await exportJWK(rsa.publicKey), format: 'jwk' }).export({ format: 'jwk' }).n ?? '', 'base64url');
  const changed = [Buffer.concat([Buffer.from([0]), bytes]), Buffer.concat([bytes, Buffer.from([0])]), bytes.subarray(1), Buffer.alloc(256), Buffer.alloc(256, 0xff), modulus, Buffer.from([1])];
  for (const each of changed) expect(await verify(`Bearer ${header}.${claims}.${each.toString('base64url')}`)).toEqual(oneAnswer);
  const other = Buffer.from(JSON.stringify({ ...goodHeader, alg: 'PS256' })).toString('base64url');
  expect(await verify(`Bearer ${other}.${claims}.${signature}`)).toEqual(oneAnswer);
});

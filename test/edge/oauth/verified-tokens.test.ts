import { createVerifiedTokens } from '../../../src/edge/http/oauth/verified-tokens.ts';
import { createTokenVerifier } from '../../../src/edge/http/oauth/verify-token.ts';
import type { Requester } from '../../../src/fhir/sharing.ts';
import { audience, epoch, issuer, now, sign, syntheticIssuer } from './synthetic-issuer.ts';

const requester: Requester = {
  client: 'c', token: 't', organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', organisationName: 'Trust', role: 'integration', purpose: 'HOPERAT', scopes: [],
};
const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

it.each([
  ['as long as the token lasts', 60, 59, true],
  ['not past the end of the token', 60, 60, false],
  ['not past five minutes, however long the token lasts', 3600, 300, false],
  ['up to five minutes', 3600, 299, true],
])('a verified token is known %s', (_, lastsSeconds, askedAfter, known) => {
  const tokens = createVerifiedTokens();
  tokens.keep('a.b.c', requester, at(lastsSeconds).getTime(), now);
  expect(tokens.find('a.b.c', at(askedAfter)) !== undefined).toBe(known);
});

it('a token that differs in one character is not known', () => {
  const tokens = createVerifiedTokens();
  tokens.keep('a.b.c', requester, at(60).getTime(), now);
  expect(tokens.find('a.b.d', now)).toBeUndefined();
});

it('memory stays bounded: the oldest of ten thousand tokens are forgotten', () => {
  const tokens = createVerifiedTokens();
  for (let i = 0; i <= 10_000; i += 1) tokens.keep(`a.b.${i}`, requester, at(60).getTime(), now);
  expect([tokens.find('a.b.0', now), tokens.find('a.b.1', now)]).toEqual([undefined, requester]);
});

it('a token asked for again after its end is refused as expired, though it was known', async () => {
  const home = await syntheticIssuer();
  let time = now;
  const verify = createTokenVerifier({ issuer, audience, algorithms: ['ES384'], jwks: home.jwks, clock: () => time });
  const header = `Bearer ${await sign(home.privateKey, { exp: epoch + 100 })}`;
  const before = await verify(header);
  time = at(161);
  const after = await verify(header);
  expect(['requester' in before, 'problem' in after && after.problem.code]).toEqual([true, 'token-expired']);
});

import { exportJWK, exportSPKI, SignJWT } from 'jose';

import { challengeFor } from '../../../src/edge/http/oauth/challenge.ts';
import { createTokenVerifier } from '../../../src/edge/http/oauth/verify-token.ts';
import type { TokenVerifier, VerifiedToken } from '../../../src/edge/http/oauth/verify-token.ts';
import { audience, epoch, forge, goodClaims, goodHeader, issuer, now, sign, syntheticIssuer } from './synthetic-issuer.ts';
import type { SyntheticIssuer } from './synthetic-issuer.ts';

let home: SyntheticIssuer;
let rsa: SyntheticIssuer;
let attacker: SyntheticIssuer;
let verify: TokenVerifier;

beforeAll(async () => {
  home = await syntheticIssuer();
  rsa = await syntheticIssuer('RS256');
  attacker = await syntheticIssuer();
  verify = createTokenVerifier({ issuer, audience, algorithms: ['ES384'], jwks: home.jwks, clock: () => now });
});

const bearer = (token: string): string => `Bearer ${token}`;
const codeOf = (answer: VerifiedToken): string => ('problem' in answer ? answer.problem.code : 'accepted');

describe('a good token says who asks', () => {
  it('of a person', async () => {
    expect(await verify(bearer(await sign(home.privateKey)))).toEqual({
      requester: {
        client: 'ward-doctor', token: 'token-1', person: { id: 'ward-doctor', name: 'Dr Synthetic' },
        organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', organisationName: 'University Hospitals Birmingham',
        role: 'doctor', purpose: 'TREAT', scopes: ['user/*.rs'],
      },
    });
  });

  it('of a system, which is nobody in person', async () => {
    const claims = { sub: 'uhb-adt', client_id: 'uhb-adt', role: 'integration', purpose: 'HSYSADMIN', scope: 'system/Task.rs intake', name: undefined };
    expect(await verify(bearer(await sign(home.privateKey, claims)))).toEqual({
      requester: {
        client: 'uhb-adt', token: 'token-1', organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK',
        organisationName: 'University Hospitals Birmingham', role: 'integration', purpose: 'HSYSADMIN', scopes: ['system/Task.rs', 'intake'],
      },
    });
  });

  it.each(['bearer', 'BEARER', 'Bearer '])('whatever the case of the scheme: %s', async (scheme) => {
    expect(codeOf(await verify(`${scheme} ${await sign(home.privateKey)}`))).toBe('accepted');
  });

  it('of nobody who may do anything, where no scope was granted', async () => {
    const answer = await verify(bearer(await sign(home.privateKey, { scope: undefined })));
    expect('requester' in answer && answer.requester.scopes).toEqual([]);
  });
});

describe('no token, no entry (A1)', () => {
  it.each([undefined, '', '   '])('%j', async (header) => {
    expect(codeOf(await verify(header))).toBe('token-missing');
  });

  it.each(['Bearer', 'Bearer ', 'Bearer null', 'Bearer undefined', 'Basic dXNlcjpwYXNz', 'Bearer a.b', 'Bearer a.b.c.d', 'Bearer ..', 'Bearer a b c'])('%j', async (header) => {
    expect(codeOf(await verify(header))).toBe('token-invalid');
  });
});

describe('a token nobody trusted signed is refused', () => {
  it.each(['none', 'None', 'NONE', ''])('unsigned, alg %j (A2)', async (alg) => {
    const [, payload] = (await sign(home.privateKey)).split('.');
    const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    for (const signature of ['', 'AAAA']) expect(codeOf(await verify(bearer(forge({ ...goodHeader, alg }, claims, signature))))).toBe('token-invalid');
  });

  it('with the signature cut off (A2)', async () => {
    const token = await sign(home.privateKey);
    expect(codeOf(await verify(bearer(token.slice(0, token.lastIndexOf('.') + 1))))).toBe('token-invalid');
    expect(codeOf(await verify(bearer(token.slice(0, token.lastIndexOf('.')))))).toBe('token-invalid');
  });

  it.each(['', ' ', '\n  '])('with our public key as a shared secret, PEM after %j (A3)', async (before) => {
    const pem = await exportSPKI(home.publicKey);
    for (const secret of [`${before}${pem}`, `${before}${pem.trim()}`, JSON.stringify(home.jwks.keys[0])]) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        expect(codeOf(await verify(bearer(await sign(new TextEncoder().encode(secret), {}, { alg }))))).toBe('token-invalid');
      }
    }
  });

  it('with an RSA public key as a shared secret, where RS256 is accepted (A3)', async () => {
    const accepting = createTokenVerifier({ issuer, audience, algorithms: ['RS256'], jwks: rsa.jwks, clock: () => now });
    expect(codeOf(await accepting(bearer(await sign(rsa.privateKey, {}, { alg: 'RS256' }))))).toBe('accepted');
    const secret = new TextEncoder().encode(await exportSPKI(rsa.publicKey));
    expect(codeOf(await accepting(bearer(await sign(secret, {}, { alg: 'HS256' }))))).toBe('token-invalid');
  });

  it('with an algorithm the issuer is not listed for', async () => {
    const both = { keys: [...home.jwks.keys, ...rsa.jwks.keys.map((key) => ({ ...key, kid: 'rsa' }))] };
    const narrow = createTokenVerifier({ issuer, audience, algorithms: ['ES384'], jwks: both, clock: () => now });
    expect(codeOf(await narrow(bearer(await sign(rsa.privateKey, {}, { alg: 'RS256', kid: 'rsa' }))))).toBe('token-invalid');
  });

  it('with a key the token brings itself, as jwk, jku or x5u (A4)', async () => {
    const jwk = await exportJWK(attacker.publicKey);
    for (const header of [{ jwk }, { jwk, kid: undefined }, { jku: 'https://evil.example/jwks' }, { x5u: 'https://evil.example/cert' }]) {
      expect(codeOf(await verify(bearer(await sign(attacker.privateKey, {}, header))))).toBe('token-invalid');
    }
  });

  it.each(['../../etc/passwd', "' or 1=1 --", '', 'key-2', '__proto__', '\u0000', 'k'.repeat(5000), 'k'.repeat(1_000_000)])('under a made-up key id (A5) %#', async (madeUp) => {
    expect(codeOf(await verify(bearer(await sign(attacker.privateKey, {}, { kid: madeUp }))))).toBe('token-invalid');
  });

  it('under the right key id with another key (A5)', async () => {
    expect(codeOf(await verify(bearer(await sign(attacker.privateKey))))).toBe('token-invalid');
  });

  it.each(['exp', 'unheard-of'])('with a critical header it does not know, although the issuer signed it: %s (A6)', async (name) => {
    const token = await new SignJWT(goodClaims).setProtectedHeader({ ...goodHeader, crit: [name], [name]: 1 }).sign(home.privateKey, { crit: { [name]: true } });
    expect(codeOf(await verify(bearer(token)))).toBe('token-invalid');
  });

  it('with an unencoded payload (A6)', async () => {
    const token = forge({ ...goodHeader, crit: ['b64'], b64: false }, goodClaims, 'AAAA');
    expect(codeOf(await verify(bearer(token)))).toBe('token-invalid');
  });

  it('after its claims were changed', async () => {
    const token = await sign(home.privateKey);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const raised = Buffer.from(JSON.stringify({ ...claims, role: 'governance' })).toString('base64url');
    expect(codeOf(await verify(bearer(`${header}.${raised}.${signature}`)))).toBe('token-invalid');
  });
});

describe('a token outside its time is refused (A7)', () => {
  it.each([
    ['expired beyond the skew', { exp: epoch - 61 }, 'token-expired'],
    ['expired within the skew', { exp: epoch - 59 }, 'accepted'],
    ['not yet valid beyond the skew', { nbf: epoch + 61 }, 'token-invalid'],
    ['not yet valid within the skew', { nbf: epoch + 59 }, 'accepted'],
    ['issued in the future', { iat: epoch + 61 }, 'token-invalid'],
    ['issued within the skew', { iat: epoch + 59 }, 'accepted'],
    ['without an end', { exp: undefined }, 'token-invalid'],
    ['without a beginning', { iat: undefined }, 'token-invalid'],
    ['with an end that is no number', { exp: 'never' as unknown as number }, 'token-invalid'],
  ])('%s', async (_title, claims, code) => {
    expect(codeOf(await verify(bearer(await sign(home.privateKey, claims))))).toBe(code);
  });
});

describe('a token meant for somebody else is refused (A8)', () => {
  it.each([
    ['another audience', { aud: 'https://other.example/fhir' }, {}],
    ['an audience that begins like ours', { aud: `${audience}/x` }, {}],
    ['no audience', { aud: undefined }, {}],
    ['another issuer', { iss: 'https://issuer.example.evil.example' }, {}],
    ['the issuer with a slash', { iss: `${issuer}/` }, {}],
    ['no issuer', { iss: undefined }, {}],
    ['an ID token', {}, { typ: 'JWT' }],
    ['a token without a type', {}, { typ: undefined }],
    ['a logout token', {}, { typ: 'logout+jwt' }],
    ['a token without an id', { jti: undefined }, {}],
    ['a token without a client', { client_id: undefined }, {}],
    ['a token without a subject', { sub: undefined }, {}],
  ])('%s', async (_title, claims, header) => {
    expect(codeOf(await verify(bearer(await sign(home.privateKey, claims, header))))).toBe('token-invalid');
  });

  it('a token of a sibling issuer under the same key id', async () => {
    expect(codeOf(await verify(bearer(await sign(attacker.privateKey, { iss: 'https://sibling.example' }))))).toBe('token-invalid');
  });
});

describe('a token that does not say who asks is refused', () => {
  it.each([
    ['unknown role', { role: 'wizard' }],
    ['two roles', { role: ['doctor', 'governance'] }],
    ['no role', { role: undefined }],
    ['unknown purpose', { purpose: 'MARKETING' }],
    ['no purpose', { purpose: undefined }],
    ['organisation without a system', { organisation: 'RRK' }],
    ['organisation with two values', { organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK|QHL' }],
    ['organisation with a blank', { organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|R RK' }],
    ['no organisation', { organisation: undefined }],
    ['no name of the organisation', { organisation_name: undefined }],
    ['a person without a name', { name: undefined }],
    ['a system with a name', { role: 'integration' }],
    ['a name with a line break', { name: 'Dr\r\nX-Evil: 1' }],
    ['a name of two thousand letters', { name: 'x'.repeat(2000) }],
    ['scopes that are no list', { scope: 7 }],
    ['scopes with a quote', { scope: 'user/*.rs "x"' }],
    ['a thousand scopes', { scope: Array.from({ length: 1000 }, (_, index) => `s${index}`).join(' ') }],
    ['an empty client', { client_id: ' ' }],
  ])('%s', async (_title, claims) => {
    expect(codeOf(await verify(bearer(await sign(home.privateKey, claims))))).toBe('token-claims');
  });
});

describe('a refusal', () => {
  it('says the same sentence whatever was wrong with the token', async () => {
    const answers = await Promise.all([
      verify(bearer(await sign(attacker.privateKey))), verify(bearer(await sign(home.privateKey, { aud: 'https://other.example' }))),
      verify('Bearer null'), verify(bearer(forge({ alg: 'none' }, goodClaims, ''))),
    ]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('challenges for a token, and names an error only where one was sent (RFC 6750)', async () => {
    const challenges = await Promise.all([undefined, 'Bearer null'].map(async (header) => {
      const answer = await verify(header);
      return 'problem' in answer ? challengeFor(answer.problem) : null;
    }));
    expect(challenges).toEqual(['Bearer realm="onestory"', 'Bearer realm="onestory", error="invalid_token"']);
  });

  it('quotes nothing of the token', async () => {
    const answer = await verify(bearer(await sign(home.privateKey, { role: 'canary-role' })));
    expect(JSON.stringify(answer)).not.toContain('canary');
  });
});

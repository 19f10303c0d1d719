import { generateKeyPairSync } from 'node:crypto';
import { checkClient, checkClientKeys, type ClientAsk } from '../../src/flow/partners/check-client.ts';

const ec = (curve = 'P-384') => generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'jwk' });
const rsa = (modulusLength: number, publicExponent = 65_537) => generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' });
const good = { ...ec(), kid: 'one' };
const codeOf = (keys: unknown): string => {
  const checked = checkClientKeys(keys);
  return 'problem' in checked ? checked.problem.code : 'taken';
};

describe('keys of a client', () => {
  it('are kept in one form, whatever else was said of them', () => {
    expect(checkClientKeys({ keys: [{ ...good, key_ops: ['verify'], x5u: 'https://evil.example' }] })).toEqual({ keys: [{ kid: 'one', jwk: JSON.stringify({ kty: 'EC', crv: 'P-384', x: good.x, y: good.y, kid: 'one', use: 'sig', alg: 'ES384' }) }] });
  });

  it('may be RSA of 2048 bits', () => {
    expect(codeOf({ keys: [{ ...rsa(2048), kid: 'rsa', alg: 'RS384' }] })).toBe('taken');
  });

  it.each<[string, unknown, string?]>([
    ['no set', null], ['a list', [good]], ['no keys', { keys: [] }], ['too many', { keys: Array.from({ length: 6 }, (_, i) => ({ ...good, kid: String(i) })) }], ['no object', { keys: ['x'] }],
    ['no kid', { keys: [{ ...good, kid: undefined }] }], ['a kid with a line break', { keys: [{ ...good, kid: 'a\nb' }] }], ['two with one kid', { keys: [good, good] }],
    ['another curve', { keys: [{ ...ec('P-256'), kid: 'x' }] }], ['another algorithm', { keys: [{ ...good, alg: 'ES256' }] }], ['for encryption', { keys: [{ ...good, use: 'enc' }] }],
    ['a point that is not on the curve', { keys: [{ ...good, x: good.y, y: good.x }] }], ['short RSA', { keys: [{ ...rsa(1024), kid: 'x' }] }], ['a small exponent', { keys: [{ ...rsa(2048, 3), kid: 'x' }] }],
    ['a shared secret', { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'x' }] }, 'client-key-private'], ['a private part', { keys: [{ ...good, d: 'x' }] }, 'client-key-private'],
  ])('are refused: %s', (_title, keys, code = 'client-keys-invalid') => {
    expect(codeOf(keys)).toBe(code);
  });
});

const system: ClientAsk = { id: 'uhb-bloods', kind: 'system', name: 'x', organisation: 'a|b', purpose: 'HSYSADMIN', scopes: ['system/Patient.rs'], keys: { keys: [] }, keysUrl: '', redirectUris: [], launchUrl: '', contact: 'x' };
const app: ClientAsk = { ...system, kind: 'app', purpose: '', scopes: ['openid', 'launch', 'user/*.rs', 'offline_access'], keys: null, redirectUris: ['https://app.example/callback'] };
const fields = (ask: ClientAsk): (string | undefined)[] => checkClient(ask).map(({ at }) => at?.pointer);

describe('what is said of a client', () => {
  it.each([['a system', system], ['an app', app], ['a program on the person\'s own machine', { ...app, redirectUris: ['http://127.0.0.1/callback'] }]])('is fine: %s', (_title, ask) => {
    expect(fields(ask)).toEqual([]);
  });

  it.each<[string, ClientAsk, string]>([
    ['an id that is none', { ...system, id: '../x' }, '/id'], ['a scope of one citizen alone, for a system', { ...system, scopes: ['patient/*.rs'] }, '/scopes'], ['one that writes', { ...app, scopes: ['patient/*.cruds'] }, '/scopes'], ['a person\'s scope', { ...system, scopes: ['user/*.rs'] }, '/scopes'], ['a system\'s scope for an app', { ...app, scopes: ['system/*.rs'] }, '/scopes'], ['letters out of order', { ...system, scopes: ['system/Patient.sr'] }, '/scopes'],
    ['no letters', { ...system, scopes: ['system/Patient.'] }, '/scopes'], ['no purpose', { ...system, purpose: '' }, '/purpose'], ['a purpose nobody knows', { ...system, purpose: 'MARKETING' }, '/purpose'], ['keys in two ways', { ...system, keysUrl: 'https://a.example/k' }, '/keysUrl'],
    ['keys by http', { ...system, keys: null, keysUrl: 'http://a.example/k' }, '/keysUrl'], ['keys behind a password', { ...system, keys: null, keysUrl: 'https://u:p@a.example/k' }, '/keysUrl'], ['keys in a file', { ...system, keys: null, keysUrl: 'file:///etc/passwd' }, '/keysUrl'],
    ['an app without a way back', { ...app, redirectUris: [] }, '/redirectUris'], ['a way back by http', { ...app, redirectUris: ['http://app.example/'] }, '/redirectUris'], ['a script as the way back', { ...app, redirectUris: ['javascript:alert(1)'] }, '/redirectUris'],
    ['a way back with a fragment', { ...app, redirectUris: ['https://app.example/#x'] }, '/redirectUris'], ['a name that only looks like this machine', { ...app, redirectUris: ['http://127.0.0.1.evil.example/'] }, '/redirectUris'], ['a system with a way back', { ...system, redirectUris: ['https://a.example/'] }, '/redirectUris'],
  ])('is refused: %s', (_title, ask, field) => {
    expect(fields(ask)).toEqual([field]);
  });
});

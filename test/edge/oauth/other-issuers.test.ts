import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadIssuers, type OtherIssuer } from '../../../src/config-issuers.ts';
import { chooseVerifier, trustOther } from '../../../src/edge/http/oauth/choose-verifier.ts';
import type { TokenVerifier } from '../../../src/edge/http/oauth/verify-token.ts';
import { Refusal } from '../../../src/fhir/problem.ts';
import { gatewayAudience, startProvider, type OtherProvider } from './other-issuers.ts';

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const names = new Map([[`${ods}|RRK`, 'University Hospitals Birmingham'], [`${ods}|RXT`, 'Birmingham and Solihull Mental Health']]);
const tenant = 'a1b2c3d4-0000-4000-8000-000000000001';

/** Invented names of claims, in the manner of a national sign-in for staff and of a company's directory. */
let [staff, company] = [] as unknown as [OtherProvider, OtherProvider];
let file = '';
let issuers: OtherIssuer[] = [];
let verify: TokenVerifier;
const folder = mkdtempSync(join(tmpdir(), 'onestory-issuers-'));

const listed = (): object[] => [
  {
    name: 'staff', issuer: staff.url, audience: gatewayAudience, algorithms: ['ES256'], type: 'at+jwt', clients: ['portal'], client: { claim: 'client_id' }, token: { claim: 'jti' }, person: { claim: 'uid' }, personName: { claim: 'display' },
    organisation: { claim: 'rbac.org_code', table: { RRK: `${ods}|RRK`, RXT: `${ods}|RXT` } }, role: { claim: 'rbac.role_code', table: { R8000: 'doctor', R8001: 'nurse' } }, purpose: { value: 'TREAT' }, scopes: { value: 'user/*.rs' },
  },
  {
    name: 'company', issuer: company.url, audience: gatewayAudience, algorithms: ['RS256'], type: 'JWT', clients: ['portal'], client: { claim: 'azp' }, token: { claim: 'uti' }, person: { claim: 'oid' }, personName: { claim: 'name' },
    organisation: { claim: 'tid', table: { [tenant]: `${ods}|RXT` } }, role: { claim: 'roles', table: { 'OneStory.Nurse': 'nurse', 'OneStory.Officer': 'privacy-officer' } }, purpose: { claim: 'roles', table: { 'OneStory.Nurse': 'TREAT', 'OneStory.Officer': 'HOPERAT' } },
    scopes: { claim: 'scp', table: { 'Record.Read': 'user/*.rs', 'Choice.Write': 'user/Consent.cu' } },
  },
];
const written = (content: unknown): string => {
  const path = join(folder, `${crypto.randomUUID()}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

beforeAll(async () => {
  [staff, company] = await Promise.all([
    startProvider('ES256', () => undefined),
    startProvider('RS256', (token) => {
      const { client_id: azp, jti: uti, ...payload } = token.payload;
      Object.assign(token, { header: { typ: 'JWT' }, payload: { ...payload, azp, uti, ver: '2.0' } });
    }),
  ]);
  file = written({ issuers: listed() });
  issuers = loadIssuers(file);
  const [first, ...others] = issuers.map((issuer) => trustOther(issuer, (organisation) => names.get(organisation)));
  verify = chooseVerifier([first!, ...others]);
});
afterAll(async () => {
  await Promise.all([staff.stop(), company.stop()]);
  rmSync(folder, { recursive: true });
});

const doctor = { uid: '555', display: 'Dr Synthetic', rbac: [{ org_code: 'RRK', role_code: 'R8000' }] };
const nurse = { oid: '777', name: 'N Synthetic', tid: tenant, roles: ['OneStory.Nurse', 'Other.App'], scp: 'Record.Read Mail.Send' };
const codeOf = async (token: string): Promise<string> => {
  const answer = await verify(`Bearer ${token}`);
  return 'problem' in answer ? answer.problem.code : 'accepted';
};

describe('several issuers at once, each in its own words', () => {
  it('one of the national kind', async () => {
    expect(await verify(`Bearer ${await staff.token(doctor)}`)).toEqual({ requester: {
      client: 'staff:portal', token: expect.any(String), person: { id: 'staff:555', name: 'Dr Synthetic' }, organisation: `${ods}|RRK`, organisationName: 'University Hospitals Birmingham', role: 'doctor', purpose: 'TREAT', scopes: ['user/*.rs'],
    } });
  });

  it('one of a company\'s kind', async () => {
    expect(await verify(`Bearer ${await company.token(nurse)}`)).toEqual({ requester: {
      client: 'company:portal', token: expect.any(String), person: { id: 'company:777', name: 'N Synthetic' }, organisation: `${ods}|RXT`, organisationName: 'Birmingham and Solihull Mental Health', role: 'nurse', purpose: 'TREAT', scopes: ['user/*.rs'],
    } });
  });

  it.each<[string, Record<string, unknown>]>([
    ['an organisation the table does not know', { rbac: [{ org_code: 'ZZZ', role_code: 'R8000' }] }], ['two organisations', { rbac: [{ org_code: 'RRK', role_code: 'R8000' }, { org_code: 'RXT' }] }],
    ['an organisation beside one the table does not know', { rbac: [{ org_code: 'RRK', role_code: 'R9' }, { org_code: 'ZZZ', role_code: 'R8000' }] }], ['a role the table does not know', { rbac: [{ org_code: 'RRK', role_code: 'R9' }] }],
    ['two roles', { rbac: [{ org_code: 'RRK', role_code: 'R8000' }, { org_code: 'RRK', role_code: 'R8001' }] }], ['no person', { uid: undefined }], ['no name', { display: undefined }], ['a person who is a number', { uid: 555 }], ['a role that is one of ours', { rbac: [{ org_code: 'RRK', role_code: 'governance' }] }],
    ['our own words in the place of its', { rbac: undefined, organisation: `${ods}|RRK`, role: 'doctor', purpose: 'TREAT', organisation_name: 'x', name: 'x' }],
  ])('refuses %s', async (_title, claims) => {
    expect(await codeOf(await staff.token({ ...doctor, ...claims }))).toBe('token-claims');
  });

  it('refuses another audience, and a token another of its clients asked for', async () => {
    expect(await codeOf(await staff.token(doctor, 'https://other.example/fhir'))).toBe('token-invalid');
    expect(await codeOf(await company.token(nurse, gatewayAudience, 'stranger'))).toBe('token-invalid');
  });

  it('refuses what one issuer says in the other\'s words or name', async () => {
    expect(await codeOf(await staff.token(nurse))).toBe('token-claims');
    const [header, , signature] = (await staff.token(doctor)).split('.');
    const claims = Buffer.from(JSON.stringify({ ...doctor, iss: company.url, aud: gatewayAudience })).toString('base64url');
    expect(await codeOf(`${header}.${claims}.${signature}`)).toBe('token-invalid');
  });

  it('refuses an issuer nobody listed', async () => {
    const other = await startProvider('ES256', () => undefined);
    expect(await codeOf(await other.token(doctor))).toBe('token-invalid');
    await other.stop();
  });
});

describe('the file of issuers', () => {
  const changed = (change: (entry: Record<string, unknown>) => void): string => {
    const [first, second] = structuredClone(listed()) as Record<string, unknown>[];
    change(first!);
    return written({ issuers: [first, second] });
  };
  it.each<[string, () => string]>([
    ['that is not there', () => join(folder, 'nowhere.json')], ['that is no JSON', () => written('issuers:\n')], ['without issuers', () => written({ issuers: [] })],
    ['with a field nobody knows', () => changed((entry) => { entry['secret'] = 'x'; })], ['with an algorithm whose secret is shared', () => changed((entry) => { entry['algorithms'] = ['HS256']; })], ['with an issuer without TLS', () => changed((entry) => { entry['issuer'] = 'http://issuer.example'; })],
    ['with one name twice', () => changed((entry) => { entry['name'] = 'company'; })], ['with a role nobody has', () => changed((entry) => { entry['role'] = { value: 'wizard' }; })], ['with systems among its people', () => changed((entry) => { entry['role'] = { value: 'integration' }; })],
    ['with organisations as they come', () => changed((entry) => { entry['organisation'] = { claim: 'org' }; })], ['without clients', () => changed((entry) => { entry['clients'] = []; })], ['with a system\'s scopes', () => changed((entry) => { entry['scopes'] = { value: 'system/*.cruds' }; })],
  ])('%s is refused', (_title, make) => {
    const path = make();
    expect(() => loadIssuers(path)).toThrow(Refusal);
  });
});

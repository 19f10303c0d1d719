import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { validateResource } from '@medplum/core';
import { agreementSchema } from '../../src/consent/agreement-schema.ts';
import { agreementState } from '../../src/consent/agreement-state.ts';
import { compileGrant } from '../../src/consent/compile-grant.ts';
import { contractFromAgreement } from '../../src/consent/contract-from-agreement.ts';
import { decide } from '../../src/consent/decide.ts';
import { namesFrom } from '../../src/consent/explain.ts';
import { noticeFor } from '../../src/consent/notice-for.ts';
import { readAgreement } from '../../src/consent/read-agreement.ts';
import type { Agreement, RegisteredAgreement, Relationship } from '../../src/consent/types.ts';
import { partnerPeople, personas, signatories } from '../../src/demo/personas.ts';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { Requester, SharingClass } from '../../src/fhir/sharing.ts';
import { knownOrganisations } from '../../src/flow/sharing/check-agreement-file.ts';
import {
  bchc, bsmhft, communityNurse, council, feedClient, governanceLead, icb, mentalHealthNurse, now, objection, privacyOfficer, socialWorker, uhb, wardDoctor,
} from './sharing-cases.ts';

const folder = new URL('../../agreements/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

function shipped(file: string): Agreement {
  const read = readAgreement(readFileSync(new URL(file, folder), 'utf8'));
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.agreement;
}

/** Signed by every party and activated at its start, all but the draft: as the demo does. */
function registered(file: string): RegisteredAgreement {
  const agreement = shipped(file);
  const draft = file.startsWith('draft');
  const signedBy = draft ? [] : agreement.parties.map(({ organisation }) => organisation);
  return {
    agreement, activatedAt: draft ? null : agreement.period.start, terminatedAt: null, signedBy,
    signatures: signedBy.map((organisation) => ({ organisation, at: agreement.period.start })),
  };
}

const agreements = files.map(registered);

/** The sharing classes that Abdul's and Alice's records have. */
const story: SharingClass[] = ([
  [uhb, 'identity'], [uhb, 'contacts'], [uhb, 'encounter'], [uhb, 'referral'],
  [bchc, 'identity'], [bchc, 'referral'], [bchc, 'episode'], [bchc, 'plan'],
  [bsmhft, 'identity'], [bsmhft, 'referral'], [bsmhft, 'mental-health'], [bsmhft, 'mental-health', 'PSY', 'R'], [bsmhft, 'mental-health', 'R', 'legal-restriction'],
  [council, 'identity'], [council, 'referral'], [council, 'social-care'], [council, 'assessment'],
  [uhb, 'administration'], [icb, 'administration'], [uhb, 'identity', 'LOCIS'], [bchc, 'plan', 'source-dissent'], [uhb, 'unclassified'],
] as const).map(([custodian, category, ...labels], index) => ({ id: index + 1, custodian, category, labels }));

const episodeWith = (organisation: string): Relationship[] => [{ organisation, kind: 'episode', until: null }];

function seen(requester: Requester, changes: { relationships?: Relationship[]; objected?: boolean; at?: Date } = {}): SharingClass[] {
  const { relationships = [], objected = false, at = now } = changes;
  return story.filter((sharingClass) => decide({ requester, sharingClass, agreements, choices: objected ? [objection] : [], relationships, emergency: false, now: at }).effect === 'permit');
}

const custodians = (classes: readonly SharingClass[]): string[] => [...new Set(classes.map(({ custodian }) => custodian))];
const categoriesOf = (classes: readonly SharingClass[], custodian: string): string[] =>
  [...new Set(classes.filter((each) => each.custodian === custodian).map(({ category }) => category))].sort();

function noticeTo(requester: Requester, withheld: readonly SharingClass[]) {
  const grant = compileGrant({ requester, classes: story, agreements, generation: 1, now });
  return noticeFor(withheld.map(({ id }) => ({ classId: id, count: 1 })), grant, new Map(story.map((each) => [each.id, each])), namesFrom(agreements));
}

describe('the agreements that ship', () => {
  it.each(files.map((file): [string] => [file]))('%s is named after its id', (file) => expect(`${shipped(file).id}.yaml`).toBe(file));

  it('are four in force, one lapsed and one draft', () => {
    expect(agreements.map((each) => [each.agreement.id, agreementState(each, now)])).toEqual([
      ['bicp-early-intervention', 'in-force'], ['bicp-end-of-life', 'in-force'], ['bicp-mental-health', 'in-force'], ['bicp-oversight', 'in-force'],
      ['draft-safeguarding', 'draft'], ['lapsed-winter-pressures', 'lapsed'],
    ]);
  });
});

it('agreements/schema.json is what an editor checks a draft by: the schema of the gateway (UPDATE_DOCS=1 writes it), named in every file', () => {
  const file = new URL('../../agreements/schema.json', import.meta.url);
  const made = `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'A data sharing agreement', ...agreementSchema }, null, 2)}\n`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, made);
  expect(readFileSync(file, 'utf8')).toBe(made);
  for (const each of files) expect(readFileSync(new URL(`../../agreements/${each}`, import.meta.url), 'utf8')).toMatch(/^# yaml-language-server: \$schema=schema\.json\n/);
});

describe('the community nurse', () => {
  it('sees hospital, council and her own records without any relationship', () => {
    const classes = seen(communityNurse);
    expect(custodians(classes)).toEqual(expect.arrayContaining([uhb, bchc, council]));
    expect(categoriesOf(classes, uhb)).toEqual(['contacts', 'encounter', 'identity', 'referral']);
    expect(categoriesOf(classes, council)).toEqual(['identity', 'referral', 'social-care']);
    expect(categoriesOf(classes, bsmhft)).toEqual(['identity', 'referral']);
  });

  it('sees mental health records and assessments while her trust cares for the person', () => {
    const classes = seen(communityNurse, { relationships: episodeWith(bchc) });
    expect(categoriesOf(classes, bsmhft)).toEqual(['identity', 'mental-health', 'referral']);
    expect(categoriesOf(classes, council)).toContain('assessment');
  });
});

describe('the mental health nurse', () => {
  const classes = seen(mentalHealthNurse, { relationships: episodeWith(bsmhft) });

  it('sees what health services share and not what the council does', () => {
    expect(categoriesOf(classes, uhb)).toEqual(['contacts', 'encounter', 'identity', 'referral']);
    expect(categoriesOf(classes, bchc)).toEqual(['episode', 'identity', 'plan', 'referral']);
    expect(categoriesOf(classes, council)).toEqual(['identity']);
  });

  it.each(['referral', 'social-care', 'assessment'])('is told in general words that something is withheld, when it is the council’s %s', (category) => {
    const withheld = story.filter((each) => each.custodian === council && each.category === category);
    expect(withheld).toHaveLength(1);
    expect(noticeTo(mentalHealthNurse, withheld)).toBe('generic');
  });
});

describe('the social worker', () => {
  it('sees health records but none of mental health, and is told in general words', () => {
    const classes = seen(socialWorker, { relationships: episodeWith(council) });
    expect(custodians(classes)).toEqual(expect.arrayContaining([uhb, bchc, council]));
    expect(categoriesOf(classes, bsmhft)).toEqual(['identity', 'referral']);
    expect(noticeTo(socialWorker, story.filter((each) => each.category === 'mental-health'))).toBe('generic');
  });

  it('sees only the council’s own after an objection', () => {
    expect(custodians(seen(socialWorker, { relationships: episodeWith(council), objected: true }))).toEqual([council]);
  });

  it('saw mental health records while the winter arrangement was in force, and not a millisecond longer', () => {
    const end = new Date('2024-03-31T23:00:00Z');
    expect(categoriesOf(seen(socialWorker, { at: new Date(end.getTime() - 1) }), bsmhft)).toContain('mental-health');
    expect(categoriesOf(seen(socialWorker, { at: end }), bsmhft)).not.toContain('mental-health');
  });
});

describe('what is closed to everybody but its custodian', () => {
  const everybody = [wardDoctor, communityNurse, socialWorker, mentalHealthNurse, privacyOfficer, governanceLead, feedClient];
  it.each(story.filter(({ labels, category }) => category === 'unclassified' || labels.some((label) => ['legal-restriction', 'source-dissent', 'LOCIS'].includes(label)))
    .map((each): [string, SharingClass] => [[each.category, ...each.labels].join(' '), each]))('%s', (_, sharingClass) => {
    const readers = everybody.filter((requester) =>
      seen(requester, { relationships: episodeWith(requester.organisation) }).includes(sharingClass) && requester.organisation !== sharingClass.custodian);
    expect(readers).toEqual([]);
  });

  it('a Consent is read by its recorder’s organisation and through oversight', () => {
    const readers = everybody.filter((requester) => categoriesOf(seen(requester), icb).includes('administration'));
    expect(readers).toEqual([privacyOfficer, governanceLead]);
  });
});

describe('governance and privacy officer', () => {
  it.each([['governance', governanceLead], ['privacy officer', privacyOfficer]])('%s: identity and Consent, objection or not, and no care data', (_, requester) => {
    for (const objected of [false, true]) {
      expect([...new Set(seen(requester, { objected }).map(({ category }) => category))].sort()).toEqual(['administration', 'identity']);
    }
    expect(compileGrant({ requester, classes: story, agreements, generation: 1, now }).governance).toBe(true);
  });
});

describe('the published Contract', () => {
  beforeAll(() => loadDefinitions());

  it.each(agreements.map((each): [string, RegisteredAgreement] => [each.agreement.id, each]))('of %s is a valid R4 Contract', (_, each) => {
    expect(validateResource(contractFromAgreement(each, now)).filter(({ severity }) => severity !== 'information')).toEqual([]);
  });

  it.each([
    ['in-force', 'executed', 'bicp-early-intervention.yaml'], ['draft', 'offered', 'draft-safeguarding.yaml'], ['lapsed', 'terminated', 'lapsed-winter-pressures.yaml'],
  ])('says %s as %s', (state, status, file) => {
    const contract = contractFromAgreement(registered(file), now);
    expect(contract.status).toBe(status);
    expect(contract.legalState?.coding?.[0]?.code).toBe(state);
    expect(contract.signer?.length ?? 0).toBe(state === 'draft' ? 0 : shipped(file).parties.length);
  });

  it('says of one that all have signed, and nobody activated, that it may be executed', () => {
    const contract = contractFromAgreement({ ...registered('bicp-oversight.yaml'), activatedAt: null }, now);
    expect([contract.status, contract.legalState?.coding?.[0]?.code, validateResource(contract).filter(({ severity }) => severity !== 'information')]).toEqual(['executable', 'signed', []]);
  });

  it('says of a terminated agreement that it is revoked', () => {
    expect(contractFromAgreement({ ...registered('bicp-oversight.yaml'), terminatedAt: now }, now).status).toBe('revoked');
  });

  it('has one term per clause with its parties, labels, categories, purposes and roles', () => {
    const contract = contractFromAgreement(registered('bicp-mental-health.yaml'), now);
    const term = contract.term?.find(({ identifier }) => identifier?.value === '1.1');
    expect(contract.applies).toEqual({ start: '2024-03-31T23:00:00.000Z', end: '2029-03-31T22:59:59.999Z' });
    expect(term?.offer.party?.map(({ role, reference }) => [role.coding?.[0]?.code, reference.map((each) => each.identifier?.value)])).toEqual([['discloser', ['RXT']], ['recipient', ['RRK', 'RYW']]]);
    expect(term?.securityLabel?.[0]).toMatchObject({ classification: { code: 'R' }, category: [{ code: 'R' }, { code: 'MH' }, { code: 'PSY' }] });
    expect(term?.asset?.[0]?.subtype?.[0]?.coding?.[0]?.code).toBe('mental-health');
    expect(term?.asset?.[0]?.condition).toContain('episode, referral, care-team');
    expect(term?.action?.map(({ intent }) => intent.coding?.[0]?.code)).toEqual(['TREAT', 'COC', 'ETREAT']);
    expect(term?.action?.[0]?.subject?.map(({ role }) => role?.coding?.[0]?.code)).toEqual(['doctor', 'nurse']);
  });

  it('says of labels that are excluded that they are not to be disclosed', () => {
    const complete = registered('bicp-mental-health.yaml');
    const [first, ...others] = complete.agreement.clauses;
    const contract = contractFromAgreement({ ...complete, agreement: { ...complete.agreement, clauses: [{ ...first!, excludedLabels: ['SDV'] }, ...others] } }, now);
    const [term] = contract.term ?? [];
    expect(term?.securityLabel?.[1]).toMatchObject({ number: [1], category: [{ code: 'SDV' }] });
    expect(term?.action?.map(({ doNotPerform, securityLabelNumber }) => [doNotPerform, securityLabelNumber])).toEqual(first!.purposes.flatMap(() => [[undefined, undefined], [true, [1]]]));
    expect(validateResource(contract).filter(({ severity }) => severity !== 'information')).toEqual([]);
  });

  it('says how long what a clause shares is kept, and which clause waits for whom', () => {
    const complete = registered('bicp-early-intervention.yaml');
    const scheme = 'https://fhir.bicp.example/Id/example-code|nns-ladywood';
    const contract = contractFromAgreement({ ...complete, signedBy: complete.signedBy.filter((party) => party !== scheme) }, now);
    const term = (number: string) => contract.term?.find(({ identifier }) => identifier?.value === number);
    expect(term('10.1')?.group).toEqual([expect.objectContaining({ type: { coding: [expect.objectContaining({ code: 'retention' })] }, text: expect.stringContaining('deletes what it noted down') })]);
    expect(term('10.1')?.action?.[0]?.status).toEqual({ coding: [expect.objectContaining({ code: 'unsigned' })], text: 'Not signed by Neighbourhood Network Scheme Ladywood' });
    expect(term('9.1')?.action?.[0]?.status.coding?.[0]?.code).toBe('complete');
    expect(term('1.1')).not.toHaveProperty('group');
    expect(contract.status).toBe('executed');
    expect(validateResource(contract).filter(({ severity }) => severity !== 'information')).toEqual([]);
  });
});

describe('the parties of what ships', () => {
  const known = knownOrganisations(fileURLToPath(new URL('../../mappings/', import.meta.url)));
  const all = [...new Map(agreements.flatMap(({ agreement }) => agreement.parties).map((party) => [party.organisation, party])).values()];

  it('are all in the directory, under the same name everywhere', () => {
    expect(all.filter(({ organisation }) => !known?.has(organisation))).toEqual([]);
    const names = agreements.flatMap(({ agreement }) => agreement.parties.map(({ organisation, name }) => `${organisation} ${name}`));
    expect(new Set(names).size).toBe(all.length);
  });

  it('have somebody each who can sign in the demo', () => {
    const signs = [...personas, ...signatories].filter(({ role }) => ['governance', 'privacy-officer'].includes(role));
    expect(all.filter(({ organisation }) => !signs.some((each) => each.organisation === organisation)).map(({ name }) => name)).toEqual([]);
  });

  it('are pinned by person: everybody of the demo asks for an organisation that is a party, by the name it has there', () => {
    for (const each of [...personas, ...partnerPeople, ...signatories]) expect(all.find(({ organisation }) => organisation === each.organisation)?.name).toBe(each.organisationName);
  });
});

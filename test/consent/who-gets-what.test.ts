import { readFileSync, readdirSync } from 'node:fs';
import { compileGrant } from '../../src/consent/compile-grant.ts';
import { decide } from '../../src/consent/decide.ts';
import { readAgreement } from '../../src/consent/read-agreement.ts';
import type { ChoiceRule, RegisteredAgreement } from '../../src/consent/types.ts';
import { purposes, sharingCategories, sharingRoles, type Purpose, type RelationshipKind, type Requester, type SharingClass, type SharingRole } from '../../src/fhir/sharing.ts';
import { now } from './sharing-cases.ts';

/** Who gets what under the agreements that ship, signed by everybody: the table an information-governance lead would check. */

const folder = new URL('../../agreements/', import.meta.url);
const agreements = readdirSync(folder).filter((file) => file.endsWith('.yaml')).map((file): RegisteredAgreement => {
  const read = readAgreement(readFileSync(new URL(file, folder), 'utf8'));
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const { agreement } = read;
  const draft = file.startsWith('draft');
  return { agreement, activatedAt: draft ? null : agreement.period.start, terminatedAt: null, signedBy: draft ? [] : agreement.parties.map(({ organisation }) => organisation) };
});

const ods = (code: string): string => `https://fhir.nhs.uk/Id/ods-organization-code|${code}`;
const ons = (code: string): string => `https://fhir.bicp.example/Id/ons-code|${code}`;
const example = (code: string): string => `https://fhir.bicp.example/Id/example-code|${code}`;
const organisations = {
  hospital: ods('RRK'), community: ods('RYW'), mentalHealth: ods('RXT'), council: ons('E08000025'), young: ods('RQ3'), solihull: ons('E08000029'), orthopaedic: ods('RRJ'), ambulance: ods('RYA'),
  practice: ods('M85001'), otherPractice: ods('M85002'), hospice: example('hospice-birmingham'), home: example('care-home-rowan-house'), scheme: example('nns-edgbaston'), voluntaryCouncil: example('bvsc'),
  healthwatch: example('healthwatch-birmingham'), board: ods('QHL'),
};
type Name = keyof typeof organisations;

/** Every category of everybody, as the feeds label it: mental health records with their labels, the end of life restricted. */
const labelsOf: Partial<Record<string, string[]>> = { 'mental-health': ['MH', 'PSY', 'R'], 'end-of-life': ['R'] };
const classes = Object.values(organisations).flatMap((custodian) => sharingCategories.map((category) => ({ custodian, category, labels: labelsOf[category] ?? [] })))
  .map((each, index): SharingClass => ({ id: index + 1, ...each }));

const asks = (who: Name, role: SharingRole, purpose: Purpose): Requester => ({
  client: 'c', token: 't', person: { id: 'p', name: 'P' }, organisation: organisations[who], organisationName: who, role, purpose, scopes: ['user/*.rs'],
});
const permit: ChoiceRule = { consent: 'c', n: 0, effect: 'permit', limits: {}, overrides: [], optOut: false };

function seen(requester: Requester, { kinds = [], consents = false, emergency = false }: { kinds?: readonly RelationshipKind[]; consents?: boolean; emergency?: boolean } = {}): Record<string, string> {
  const relationships = kinds.map((kind) => ({ organisation: requester.organisation, kind, until: null }));
  const of = (custodian: string): string => classes.filter((sharingClass) => sharingClass.custodian === custodian
    && decide({ requester, sharingClass, agreements, choices: consents ? [permit] : [], relationships, emergency, now }).effect === 'permit').map(({ category }) => category).join(' ');
  return Object.fromEntries(Object.entries(organisations).filter(([, key]) => key !== requester.organisation).map(([name, key]) => [name, of(key)]).filter(([, categories]) => categories !== ''));
}

const ownOf = (who: Name): number[] => classes.filter(({ custodian }) => custodian === organisations[who]).map(({ id }) => id);

type Held = Parameters<typeof seen>[1];
const everyKind: RelationshipKind[] = ['episode', 'referral', 'registration', 'care-team'];
const involved = { kinds: ['episode', 'referral', 'care-team'] } as const;
const core = 'identity contacts referral episode encounter plan';

describe('what each sort of person sees, by whose record it is', () => {
  it.each<[string, Requester, Held, Record<string, string>]>([
    ['a GP, of somebody not registered with the practice', asks('practice', 'doctor', 'TREAT'), involved, {}],
    ['a GP, of a registered patient', asks('practice', 'doctor', 'TREAT'), { kinds: ['registration'] }, {
      hospital: `${core} end-of-life social-care`, community: `${core} end-of-life social-care`, council: `${core} social-care`,
      mentalHealth: 'identity contacts referral mental-health', young: 'identity contacts referral mental-health', hospice: 'identity contacts plan end-of-life',
    }],
    ['an administrator of the practice', asks('practice', 'administrator', 'TREAT'), { kinds: ['registration'] }, {}],
    ['a paramedic in an emergency, of anybody', asks('ambulance', 'paramedic', 'ETREAT'), {}, {
      hospital: 'identity contacts referral episode plan end-of-life', community: 'identity contacts referral episode plan end-of-life', council: 'identity contacts referral episode plan',
      practice: 'identity contacts plan end-of-life', otherPractice: 'identity contacts plan end-of-life', hospice: 'identity contacts plan end-of-life',
    }],
    ['a paramedic in a crisis, with emergency access', asks('ambulance', 'paramedic', 'ETREAT'), { emergency: true }, {
      hospital: 'identity contacts referral episode plan end-of-life', community: 'identity contacts referral episode plan end-of-life', council: 'identity contacts referral episode plan',
      practice: 'identity contacts plan end-of-life', otherPractice: 'identity contacts plan end-of-life', hospice: 'identity contacts plan end-of-life',
      mentalHealth: 'identity contacts referral mental-health', young: 'identity contacts referral mental-health',
    }],
    ['a paramedic who asks for anything but emergency care', asks('ambulance', 'paramedic', 'TREAT'), { kinds: everyKind }, {}],
    ['a hospice nurse, of somebody not in the hospice\'s care', asks('hospice', 'nurse', 'TREAT'), { kinds: ['registration'] }, {}],
    ['a hospice nurse', asks('hospice', 'nurse', 'TREAT'), { kinds: ['referral'] }, {
      hospital: `${core} end-of-life`, community: `${core} end-of-life`, council: core, practice: 'identity contacts plan end-of-life', otherPractice: 'identity contacts plan end-of-life',
    }],
    ['a nurse of a care home, of somebody who does not live there', asks('home', 'care-home-registered', 'TREAT'), { kinds: ['referral', 'registration'] }, {}],
    ['a nurse of a care home, of a resident', asks('home', 'care-home-registered', 'TREAT'), { kinds: ['care-team'] }, {
      hospital: `${core} assessment end-of-life`, community: `${core} assessment end-of-life`, council: `${core} assessment`, hospice: 'identity contacts plan end-of-life',
    }],
    ['a carer of a care home, of somebody who does not live there', asks('home', 'care-home-unregistered', 'TREAT'), { kinds: ['referral', 'registration'] }, {}],
    ['a carer of a care home, of a resident', asks('home', 'care-home-unregistered', 'TREAT'), { kinds: everyKind }, {
      hospital: 'identity contacts plan', community: 'identity contacts plan', council: 'identity contacts plan',
    }],
    ['a voluntary worker without the person\'s consent, whatever else', asks('scheme', 'voluntary-worker', 'CAREMGT'), { kinds: everyKind, emergency: true }, {}],
    ['a voluntary worker with the person\'s consent', asks('scheme', 'voluntary-worker', 'CAREMGT'), { consents: true }, {
      hospital: 'identity', community: 'identity', council: 'identity',
    }],
    ['a voluntary worker with consent who asks to treat', asks('scheme', 'voluntary-worker', 'TREAT'), { kinds: everyKind, consents: true }, {}],
    ['a nurse of Forward Thinking Birmingham', asks('young', 'nurse', 'TREAT'), involved, {
      hospital: 'identity contacts referral', community: 'identity contacts referral', mentalHealth: 'identity contacts referral', council: 'identity contacts referral',
    }],
    ['a nurse of the orthopaedic hospital', asks('orthopaedic', 'nurse', 'TREAT'), involved, { hospital: core, community: core, council: core }],
    ['a social worker of Solihull, of somebody the council does not care for', asks('solihull', 'social-worker', 'TREAT'), {}, {}],
    ['a social worker of Solihull', asks('solihull', 'social-worker', 'TREAT'), involved, { hospital: `${core} end-of-life`, community: `${core} end-of-life` }],
    ['a social worker of Birmingham, of anybody', asks('council', 'social-worker', 'TREAT'), {}, {
      hospital: core, community: core, mentalHealth: 'identity contacts referral', ambulance: 'identity contacts referral encounter',
    }],
    ['a social worker of Birmingham, of somebody in the council\'s care who has consented', asks('council', 'social-worker', 'TREAT'), { ...involved, consents: true }, {
      hospital: `${core} assessment`, community: `${core} assessment`, mentalHealth: 'identity contacts referral', young: 'identity contacts referral', orthopaedic: core,
      ambulance: 'identity contacts referral encounter', practice: 'identity contacts referral plan assessment', otherPractice: 'identity contacts referral plan assessment',
      hospice: 'identity contacts referral episode', home: 'identity contacts plan assessment', scheme: 'voluntary', voluntaryCouncil: 'voluntary',
    }],
    ['a doctor of the hospital, of anybody', asks('hospital', 'doctor', 'TREAT'), {}, {
      community: core, mentalHealth: 'identity contacts referral', council: `${core} social-care`, ambulance: 'identity contacts referral encounter',
    }],
    ['a doctor of the hospital, of a patient', asks('hospital', 'doctor', 'TREAT'), involved, {
      community: `${core} assessment end-of-life`, mentalHealth: 'identity contacts referral mental-health', young: 'identity contacts referral mental-health', council: `${core} assessment social-care`,
      solihull: 'identity contacts referral plan social-care', orthopaedic: core, ambulance: 'identity contacts referral encounter', hospice: 'identity contacts referral episode plan end-of-life',
      practice: 'identity contacts referral plan assessment end-of-life', otherPractice: 'identity contacts referral plan assessment end-of-life', home: 'identity contacts plan assessment',
    }],
    ['a nurse of the mental health trust', asks('mentalHealth', 'nurse', 'TREAT'), involved, {
      hospital: core, community: core, council: 'identity contacts', young: 'identity contacts referral',
      practice: 'identity contacts referral plan assessment', otherPractice: 'identity contacts referral plan assessment',
    }],
  ])('%s', (_, requester, held, expected) => expect(seen(requester, held)).toEqual(expected));
});

describe('Healthwatch', () => {
  it.each(sharingRoles.map((role): [SharingRole] => [role]))('as %s is opened nothing of anybody, for any purpose, and neither log nor Contracts', (role) => {
    for (const purpose of purposes) {
      const grant = compileGrant({ requester: asks('healthwatch', role, purpose), classes, agreements, generation: 1, now });
      const opened = [...grant.exempt, ...grant.open, ...grant.related, ...grant.explicit, ...grant.explicitRelated].filter((id) => !ownOf('healthwatch').includes(id as number));
      expect([opened, grant.governance]).toEqual([[], false]);
    }
  });

  it('sees nothing though the person consents, is cared for and there is an emergency', () => {
    expect(seen(asks('healthwatch', 'governance', 'HOPERAT'), { kinds: everyKind, consents: true, emergency: true })).toEqual({});
  });
});

describe('whoever asks, in whatever role, for whatever purpose', () => {
  const everybody = Object.keys(organisations).flatMap((who) => sharingRoles.flatMap((role) => purposes.map((purpose) => asks(who as Name, role, purpose))));
  const found = everybody.flatMap((requester) => [...compileGrant({ requester, classes, agreements, generation: 1, now }).rules].flatMap(([id, rule]) => {
    const sharingClass = classes.find((each) => each.id === id);
    return rule.kind === 'own' || !sharingClass ? [] : [{ requester, sharingClass, rule }];
  }));
  const opened = found.filter(({ rule }) => rule.kind !== 'none');
  const of = (category: string) => opened.filter(({ sharingClass }) => sharingClass.category === category);

  it('there is something to check', () => expect(opened.length).toBeGreaterThan(1000));

  it('safeguarding reaches nobody', () => expect(of('safeguarding')).toEqual([]));

  it('choices reach oversight and nobody else', () => {
    expect(of('administration').length).toBeGreaterThan(0);
    expect(of('administration').filter(({ rule }) => rule.kind !== 'oversight')).toEqual([]);
  });

  it('mental health records reach doctors, nurses and paramedics only, and never without a relationship', () => {
    expect([...new Set(of('mental-health').map(({ requester, rule }) => `${requester.role} ${rule.kind}`))].sort()).toEqual(['doctor related', 'nurse related', 'paramedic related']);
  });

  it('the voluntary sector gets identity, and only with consent', () => {
    const theirs = opened.filter(({ requester }) => requester.role === 'voluntary-worker' || ['scheme', 'voluntaryCouncil'].includes(requester.organisationName));
    expect([...new Set(theirs.map(({ requester, sharingClass, rule }) => `${requester.role} ${requester.purpose} ${sharingClass.category} ${rule.kind}`))].sort())
      .toEqual(['voluntary-worker CAREMGT identity explicit']);
  });

  it('what the voluntary sector tells is explicit too, and reaches the three who work with it', () => {
    expect([...new Set(of('voluntary').map(({ requester, rule }) => `${requester.organisationName} ${rule.kind}`))].sort()).toEqual(['community explicit', 'council explicit', 'hospital explicit']);
  });

  it('care home staff need a relationship, and those who are not registered see less than those who are', () => {
    const of = (role: SharingRole): string[] => opened.filter(({ requester }) => requester.role === role).map(({ requester, sharingClass, rule }) => `${requester.organisationName} ${requester.purpose} ${sharingClass.id} ${rule.kind}`);
    const [registered, unregistered] = [of('care-home-registered'), of('care-home-unregistered')];
    expect([...registered, ...unregistered].filter((each) => !each.startsWith('home ') || !each.endsWith(' related'))).toEqual([]);
    expect(unregistered.length).toBeGreaterThan(0);
    expect(registered).toEqual(expect.arrayContaining(unregistered));
    expect(registered.length).toBeGreaterThan(2 * unregistered.length);
  });

  it('ambulance crews ask for emergency care and nothing else', () => {
    expect(new Set(opened.filter(({ requester }) => requester.organisationName === 'ambulance').map(({ requester }) => `${requester.role} ${requester.purpose}`))).toEqual(new Set(['paramedic ETREAT']));
  });

  it('the voluntary sector, care homes and Healthwatch are never told that something is kept back', () => {
    const told = found.filter(({ requester, rule }) => ['scheme', 'voluntaryCouncil', 'home', 'healthwatch'].includes(requester.organisationName) && 'notice' in rule && rule.notice !== 'none');
    expect(told).toEqual([]);
  });

  it('practices see nothing of one another, and nothing without registration', () => {
    const practices = opened.filter(({ requester }) => requester.organisationName.endsWith('ractice'));
    expect(practices.filter(({ sharingClass }) => [organisations.practice, organisations.otherPractice].includes(sharingClass.custodian))).toEqual([]);
    expect(new Set(practices.map(({ rule }) => (rule.kind === 'related' ? rule.relationships.join() : rule.kind)))).toEqual(new Set(['registration']));
  });
});

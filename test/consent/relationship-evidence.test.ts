import { relationshipDays, relationshipEvidence } from '../../src/consent/relationship-evidence.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { bchc, bsmhft, council, uhb } from './sharing-cases.ts';

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const practice = `${ods}|M85001`;
const received = new Date('2026-06-01T12:00:00Z');
const after = (days: number, from = received): Date => new Date(from.getTime() + days * 86_400_000);
const reference = (key: string, type = 'Organization'): JsonObject => {
  const [system = '', value = ''] = key.split('|');
  return { type, identifier: { system, value } };
};
const evidenceOf = (resource: JsonObject) => relationshipEvidence(resource, uhb, received, (organisation) => organisation === practice);
const untilOf = (resource: JsonObject) => Object.fromEntries(evidenceOf(resource).map(({ organisation, until }) => [organisation, until]));

describe('how long a relationship counts', () => {
  const ended = { period: { start: '2026-01-01', end: '2026-05-01T00:00:00Z' } };
  const end = new Date('2026-05-01T00:00:00Z');

  it.each<[string, JsonObject, Date]>([
    ['an open episode', { resourceType: 'EpisodeOfCare', status: 'active' }, after(730)],
    ['an episode that ended', { resourceType: 'EpisodeOfCare', status: 'finished', ...ended }, after(90, end)],
    ['an episode that is over, nobody says since when', { resourceType: 'EpisodeOfCare', status: 'finished' }, after(90)],
    ['a stay', { resourceType: 'Encounter', status: 'in-progress' }, after(730)],
    ['a stay that ended', { resourceType: 'Encounter', status: 'finished', ...ended }, after(90, end)],
    ['an open referral', { resourceType: 'ServiceRequest', status: 'active' }, after(180)],
    ['a referral that was completed', { resourceType: 'ServiceRequest', status: 'completed' }, after(30)],
    ['a care team', { resourceType: 'CareTeam', status: 'active' }, after(730)],
    ['a care team that was dissolved', { resourceType: 'CareTeam', status: 'inactive', ...ended }, after(30, end)],
  ])('%s', (_, resource, until) => expect(evidenceOf(resource)).toEqual([expect.objectContaining({ organisation: uhb, until })]));

  it('a registration, after it was last heard of', () => {
    expect(evidenceOf({ resourceType: 'Patient', generalPractitioner: [reference(practice)] })).toEqual([{ organisation: practice, kind: 'registration', until: after(1095) }]);
  });

  it('a surgery of a practice is registration with the practice', () => {
    expect(evidenceOf({ resourceType: 'Patient', generalPractitioner: [reference(`${practice}001`)] })).toEqual([{ organisation: practice, kind: 'registration', until: after(1095) }]);
    expect(evidenceOf({ resourceType: 'Patient', generalPractitioner: [reference(`${practice}01`), reference(`https://elsewhere.example|M85001001`)] })).toEqual([]);
  });

  it('stands in one table', () => expect(Object.keys(relationshipDays).sort()).toEqual(['care-team', 'episode', 'referral', 'registration']));
});

describe('no relationship is', () => {
  it.each<[string, JsonObject]>([
    ['a cancelled episode', { resourceType: 'EpisodeOfCare', status: 'cancelled' }],
    ['a stay entered in error', { resourceType: 'Encounter', status: 'entered-in-error' }],
    ['a revoked referral', { resourceType: 'ServiceRequest', status: 'revoked', performer: [reference(bchc)] }],
    ['a care team that is only proposed', { resourceType: 'CareTeam', status: 'proposed', managingOrganization: [reference(bchc)] }],
    ['a plan', { resourceType: 'CarePlan', status: 'active' }],
    ['a person with no practice', { resourceType: 'Patient' }],
    ['a person whose practice is no practice of the directory', { resourceType: 'Patient', generalPractitioner: [reference(`${ods}|M99999`)] }],
    ['a person who names another organisation as practice', { resourceType: 'Patient', generalPractitioner: [reference(bsmhft)] }],
    ['a person who names a doctor', { resourceType: 'Patient', generalPractitioner: [reference(practice, 'Practitioner')] }],
    ['a record of a person that is not in use', { resourceType: 'Patient', active: false, generalPractitioner: [reference(practice)] }],
    ['a practice nobody identifies', { resourceType: 'Patient', generalPractitioner: [{ type: 'Organization', display: 'The Example Practice' }, null, 'x'] }],
  ])('%s', (_, resource) => expect(evidenceOf(resource)).toEqual([]));
});

describe('a care team', () => {
  const team = (changes: JsonObject): JsonObject => ({ resourceType: 'CareTeam', status: 'active', ...changes });

  it('is one for whoever leads it, belongs to it, or has somebody in it', () => {
    expect(Object.keys(untilOf(team({
      managingOrganization: [reference(bchc)],
      participant: [{ member: reference(council) }, { member: reference('https://example.org/staff|1', 'Practitioner'), onBehalfOf: reference(bsmhft) }],
    })))).toEqual([uhb, bchc, council, bsmhft]);
  });

  it('is one no longer for somebody who left, 30 days after', () => {
    const left = new Date('2026-05-20T00:00:00Z');
    expect(untilOf(team({ participant: [{ member: reference(council), period: { end: left.toISOString() } }, { member: reference(bchc) }] }))).toEqual({ [uhb]: after(730), [council]: after(30, left), [bchc]: after(730) });
  });

  it('counts the longest part somebody has in it', () => {
    expect(untilOf(team({ participant: [{ member: reference(council), period: { end: '2026-05-20' } }, { member: reference(council) }] }))[council]).toEqual(after(730));
  });

  it('that ended ends for all, whatever their own part says', () => {
    expect(untilOf(team({ status: 'inactive', period: { end: '2026-05-01T00:00:00Z' }, participant: [{ member: reference(council) }] }))[council]).toEqual(after(30, new Date('2026-05-01T00:00:00Z')));
  });
});

it('a referral counts for both ends', () => {
  expect(Object.keys(untilOf({ resourceType: 'ServiceRequest', status: 'active', requester: reference(bsmhft), performer: [reference(bchc), reference(council)] }))).toEqual([uhb, bsmhft, bchc, council]);
});

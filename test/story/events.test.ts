import fc from 'fast-check';
import { findEvents } from '../../src/story/events.ts';
import type { EventDecision, StoryEvent } from '../../src/story/event-types.ts';
import type { StoryRow } from '../../src/story/story-row.ts';
import { shippedStoryRule } from './shipped-story-rule.ts';
import { component, organisation, origin, referral, routeOfAccess, stay, storyRow, type Partner } from './story-rows.ts';

const rule = shippedStoryRule();
const find = (rows: readonly StoryRow[], decisions: readonly EventDecision[] = []): StoryEvent[] => findEvents(rows, decisions, rule);
const witnesses = (event: StoryEvent | undefined): string[] => (event?.witnesses ?? []).map(({ row, how }) => `${how} ${row.id}`);
const lines = (rows: readonly StoryRow[], decisions?: readonly EventDecision[]): string[] => find(rows, decisions).map((event) => `${event.kind}: ${witnesses(event).join(', ')}`);

/** Alice leaves the hospital: its own record, a referral and a bed of the community trust, and a request to the council. */
const aliceGoesHome = [
  stay('uhb', 'spell', '2026-06-01T14:10:00+01:00', '2026-06-15T14:20:00+01:00'),
  referral('bchc', 'bed-asked', 'uhb', 'bchc', '2026-06-12T10:25:00+01:00', { extension: [component('bedded-care'), origin('http://snomed.info/sct', '185360007')] }),
  stay('bchc', 'bed', '2026-06-15T16:00:00+01:00', undefined, { hospitalization: { admitSource: { coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-SourceOfAdmissionEngland', code: '51' }] } } }),
  referral('bcc', 'council-asked', undefined, 'bcc', '2026-06-14', { extension: [component('discharge-hub'), origin(routeOfAccess, 'hospital-discharge')] }),
];

describe('one event, however many tell of it', () => {
  test('a referral that sender and receiver both report is one line with two sources, and says by which rule', () => {
    const [event, ...others] = find([referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-09T10:00:00+01:00'), referral('bchc', 'received', 'uhb', 'bchc', '2026-06-09T10:20:00+01:00')]);
    expect(others).toEqual([]);
    expect(witnesses(event)).toEqual(['tells sent', 'tells received']);
    expect(event?.witnesses[1]).toMatchObject({ rule: 'event-referral-ends-01', because: [expect.stringContaining('same sender')] });
    expect([event?.state, event?.differences]).toEqual(['active', []]);
    expect(find([referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-09'), referral('bchc', 'received', 'uhb', 'bchc', '2026-06-09', { status: 'completed' })])[0]).toMatchObject({ state: 'ended', differences: [] });
  });

  test('a referral number both write decides, whatever their clocks say, and what they say differently stays', () => {
    const identifier = [{ system: 'https://fhir.nhs.uk/Id/UBRN', value: '000000000001' }];
    const [event, ...others] = find([
      referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-01', { identifier }), referral('bchc', 'received', 'uhb', 'bchc', '2026-06-20', { identifier, status: 'revoked' }),
    ]);
    expect(others).toEqual([]);
    expect(event?.witnesses[1]?.rule).toBe('event-identifier-01');
    expect(event?.differences.map(({ element, said }) => [element, said.map(({ row, value }) => `${row.id} ${value}`)])).toEqual([
      ['from', ['sent 2026-06-01', 'received 2026-06-20']], ['status', ['sent active', 'received revoked']],
    ]);
  });

  test('a number that one of them gave to two records decides nothing', () => {
    const identifier = [{ system: 'https://fhir.nhs.uk/Id/UBRN', value: '000000000001' }];
    expect(lines([
      referral('uhb', 'sent', 'uhb', 'bchc', '2026-01-01', { identifier }), referral('bchc', 'first', undefined, 'bchc', '2026-03-01', { identifier }), referral('bchc', 'second', undefined, 'bchc', '2026-05-01', { identifier }),
    ])).toHaveLength(3);
  });

  test('a council that says only "from hospital" is the receiver of what the hospital sent it', () => {
    expect(lines([
      referral('uhb', 'sent', 'uhb', 'bcc', '2026-06-14T09:00:00+01:00', { extension: [component('discharge-hub')] }), aliceGoesHome[3] as StoryRow,
    ])).toEqual(['referral: tells sent, tells council-asked']);
  });

  const episode = (partner: Partner, id: string, start: string, code = 'community-team', of: Partner = 'bchc'): StoryRow => storyRow(partner, {
    resourceType: 'EpisodeOfCare', id, status: 'active', patient: { reference: 'Patient/alice' }, extension: [component(code)], managingOrganization: { reference: organisation(of) }, period: { start },
  });
  const plan = (partner: Partner, id: string, start: string, code = 'community-team', of: Partner = 'bchc', sort?: string): StoryRow => storyRow(partner, {
    resourceType: 'CarePlan', id, ...(sort && { category: ['734163000', sort].map((each) => ({ coding: [{ system: 'http://snomed.info/sct', code: each }] })) }), status: 'active', intent: 'plan', subject: { reference: 'Patient/alice' }, extension: [component(code)], author: { reference: organisation(of) }, period: { start },
  });
  const seen = (partner: Partner, id: string, start: string, of: Partner): StoryRow => stay(partner, id, start, undefined, { serviceProvider: { reference: organisation(of) } });

  test.each<[string, StoryRow[], string | undefined]>([
    ['a stay its hospital reports and the council has seen', [seen('uhb', 'own', '2026-06-01T14:10:00+01:00', 'uhb'), seen('bcc', 'seen', '2026-06-01T20:00:00+01:00', 'uhb')], 'event-stay-01'],
    ['stays in two hospitals', [seen('uhb', 'own', '2026-06-01T14:10:00+01:00', 'uhb'), seen('bcc', 'seen', '2026-06-01T20:00:00+01:00', 'bchc')], undefined],
    ['two stays of one hospital, days apart', [seen('uhb', 'own', '2026-06-01T14:10:00+01:00', 'uhb'), seen('bcc', 'seen', '2026-06-04T20:00:00+01:00', 'uhb')], undefined],
    ['care that two organisations know of', [episode('bchc', 'own', '2026-06-01'), episode('bcc', 'seen', '2026-06-02')], 'event-episode-01'],
    ['care of two parts of the programme', [episode('bchc', 'own', '2026-06-01'), episode('bcc', 'seen', '2026-06-02', 'district-nursing')], undefined],
    ['a plan that two organisations hold', [plan('bchc', 'own', '2026-06-01'), plan('bcc', 'seen', '2026-06-02')], 'event-plan-01'],
    ['a plan two hold, its own author having another of another sort begun with it', [plan('bchc', 'own', '2026-06-01', 'community-team', 'bchc', 'rehab'), plan('bchc', 'other', '2026-06-01', 'community-team', 'bchc', 'cpa'), plan('bcc', 'seen', '2026-06-01', 'community-team', 'bchc', 'rehab')], 'event-plan-sort-01'],
    ['plans of two authors', [plan('bchc', 'own', '2026-06-01'), plan('bcc', 'seen', '2026-06-02', 'community-team', 'bcc')], undefined],
  ])('%s', (_, rows, by) => {
    const events = find(rows);
    const told = events.filter(({ witnesses: { length } }) => length > 1);
    expect([events.length, told.map(({ witnesses: [, second] }) => second?.rule)]).toEqual(by === undefined ? [2, []] : [rows.length - 1, [by]]);
  });

  test('leaving a hospital is one line with everybody who tells of it', () => {
    const discharge = find(aliceGoesHome).find(({ kind }) => kind === 'discharge');
    expect(witnesses(discharge).sort()).toEqual(['mentions bed', 'mentions bed-asked', 'mentions council-asked', 'tells spell']);
    expect(discharge?.from).toBe('2026-06-15T14:20:00+01:00');
    expect(new Set(discharge?.witnesses.map(({ row }) => row.custodian)).size).toBe(3);
  });

  test('a request made for other reasons, or long after, mentions no discharge', () => {
    const discharges = find([aliceGoesHome[0] as StoryRow,
      referral('bcc', 'from-home', undefined, 'bcc', '2026-06-15', { extension: [origin(routeOfAccess, 'community-other')] }),
      referral('bcc', 'weeks-later', undefined, 'bcc', '2026-07-15', { extension: [origin(routeOfAccess, 'hospital-discharge')] }),
      referral('bchc', 'from-elsewhere', 'bsmhft', 'bchc', '2026-06-15', { extension: [origin('http://snomed.info/sct', '185360007')] }),
    ]).filter(({ kind }) => kind === 'discharge');
    expect(discharges.map(witnesses)).toEqual([['tells spell']]);
  });

  test('two referrals of one sender are two events, even a minute apart, unless one takes the place of the other', () => {
    const [first, second] = [referral('uhb', 'a', 'uhb', 'bchc', '2026-06-09T10:00:00Z'), referral('uhb', 'b', 'uhb', 'bchc', '2026-06-09T10:01:00Z')];
    expect(lines([first, second])).toEqual(['referral: tells b', 'referral: tells a']);
    expect(lines([first, storyRow('uhb', { ...second.resource, replaces: [{ reference: 'ServiceRequest/a' }] } as StoryRow['resource'] & { id: string })])).toEqual(['referral: tells b, tells a']);
  });

  test('of two that are as near as each other none is guessed', () => {
    expect(lines([
      referral('uhb', 'a', 'uhb', 'bchc', '2026-06-09T10:00:00Z'), referral('uhb', 'b', 'uhb', 'bchc', '2026-06-09T12:00:00Z'), referral('bchc', 'c', 'uhb', 'bchc', '2026-06-09T11:00:00Z'),
    ])).toHaveLength(3);
  });

  test('what was entered in error never was an event', () => {
    expect(lines([referral('uhb', 'a', 'uhb', 'bchc', '2026-06-09', { status: 'entered-in-error' }), referral('bchc', 'b', 'uhb', 'bchc', '2026-06-09')])).toEqual(['referral: tells b']);
  });

  test('the answer to a referral stands with it, and alone where the referral cannot be seen', () => {
    const answer = storyRow('bchc', { resourceType: 'Task', id: 'answer', status: 'accepted', intent: 'order', focus: { reference: 'ServiceRequest/received' }, authoredOn: '2026-06-10' });
    expect(lines([referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-09'), referral('bchc', 'received', 'uhb', 'bchc', '2026-06-09'), answer])).toEqual(['referral: tells sent, tells received, answers answer']);
    expect(lines([answer])).toEqual(['task: tells answer']);
  });

  test('what a person decided outweighs every rule, either way', () => {
    const pair = [referral('uhb', 'a', 'uhb', 'bchc', '2026-06-09T10:00:00Z'), referral('bchc', 'b', 'uhb', 'bchc', '2026-06-09T10:00:00Z')];
    expect(lines(pair, [{ first: 'a', second: 'b', verdict: 'different' }])).toHaveLength(2);
    const apart = [pair[0] as StoryRow, referral('bchc', 'b', undefined, 'bchc', '2026-09-09')];
    expect(lines(apart)).toHaveLength(2);
    expect(find(apart, [{ first: 'a', second: 'b', verdict: 'same' }])[0]?.witnesses[1]?.rule).toBe('event-decided-01');
    expect(lines([pair[0] as StoryRow], [{ first: 'a', second: 'hidden', verdict: 'same' }])).toEqual(['referral: tells a']);
  });
});

describe('whatever the records', () => {
  const custodians: Partner[] = ['uhb', 'bchc', 'bcc'];
  const partner = fc.constantFrom(...custodians);
  const hour = fc.integer({ min: 0, max: 400 }).map((n) => new Date(Date.UTC(2026, 5, 1) + n * 3_600_000).toISOString());
  const anyReferral = fc.record({ by: partner, from: fc.option(partner, { nil: undefined }), to: partner, at: hour, number: fc.integer({ min: 1, max: 40 }), part: fc.constantFrom('community-team', 'ucr', 'discharge-hub'), error: fc.integer({ min: 0, max: 9 }) });
  const anyRows = fc.array(anyReferral, { maxLength: 25 }).map((drawn) => drawn.map(({ by, from, to, at, number, part, error }, i) => referral(by, `r${String(i).padStart(2, '0')}`, from, to, at, {
    extension: [component(part), origin(routeOfAccess, 'hospital-discharge')], status: error === 0 ? 'entered-in-error' : 'active',
    ...(number < 15 && { identifier: [{ system: 'https://fhir.nhs.uk/Id/UBRN', value: String(number) }] }),
  })));

  test('every record but errors is told once, no event has two of one custodian, and the order it came in plays no part', () => {
    fc.assert(fc.property(anyRows, fc.func(fc.integer()), (rows, shuffle) => {
      const events = find(rows);
      const told = events.flatMap((event) => event.witnesses.filter(({ how }) => how === 'tells').map(({ row }) => row.id));
      expect([...told].sort()).toEqual(rows.filter(({ resource }) => (resource as { status?: string }).status !== 'entered-in-error').map(({ id }) => id).sort());
      for (const event of events) expect(new Set(event.witnesses.map(({ row }) => row.custodian)).size).toBe(event.witnesses.length);
      expect(find([...rows].sort((a, b) => shuffle(a.id) - shuffle(b.id)))).toEqual(events);
    }), { numRuns: 150 });
  });

  test('four thousand records are told as two thousand events', () => {
    const rows = Array.from({ length: 4000 }, (_, i) => (i % 2 === 0
      ? referral('uhb', `s${i}`, 'uhb', 'bchc', new Date(Date.UTC(2010, 0, 1) + i * 7_200_000).toISOString())
      : referral('bchc', `t${i}`, 'uhb', 'bchc', new Date(Date.UTC(2010, 0, 1) + (i - 1) * 7_200_000 + 60_000).toISOString())));
    expect(find(rows)).toHaveLength(2000);
  });
});

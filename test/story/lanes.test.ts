import { findEvents } from '../../src/story/events.ts';
import { episodesByRequest, standingOf, type ReferralStanding } from '../../src/story/lanes.ts';
import type { StoryRow } from '../../src/story/story-row.ts';
import { findThreads } from '../../src/story/threads.ts';
import { lateFrom } from '../../src/story/awaits-reply.ts';
import { shippedStoryRule } from './shipped-story-rule.ts';
import { component, organisation, referral, stay, storyRow } from './story-rows.ts';

const rule = shippedStoryRule();
const now = new Date('2026-06-20T12:00:00Z');
const sent = referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-18T10:00:00+01:00');
const received = referral('bchc', 'received', 'uhb', 'bchc', '2026-06-18T10:20:00+01:00');
const task = (status: 'requested' | 'accepted' | 'rejected' | 'completed', outcome?: string): StoryRow => storyRow('bchc', {
  resourceType: 'Task', id: 'answer', status, intent: 'order', focus: { reference: 'ServiceRequest/sent' }, authoredOn: '2026-06-19',
  ...(outcome !== undefined && { output: [{ type: { text: 'Outcome' }, valueCodeableConcept: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/referral-outcome', code: outcome }] } }] }),
});
const episode = (status: 'planned' | 'active' | 'finished' | 'cancelled'): StoryRow => storyRow('bchc', {
  resourceType: 'EpisodeOfCare', id: 'episode', status, patient: { reference: 'Patient/alice' }, referralRequest: [{ reference: 'ServiceRequest/received' }], period: { start: '2026-06-19' },
});

function standing(rows: readonly StoryRow[], at = now): ReferralStanding | undefined {
  const events = findEvents(rows, [], rule);
  return events.map((event) => standingOf(event, episodesByRequest(events), rule, at)).find((each) => each !== undefined);
}

describe('how a referral stands', () => {
  test.each<[string, StoryRow[], string]>([
    ['nobody has answered yet', [sent], 'waiting'],
    ['its receiver has it', [sent, received], 'received'],
    ['only its receiver tells of it', [received], 'received'],
    ['a Task accepts it', [sent, task('accepted')], 'accepted'],
    ['a Task rejects it', [sent, received, task('rejected')], 'rejected'],
    ['a Task is done and says that it was accepted', [sent, task('completed', 'accepted')], 'accepted'],
    ['a question how it stands is no answer', [sent, task('requested')], 'waiting'],
    ['the gateway\'s own Task about it is done', [sent, received, storyRow('uhb', { ...task('completed').resource, id: 'asked', code: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/gateway-action', code: 'no-reply' }] } } as StoryRow['resource'] & { id: string })], 'received'],
    ['an episode has followed', [sent, received, episode('active')], 'accepted'],
    ['the episode is over', [sent, received, episode('finished')], 'closed'],
    ['an episode that never began', [sent, received, episode('cancelled')], 'rejected'],
    ['its receiver turned it down', [sent, referral('bchc', 'received', 'uhb', 'bchc', '2026-06-18T10:20:00+01:00', { status: 'revoked' })], 'rejected'],
    ['its sender took it back', [referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-18', { status: 'revoked' })], 'withdrawn'],
    ['its sender closed it', [referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-18', { status: 'completed' })], 'closed'],
  ])('%s', (_, rows, state) => { expect(standing(rows)?.state).toBe(state); });

  test('days of waiting are days of the calendar in London, and the table says when they are too many', () => {
    const late = referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-13T23:30:00Z'); // the 14th in London
    expect(standing([late], new Date('2026-06-19T22:59:00Z'))).toMatchObject({ state: 'waiting', waitingDays: 5 });
    expect(standing([late], new Date('2026-06-19T23:01:00Z'))).toMatchObject({ state: 'no-reply', waitingDays: 6 });
    expect(standing([referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-18', { extension: [component('ucr')] })])).toMatchObject({ state: 'no-reply', waitingDays: 2 });
  });

  test('received is no answer for ever', () => {
    const urgent = referral('bchc', 'received', 'uhb', 'bchc', '2026-06-18T10:20:00+01:00', { extension: [component('ucr')] });
    const asked = referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-18T10:00:00+01:00', { extension: [component('ucr')] });
    expect(standing([asked, urgent])).toMatchObject({ state: 'received', waitingDays: 2 });
    expect(standing([asked, urgent], new Date('2026-06-21T12:00:00Z'))).toMatchObject({ state: 'no-answer', waitingDays: 3 });
    expect(standing([asked, urgent, task('accepted')], new Date('2026-06-21T12:00:00Z'))).toMatchObject({ state: 'accepted' });
  });

  test('of two receivers each stands where its own records say', () => {
    const both = { performer: (['bchc', 'bcc'] as const).map((code) => ({ reference: organisation(code) })) };
    const [asked, theirs] = [referral('uhb', 'sent', 'uhb', 'bchc', '2026-06-18T10:00:00+01:00', both), referral('bchc', 'received', 'uhb', 'bchc', '2026-06-18T10:20:00+01:00', both)];
    const refusal = storyRow('bcc', { resourceType: 'Task', id: 'refusal', status: 'rejected', intent: 'order', focus: { reference: 'ServiceRequest/sent' }, authoredOn: '2026-06-20' });
    const lanesOf = (rows: readonly StoryRow[]): (string | undefined)[] => (standing(rows)?.lanes ?? []).map(({ organisation: name, state, since }) => `${name} ${state} ${since ?? ''}`);
    expect(lanesOf([asked, theirs, episode('active'), refusal])).toEqual([
      `${organisation('uhb')} sent 2026-06-18T10:00:00+01:00`, `${organisation('bchc')} accepted 2026-06-19`, `${organisation('bcc')} rejected 2026-06-20`,
    ]);
    expect(lanesOf([asked, theirs])).toContain(`${organisation('bcc')} waiting `);
  });

  test('each organisation has its lane', () => {
    expect(standing([sent, received, episode('active')])?.lanes).toEqual([
      { organisation: organisation('uhb'), side: 'sender', state: 'sent', since: '2026-06-18T10:00:00+01:00' },
      { organisation: organisation('bchc'), side: 'receiver', state: 'accepted', since: '2026-06-19' },
    ]);
  });
});

test('only what somebody else must answer is waited for', () => {
  expect(lateFrom(sent.resource, organisation('uhb'), rule.noReplyDays)).toBe(Date.parse('2026-06-24T09:00:00.500Z'));
  expect(lateFrom(received.resource, organisation('bchc'), rule.noReplyDays)).toBeUndefined();
  for (const more of [{ status: 'completed' }, { status: 'revoked' }, { status: 'draft' }, { performer: [] }] as const) {
    expect(lateFrom({ ...sent.resource, ...more } as StoryRow['resource'], organisation('uhb'), rule.noReplyDays)).toBeUndefined();
  }
});

describe('threads', () => {
  const plan = (id: string, supporting: string[]): StoryRow => storyRow('bchc', {
    resourceType: 'CarePlan', id, status: 'active', intent: 'plan', subject: { reference: 'Patient/alice' }, period: { start: '2026-06-20' }, supportingInfo: supporting.map((reference) => ({ reference })),
  });
  const threads = (rows: readonly StoryRow[]): string[][] => {
    const events = findEvents(rows, [], rule);
    return [...new Set(findThreads(events).values())].map(({ key, events: keys }) => [key, ...keys]);
  };

  test('follow what records name across partners, from the referral to the plan, and are called after where they began', () => {
    const rows = [sent, received, episode('active'), plan('plan', ['EpisodeOfCare/episode']), stay('uhb', 'elsewhere', '2020-01-01', '2020-01-02')];
    expect(threads(rows)).toEqual([['referral-sent', 'plan-plan', 'episode-episode', 'referral-sent'], ['stay-elsewhere', 'discharge-elsewhere', 'stay-elsewhere']]);
  });

  const joined = { resourceType: 'CarePlan', id: 'one', status: 'active', intent: 'plan', subject: { reference: 'Patient/alice' }, period: { start: '2026-06-20' } } as const;
  const contact = { resourceType: 'Encounter', id: 'one', status: 'finished', class: { code: 'HH' }, subject: { reference: 'Patient/alice' }, period: { start: '2026-06-20' } } as const;
  const other = { reference: 'EpisodeOfCare/episode' };
  test.each<[string, StoryRow['resource'] & { id: string }]>([
    ['basedOn', { ...contact, basedOn: [{ reference: 'ServiceRequest/received' }] }], ['episodeOfCare', { ...contact, episodeOfCare: [other] }], ['replaces', { ...joined, replaces: [{ reference: 'CarePlan/before' }] }],
    ['partOf', { ...joined, partOf: [{ reference: 'CarePlan/before' }] }], ['careTeam', { ...joined, careTeam: [{ reference: 'CareTeam/team' }] }],
  ])('a record hangs together with another by %s', (_, resource) => {
    const before = storyRow('bchc', { ...joined, id: 'before', supportingInfo: [other] });
    const team = storyRow('bchc', { resourceType: 'CareTeam', id: 'team', status: 'active', period: { start: '2026-06-18' } });
    const found = findThreads(findEvents([received, episode('active'), before, team, storyRow('bchc', resource)], [], rule));
    expect([...new Set(found.values())].some(({ events }) => events.length > 1 && events.some((key) => key.endsWith('-one')))).toBe(true);
  });

  test.each<[string, StoryRow['resource'] & { id: string }, object]>([
    ['a group identifier', { resourceType: 'Task', id: 'clock', status: 'in-progress', intent: 'order', groupIdentifier: { system: 'https://fhir.bicp.example/Id/bchc/patient-pathway', value: 'P1' } }, { requisition: { system: 'https://fhir.bicp.example/Id/bchc/patient-pathway', value: 'P1' } }],
    ['a booking reference', { resourceType: 'Task', id: 'clock', status: 'in-progress', intent: 'order', identifier: [{ system: 'https://fhir.nhs.uk/Id/UBRN', value: '000000000001' }] }, { identifier: [{ system: 'https://fhir.nhs.uk/Id/UBRN', value: '000000000001' }] }],
  ])('%s that a referral and a clock carry makes them one thread; another system with that number does not', (_, clock, number) => {
    const numbered = (more: object): StoryRow => ({ ...sent, resource: { ...sent.resource, ...more } });
    expect(threads([numbered(number), storyRow('bchc', clock)])).toHaveLength(1);
    expect(threads([numbered(JSON.parse(JSON.stringify(number).replace('https://fhir.', 'https://other.'))), storyRow('bchc', clock)])).toHaveLength(2);
  });

  test('nothing that cannot be seen joins two ends, and a common problem or person joins nothing', () => {
    expect(threads([plan('a', ['ServiceRequest/hidden', 'Condition/c']), plan('b', ['ServiceRequest/hidden', 'Condition/c']), storyRow('bchc', { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/alice' } })])).toHaveLength(3);
  });

  test('records that name each other in a circle are one thread', () => {
    expect(threads([plan('a', ['CarePlan/b']), plan('b', ['CarePlan/a'])])).toHaveLength(1);
  });
});

import type { Bundle } from '@medplum/fhirtypes';
import { directoryOf } from '../../../src/viewer/person/parts/origin.ts';
import { readTimeline } from '../../../src/viewer/person/timeline/read-timeline.ts';
import { lanesOf } from '../../../src/viewer/person/timeline/lanes-view.ts';
import { lastReceivedOf, sourcesOf } from '../../../src/viewer/person/cards/sources-view.ts';
import { chosenOf, everything, groupsOf, kindsIn, organisationsIn, timelineOf, type Choice, type TimelineEntry } from '../../../src/viewer/person/timeline/timeline-view.ts';
import { bedStay, cityCouncil, communityTrust, councilPlan, draftPlan, homeSupport, keyWorkers, outcome, rehabilitation, requestToCouncil, requestToTeam, sentToCouncil, stayToldByCouncil, wardStay } from './people.ts';
import { timelineBundle, told } from './tell.ts';

const directory = directoryOf([communityTrust, cityCouncil], undefined, new Map([['bcc-cld', 'Council system'], ['bchc-rio', 'Community RiO'], ['uhb-adt', 'Hospital PAS']]));
const linesOf = (...resources: Parameters<typeof told>): TimelineEntry[] => timelineOf(told(...resources).events, directory);
const all = linesOf(bedStay, homeSupport, rehabilitation, requestToCouncil, requestToTeam, outcome, councilPlan, draftPlan, keyWorkers);

test('every event is one line, newest first, with how it stands', () => {
  expect(all.map(({ when, until, what, state }) => [when, until, what, state].filter((part) => part !== undefined).join(' | '))).toEqual([
    '05-Jun-2026 | Care team: Early Intervention Team South | Going on',
    '04-Jun-2026 | Episode of care: Home Support | Going on',
    '04-Jun-2026 | Care plan: Home Support | Going on',
    '04-Jun-2026 11:00 | Left Moseley Hall Ward One',
    '02-Jun-2026 15:20 | Referral: Early Intervention Team South | Received, no answer, waiting 173 days',
    '02-Jun-2026 | Care plan | Being prepared',
    '28-May-2026 | Referral: Birmingham City Council | Completed',
    '11-May-2026 16:00 | to 04-Jun-2026 | Stay: Moseley Hall Ward One',
    '08-May-2026 | to 04-Jun-2026 | Episode of care: Rehabilitation beds',
  ]);
});

test('what lies ahead is planned', () => expect(linesOf({ ...wardStay, status: 'planned', period: { start: '2026-12-01' } })).toMatchObject([{ what: 'Stay: W12 B10', state: 'Planned' }]));

test('a line leads to the entry it is named by, and says what that entry says beside its title', () => {
  expect(all.at(-3)).toMatchObject({ record: 'ServiceRequest/request', more: 'From Discharge from Hospital. Support at home', month: 'May-2026' });
  expect(linesOf(wardStay)[0]?.more).toBe('Moved to W12 B10 21-Nov-2026 10:30');
  expect(linesOf({ ...bedStay, reasonCode: [{ text: 'Fall' }] }).map(({ more }) => more)).toEqual(['Went to: Usual place of residence', 'Fall']);
  expect(linesOf(rehabilitation)[0]?.more).toBe('Outcome: Goals met');
  expect(linesOf(keyWorkers)[0]?.more).toBe('Sahota, Jaspal');
});

describe('a referral that its sender and its receiver tell', () => {
  const [line, ...others] = linesOf(sentToCouncil, requestToCouncil, outcome);
  test('is one line with both and how it stands', () => {
    expect(others).toEqual([]);
    expect(line).toMatchObject({ what: 'Referral: Birmingham City Council', told: { by: 'Told by University Hospitals Birmingham (Hospital PAS) and Birmingham City Council (Council system)', organisations: ['University Hospitals Birmingham', 'Birmingham City Council'] } });
  });
  test('opens to who said it, when it was stored and why it is taken for one', () => {
    expect(line?.told.witnesses).toEqual([
      { record: 'ServiceRequest/sent', title: 'Referral: Birmingham City Council', organisation: 'University Hospitals Birmingham', system: 'Hospital PAS', stored: '22-Nov-2026 00:46', joined: 'The entry this line is named by' },
      { record: 'ServiceRequest/request', title: 'Referral: Birmingham City Council', organisation: 'Birmingham City Council', system: 'Council system', stored: '22-Nov-2026 00:46', joined: 'Taken for the same event: referral number (rule event-identifier-01)' },
      { record: 'Task/outcome', title: 'Outcome of a referral', organisation: 'Birmingham City Council', system: 'Council system', stored: '22-Nov-2026 00:46', joined: 'An answer to it (rule event-answer-01)' },
    ]);
    expect(line?.told.lanes).toEqual(['University Hospitals Birmingham: sent 28-May-2026', 'Birmingham City Council: completed']);
  });
  test.each([
    [{}, 'No reply for 178 days'], [{ authoredOn: '2026-11-21' }, 'Sent, waiting 1 day'], [{ authoredOn: '2026-11-17' }, 'Sent, waiting 5 days'], [{ status: 'revoked' as const }, 'Withdrawn'],
  ])('that nobody answered stands as %j: %s', (more, state) => expect(linesOf({ ...sentToCouncil, ...more })[0]?.state).toBe(state));
});

test('who only mentions an event is told apart from who tells it', () => {
  const route = { url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-SourceOfServiceRequest', valueCodeableConcept: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/cld-route-of-access', code: 'hospital-discharge' }], text: 'Discharge from Hospital' } };
  const left = linesOf(bedStay, { ...requestToCouncil, extension: [route] }).find(({ what }) => what.startsWith('Left'));
  expect(left?.told).toMatchObject({ by: 'Told by Birmingham Community Healthcare (Community RiO), mentioned by Birmingham City Council (Council system)', organisations: ['Birmingham Community Healthcare', 'Birmingham City Council'] });
  expect(left?.told.witnesses.at(-1)?.joined).toBe('Speaks of it: the council was asked because of leaving a hospital, as a stay there ended (rule event-discharge-council-01)');
});

test('what witnesses say differently stands beside it', () => {
  const stay = linesOf(stayToldByCouncil, bedStay).find(({ what }) => what.startsWith('Stay'));
  expect(stay?.told.differences).toEqual(['When it ended: Birmingham Community Healthcare says 04-Jun-2026 11:00; Birmingham City Council says 06-Jun-2026']);
});

test('what the gateway leaves out is said; an event whose record did not come is no line', () => {
  const { entry = [] } = timelineBundle(bedStay);
  const [list] = entry.flatMap(({ resource }) => (resource?.resourceType === 'List' ? [{ ...resource, note: [{ text: 'The oldest are left out.' }] }] : []));
  const page: Bundle = { resourceType: 'Bundle', type: 'searchset', entry: list ? [{ resource: list }] : [] };
  expect(readTimeline([page, page])).toEqual({ events: [], notes: ['The oldest are left out.'] });
  expect(readTimeline([])).toEqual({ events: [], notes: [] });
});

test('a sort of entry nobody foresaw still has its place by its date', () => {
  expect(linesOf({ resourceType: 'Condition', id: 'c', subject: {}, code: { text: 'Frailty' }, recordedDate: '2026-03-01' })).toMatchObject([{ when: '01-Mar-2026', what: 'Condition: Frailty' }]);
});

describe('choosing from the timeline', () => {
  const chosen = (entries: readonly TimelineEntry[], choice: Partial<Choice>): TimelineEntry[] => chosenOf(entries, { ...everything, ...choice });
  test('every word counts, anywhere in what is shown', () => {
    expect(chosen(all, { text: 'REFERRAL council', organisation: '' }).map(({ record }) => record)).toEqual(['ServiceRequest/request']);
    expect(chosen(all, { text: 'rio ward', organisation: '' })).toHaveLength(2);
    expect(chosen(all, { text: 'nothing like it', organisation: '' })).toEqual([]);
  });
  test('an organisation can be chosen: what it is a witness of', () => {
    expect(organisationsIn(all)).toEqual(['Birmingham City Council', 'Birmingham Community Healthcare']);
    expect(chosen(all, { text: '', organisation: 'Birmingham City Council' })).toHaveLength(4);
    expect(chosen(linesOf(sentToCouncil, requestToCouncil), { text: '', organisation: 'Birmingham City Council' })).toHaveLength(1);
  });
  test('by month, or by organisation', () => {
    expect(groupsOf(all, 'date').map(({ heading, entries }) => [heading, entries.length])).toEqual([['Jun-2026', 6], ['May-2026', 3]]);
    expect(groupsOf(all, 'organisation').map(({ heading, entries }) => [heading, entries.length])).toEqual([['Birmingham City Council', 4], ['Birmingham Community Healthcare', 5]]);
  });
  test('by what belongs together, under what it began with; what stands alone comes last', () => {
    const threads = groupsOf(linesOf(sentToCouncil, { ...homeSupport, referralRequest: [{ reference: 'ServiceRequest/sent' }] }, bedStay), 'thread');
    expect(threads.map(({ heading, entries }) => [heading, entries.map(({ kind }) => kind)])).toEqual([['Referral: Birmingham City Council, 28-May-2026', ['episode', 'referral']], ['Stay: Moseley Hall Ward One, 11-May-2026', ['discharge', 'stay']]]);
    expect(groupsOf(linesOf(rehabilitation), 'thread').map(({ heading }) => heading)).toEqual(['By themselves']);
  });
  test('by kind, and from a day to a day, both included', () => {
    expect(kindsIn(all)).toEqual(expect.arrayContaining(['referral', 'stay', 'plan']));
    expect(chosen(all, { kind: 'referral' }).map(({ record }) => record)).toEqual(['ServiceRequest/urgent', 'ServiceRequest/request']);
    expect(chosen(all, { from: '2026-05-28', to: '2026-06-02' }).map(({ day }) => day)).toEqual(['02-Jun-2026', '02-Jun-2026', '28-May-2026']);
    expect(chosen(linesOf({ resourceType: 'Condition', id: 'c', subject: {}, recordedDate: '2026' }), { from: '2026-01-01', to: '2026-01-01' })).toHaveLength(1);
    expect(chosen(linesOf({ resourceType: 'Condition', id: 'c', subject: {} }), { to: '2030-01-01' })).toEqual([]);
  });
});

test('in lanes each event stands with who tells it, and a referral reaches from its sender to its receiver', () => {
  const { organisations, rows } = lanesOf(linesOf(sentToCouncil, requestToCouncil, bedStay));
  expect(organisations).toEqual(['Birmingham Community Healthcare', 'University Hospitals Birmingham', 'Birmingham City Council']);
  expect(rows.map(({ entry, first, last, way }) => [entry.kind, first, last, way])).toEqual(expect.arrayContaining([['referral', 1, 2, 'right'], ['stay', 0, 0, undefined]]));
});

test('where what is shown came from is told by system, each record once, with the newest; so is the last good time of a late source', () => {
  const { events } = told(sentToCouncil, requestToCouncil, outcome, bedStay);
  expect(sourcesOf(events, directory)).toEqual([
    { organisation: 'Birmingham City Council', system: 'Council system', entries: 2, newest: '22-Nov-2026 00:46' },
    { organisation: 'Birmingham Community Healthcare', system: 'Community RiO', entries: 1, newest: '22-Nov-2026 00:46' },
    { organisation: 'University Hospitals Birmingham', system: 'Hospital PAS', entries: 1, newest: '22-Nov-2026 00:46' },
  ]);
  expect(lastReceivedOf('The newest information from Birmingham City Council has not arrived yet.', events)).toEqual([{ organisation: 'Birmingham City Council', at: '22-Nov-2026 00:46' }]);
  expect(lastReceivedOf('The newest information from at least one organisation has not arrived yet.', events)).toEqual([]);
});

import type { FeedLedger } from '../../../src/flow/feeds/feed-ledger.ts';
import type { FeedReport as Answered } from '../../../src/flow/feeds/feed-doctor.ts';
import type { FeedReport } from '../../../src/viewer/feeds/feed-shapes.ts';
import { strings } from '../../../src/viewer/strings.ts';
import { coverageOf, fieldsInOrder, shapeOf, waysOf } from '../../../src/viewer/feeds/ledger-view.ts';
import { factsOf, hasSent, inOrder, stateOf } from '../../../src/viewer/feeds/feed-view.ts';

const queue = { received: 0, pending: 0, retrying: 0, quarantined: 0, rejected: 0, awaitingMerge: 0, unmappedCodes: 0, waitingSince: null, lastReceived: null };
const well: Answered = { feed: 'uhb-adt', title: 'Admissions', partner: 'University Hospitals', state: 'live', mapping: { live: 'a'.repeat(64), candidate: null }, queue, freshness: { lastGood: null, lagSeconds: 0, rowsOfDay: 0, errorRate: 0, usualRows: null }, replay: null, ailments: [] };
const sick: FeedReport = { ...well, feed: 'bcc-cld', partner: 'Zebra Council', queue: { ...queue, received: 1, pending: 2, quarantined: 3, awaitingMerge: 1, waitingSince: '2026-11-22T09:05:00Z', lastReceived: '2026-11-22T09:05:00Z' }, ailments: [{ code: 'quarantined', sentence: '3 rows in quarantine.', fix: 'See the list.' }] };

test('what needs somebody comes first', () => expect(inOrder([well, sick]).map(({ feed }) => feed)).toEqual(['bcc-cld', 'uhb-adt']));

test('what is stuck is told in counts, that nothing is once, and a feed that never sent says so', () => {
  expect(factsOf(sick)).toEqual([['Organisation', 'Zebra Council'], ['Last received', '22-Nov-2026 09:05'], ['In 24 hours', '0 rows'], ['Waiting', '3 rows, the oldest since 22-Nov-2026 09:05'], ['In quarantine', '3 rows'], ['Wait for who is who', '1 row']]);
  expect(factsOf(well)).toEqual([['Organisation', 'University Hospitals'], ['Last received', 'Nothing yet']]);
});

test('a feed that never sent is not said to work well', () => {
  expect([well, sick, { ...well, state: 'shadow' }].map((feed) => [stateOf(feed), hasSent(feed)])).toEqual([['Nothing sent yet', false], ['At work', true], ['On trial', false]]);
  expect([[0, 21, 21], [0, 5, 21], [1, 5, 21]].map(([ill = 0, sending = 0, all = 0]) => strings.feeds.counts(ill, sending, all))).toEqual([
    'Nothing is stuck in any feed.', 'Nothing is stuck in any feed. 16 of 21 never sent anything here.', '1 of 21 feeds needs somebody to look. 16 of 21 never sent anything here.',
  ]);
});

test('how fresh it is stands beside an ordinary day', () => {
  const fresh = { lastGood: '2026-11-22T09:05:00Z', lagSeconds: 5_400, rowsOfDay: 120, errorRate: 0.004, usualRows: 1_234.4 };
  expect(factsOf({ ...well, freshness: fresh }).slice(2, 6)).toEqual([['Last that was worked off', '22-Nov-2026 09:05'], ['Behind by', '90 minutes'], ['In 24 hours', '120 rows, 1,234 on an ordinary day'], ['Of these, refused', '1 of 100']]);
});

test('where fields go: those that go nowhere first, each way with how often, what is left out with who agreed', () => {
  const way = { state: 'carried', to: 'Patient.name.family', seen: 1_200, example: { record: '12/1', shape: 'Xxxxx' } } as const;
  const ledger: FeedLedger = {
    feed: 'uhb-adt', complete: true, unmappedCodes: [], coverage: { unmapped: 1, dropped: 1, read: 0, 'carried-as-text': 0, carried: 1 },
    fields: [
      { part: '', field: 'PID.f5.c1', sentAs: 'PID-5.1', state: 'carried', dropped: null, ways: [way] },
      { part: '', field: 'PID.f1', sentAs: 'PID-1', state: 'dropped', dropped: { reason: 'A number', approvedBy: 'Lead', date: '2026-01-12' }, ways: [{ state: 'dropped', to: null, seen: 1, example: null }] },
      { part: '', field: 'ZU.f9', sentAs: 'ZU-9', state: 'unmapped', dropped: null, ways: [{ state: 'unmapped', to: null, seen: 2, example: null }, way] },
    ],
  };
  expect(coverageOf(ledger)).toEqual([['Goes nowhere', '1'], ['Left out on purpose', '1'], ['Carried', '1']]);
  expect(fieldsInOrder(ledger.fields).map((field) => [field.sentAs, waysOf(field), shapeOf(field)])).toEqual([
    ['ZU-9', ['Goes nowhere: 2 times', 'Patient.name.family: 1,200 times'], 'Xxxxx'], ['PID-1', ['Left out on purpose: once', 'A number (agreed by Lead on 12-Jan-2026)'], ''], ['PID-5.1', ['Patient.name.family: 1,200 times'], 'Xxxxx'],
  ]);
});

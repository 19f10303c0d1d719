import type { FeedReport as Answered } from '../../../src/flow/feed-doctor.ts';
import type { FeedReport } from '../../../src/viewer/feeds/feed-shapes.ts';
import { factsOf, inOrder } from '../../../src/viewer/feeds/feed-view.ts';

const queue = { received: 0, pending: 0, retrying: 0, quarantined: 0, awaitingMerge: 0, unmappedCodes: 0, waitingSince: null, lastReceived: null };
const well: Answered = { feed: 'uhb-adt', title: 'Admissions', partner: 'University Hospitals', state: 'live', mapping: { live: 'a'.repeat(64), candidate: null }, queue, freshness: { lastGood: null, lagSeconds: 0, rowsOfDay: 0, errorRate: 0, usualRows: null }, replay: null, ailments: [] };
const sick: FeedReport = { ...well, feed: 'bcc-cld', partner: 'Zebra Council', queue: { ...queue, received: 1, pending: 2, quarantined: 3, awaitingMerge: 1, waitingSince: '2026-11-22T09:05:00Z', lastReceived: '2026-11-22T09:05:00Z' }, ailments: [{ code: 'quarantined', sentence: '3 rows in quarantine.', fix: 'See the list.' }] };

test('what needs somebody comes first', () => expect(inOrder([well, sick]).map(({ feed }) => feed)).toEqual(['bcc-cld', 'uhb-adt']));

test('what is stuck is told in counts, nothing is told as nothing, and a feed that never sent says so', () => {
  expect(factsOf(sick)).toEqual([['Organisation', 'Zebra Council'], ['Last received', '22-Nov-2026 09:05'], ['Waiting', '3 rows, the oldest since 22-Nov-2026 09:05'], ['In quarantine', '3 rows'], ['Codes no table has', '0'], ['Wait for who is who', '1 row']]);
  expect(factsOf(well)).toEqual([['Organisation', 'University Hospitals'], ['Last received', 'Nothing yet'], ['Waiting', '0 rows'], ['In quarantine', '0 rows'], ['Codes no table has', '0']]);
});

import type { Bundle, Encounter, Flag, Observation, Patient } from '@medplum/fhirtypes';
import { sectionIn, type Confirmed } from '../../../src/viewer/person/story/read-told-story.ts';
import { disagreementsOf, linesOf, toldOnceOf } from '../../../src/viewer/person/story/told-once-view.ts';
import { alice, fromCommunity, fromCouncil, now, wardStay } from './people.ts';
import { storyBundle } from './tell.ts';

const atTheTrust: Patient = { ...alice, id: 'trust', meta: fromCommunity, communication: [{ language: { text: 'Punjabi' }, preferred: true }] };
const atTheCouncil: Patient = { resourceType: 'Patient', id: 'council', meta: fromCouncil, name: alice.name ?? [], birthDate: '1938-02-11', address: [{ use: 'home', line: ['9 Sample Close'], postalCode: 'B9 9XX' }] };
const livesIn: Observation = {
  resourceType: 'Observation', id: 'home', meta: fromCouncil, status: 'final', subject: { reference: 'Patient/alice' }, effectiveDateTime: '2026-10-27',
  code: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/cld-item', code: 'accommodation-status' }], text: 'Accommodation' }, valueCodeableConcept: { text: 'Lives alone' },
};
const confirmation = { id: 'home', version: 1, at: '2026-11-20T09:05:00.000Z', organisation: 'x|RYW', organisationName: 'Birmingham Community Healthcare', person: 'Niamh Example' };
const factsIn = (...confirmations: (typeof confirmation)[]) => toldOnceOf(sectionIn(storyBundle([atTheTrust, atTheCouncil], [livesIn], confirmations), 'told-once'), now);

describe('what was told once', () => {
  test('stands by the record it rests on, because a record is found still right as a whole', () => {
    expect(factsIn()).toEqual([
      { version: 'Patient/trust/_history/1', lines: ['Speaks Punjabi, preferred', 'Chidi Okafor, son, 07700 900123'], recordedBy: 'Birmingham Community Healthcare, 22-Nov-2026', confirmed: undefined, confirmedToday: false },
      { version: 'Observation/home/_history/1', lines: ['Accommodation: Lives alone'], recordedBy: 'Birmingham City Council, 27-Oct-2026', confirmed: undefined, confirmedToday: false },
    ]);
  });
  test('says who last found it still right, and when', () => {
    expect(factsIn(confirmation)[1]).toMatchObject({ confirmed: 'Still right: Niamh Example, Birmingham Community Healthcare, 20-Nov-2026 09:05', confirmedToday: false });
    expect(factsIn({ ...confirmation, at: '2026-11-22T09:05:00.000Z' })[1]?.confirmedToday).toBe(true);
  });
  test('a record that tells most comes first, and all that a record tells stands with it, so that nothing unasked is found right', () => {
    const line = (text: string, ...versions: string[]) => ({ code: 'language', text, said: versions.map((version) => ({ version, organisation: version, on: '2026-11-01', byThePerson: false })), confirmed: undefined as Confirmed | undefined });
    const right: Confirmed = { person: 'Niamh Example', organisation: 'Trust', at: '2026-11-20T09:05:00.000Z' };
    const lines = [line('one', 'A', 'B'), line('two', 'B'), line('three', 'C', 'A'), line('four', 'B')];
    const of = (...held: typeof lines) => toldOnceOf({ lines: held, groups: [], empty: undefined }, now).map(({ version, lines: texts, confirmed }) => [version, texts, confirmed !== undefined]);
    expect(of(...lines)).toEqual([['B', ['one', 'two', 'four'], false], ['A', ['one', 'three'], false]]);
    expect(of(...lines.map((each) => (each.text === 'one' || each.text === 'three' ? { ...each, confirmed: right } : each)))).toEqual([['B', ['one', 'two', 'four'], false], ['A', ['one', 'three'], true]]);
  });
  test('of an older version it says nothing: it has to be asked again', () => expect(factsIn({ ...confirmation, version: 2 })[1]?.confirmed).toBeUndefined());
  test('where there is nothing it says why', () => expect(sectionIn(storyBundle([atTheCouncil], []), 'told-once')).toMatchObject({ lines: [], empty: 'Nothing is recorded in what you may see. That is not to say that there is nothing.' }));
});

describe('alerts', () => {
  const flag = (id: string, status: 'active' | 'inactive'): Flag => ({ resourceType: 'Flag', id, meta: fromCommunity, status, subject: { reference: 'Patient/alice' }, code: { text: 'Dog in the house' }, period: { start: '2026-10-01', ...(status === 'inactive' && { end: '2026-11-01' }) } });
  test('are told with who says so, and lead to their entry; what is no longer in force is marked', () => {
    expect(linesOf(sectionIn(storyBundle([atTheTrust], [flag('now', 'active'), flag('then', 'inactive')]), 'alerts'))).toEqual([
      { code: 'alert', text: 'Dog in the house', by: 'Birmingham Community Healthcare, 01-Oct-2026', record: 'Flag/now', ended: false },
      { code: 'alert-ended', text: 'No longer in force: Dog in the house, ended on 01-Nov-2026', by: 'Birmingham Community Healthcare, 01-Oct-2026', record: 'Flag/then', ended: true },
    ]);
  });
});

describe('where the record does not agree', () => {
  const disagreementsIn = (bundle: Bundle) => disagreementsOf(sectionIn(bundle, 'disagreements'), sectionIn(bundle, 'where-now'));
  test('in two beds at once is one of them', () => {
    const bed = (id: string, meta: typeof fromCouncil): Encounter => ({ ...wardStay, id, meta });
    expect(disagreementsIn(storyBundle([atTheTrust], [bed('one', fromCouncil), bed('two', fromCommunity)]))).toMatchObject([
      { title: 'Where the person is', sides: [{ text: 'More than one organisation says that the person is in its bed', by: expect.stringContaining('Birmingham City Council') as string }] },
    ]);
  });
  test('every side is shown with who says it', () => {
    expect(disagreementsIn(storyBundle([atTheTrust, atTheCouncil], []))).toEqual([{ title: 'Home address', sides: [
      { text: '9 Sample Close, B9 9XX', by: 'Birmingham City Council, 22-Nov-2026' }, { text: '12 Example Road, Birmingham, B13 8XX', by: 'Birmingham Community Healthcare, 22-Nov-2026' },
    ] }]);
  });
  test('agreement is said, and is no blank', () => expect(sectionIn(storyBundle([atTheCouncil], []), 'disagreements').empty).toBe('What you may see does not contradict itself.'));
});

test('a document without the section is empty, not wrong', () => expect(sectionIn({ resourceType: 'Bundle', type: 'document' }, 'told-once')).toEqual({ lines: [], groups: [], empty: undefined }));

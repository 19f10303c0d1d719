import type { Bundle, Encounter, Observation, Resource, ServiceRequest } from '@medplum/fhirtypes';
import { dischargeBeside, dischargeForm, dischargeRows, waitsOf, type DischargeRow } from '../../../src/viewer/discharge/discharge-view.ts';
import { alice, now, wardStay } from '../person/people.ts';

const item = 'https://fhir.bicp.example/CodeSystem/discharge-item';
const says = (code: string) => ({ coding: [{ system: item, code }] });
const stay: Encounter = { ...wardStay, extension: [...(wardStay.extension ?? []), { url: 'https://fhir.bicp.example/StructureDefinition/discharge-ready-date', valueDateTime: '2026-11-20' }] };
const note = (day: string, component: Observation['component'], more: Partial<Observation> = {}): Observation => ({ resourceType: 'Observation', id: day, status: 'final', code: says('hub-note'), effectiveDateTime: day, encounter: { reference: 'Encounter/ward' }, ...(component && { component }), ...more });
const pathway = (code: string) => ({ code: says('pathway'), valueCodeableConcept: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/discharge-pathway', code }] } });
const asked = (id: string, authoredOn: string, more: Partial<ServiceRequest> = {}): ServiceRequest => ({ resourceType: 'ServiceRequest', id, status: 'active', intent: 'order', subject: { reference: 'Patient/alice' }, authoredOn, performer: [{ display: `Team ${id}` }], reasonCode: [{ text: 'Help at home' }], ...more });
const page = (included: readonly Resource[]): Bundle => ({ resourceType: 'Bundle', type: 'searchset', entry: [{ resource: stay, search: { mode: 'match' } }, ...[alice, ...included].map((resource) => ({ resource, search: { mode: 'include' as const } }))] });
const row = (...included: Resource[]) => dischargeRows(page(included), now)[0];

it('says who, where, since when and how long in London days', () => {
  expect(row()).toMatchObject({ citizen: 'alice', name: 'OKAFOR, Alice (Mrs)', place: 'W12 B10, University Hospitals Birmingham', ready: '20-Nov-2026', days: 2, expected: '25-Nov-2026', holds: 'No referral since the admission is recorded that you may see' });
});

it('asks for notes and referrals by themselves: nothing comes along with the stays but who it is', () => {
  expect(dischargeForm.filter(([name]) => name.includes('include'))).toEqual([['_include', 'Encounter:subject']]);
  const [[, notes] = ['', []], [, referrals] = ['', []]] = dischargeBeside(page([]));
  expect([Object.fromEntries(notes)['encounter'], Object.fromEntries(referrals)['patient']]).toEqual(['Encounter/ward', 'Patient/alice']);
});

it.each<[string, Resource[], object]>([
  ['the newest note of the hub tells the way out and what delays it', [note('2026-11-20', [pathway('2')]), note('2026-11-21', [pathway('1'), { code: says('delay-reason'), valueCodeableConcept: { text: 'Waits for a package' } }])], { pathway: 'Pathway 1: home with support, as the discharge hub noted on 21-Nov-2026', delay: 'Waits for a package' }],
  ['a note of another stay, or one that was a mistake, tells nothing', [note('2026-11-21', [pathway('1')], { encounter: { reference: 'Encounter/other' } }), note('2026-11-22', [pathway('3')], { status: 'entered-in-error' })], { pathway: undefined }],
  ['who was asked last since the admission has it', [asked('A', '2026-11-21'), asked('B', '2026-11-22'), asked('C', '2026-11-01')], { holds: 'Team B, asked 22-Nov-2026: Help at home' }],
  ['what is over, or about somebody else, has nobody waiting', [asked('A', '2026-11-21', { status: 'completed' }), asked('B', '2026-11-22', { subject: { reference: 'Patient/abdul' } })], { holds: 'No referral since the admission is recorded that you may see' }],
  ['a referral may say the way out where no hub noted it', [asked('A', '2026-11-21', { extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/discharge-pathway', valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/discharge-pathway', code: '2' } }] })], { pathway: 'Pathway 2: a bed for recovery' }],
])('%s', (_, included, expected) => { expect(row(...included)).toMatchObject(expected); });

it('adds up the days people wait by organisation, the longest first; one person is compared with nobody', () => {
  const [one] = dischargeRows(page([]), now);
  const waiting = (organisation: string, days: number): DischargeRow[] => (one ? [{ ...one, organisation, days }] : []);
  expect(waitsOf(waiting('A', 3))).toEqual([]);
  expect(waitsOf([...waiting('A', 3), ...waiting('B', 9), ...waiting('A', 7), ...waiting('', -1)])).toEqual([
    { label: 'A', value: 10, text: '2 people, 10 days together, the longest 7' }, { label: 'B', value: 9, text: '1 person, 9 days together' }, { label: 'Organisation not recorded', value: 0, text: '1 person, 0 days together' },
  ]);
});

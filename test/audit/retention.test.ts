import fc from 'fast-check';
import { join } from 'node:path';
import { dueBefore, inRanges, retained } from '../../src/audit/retention.ts';
import type { Requester, SharingClass } from '../../src/fhir/sharing.ts';
import type { HeldGrant } from '../../src/flow/policy.ts';
import type { Found } from '../../src/flow/read-asked.ts';
import { given } from '../../src/flow/audit/release-subject-access.ts';
import type { VisibleRow } from '../../src/store/door/door.ts';
import { leftOutUnder, withoutElements } from '../../src/consent/subject-access.ts';
import { loadRetentionRules } from '../../src/intake/retention-file.ts';
import { loadSubjectAccessRules } from '../../src/intake/subject-access-file.ts';

const mappings = join(import.meta.dirname, '..', '..', 'mappings');

describe('how long something is kept', () => {
  it.each<[string, number, string]>([
    ['2026-11-22T10:00:00Z', 12, '2025-11-22T00:00:00.000Z'], ['2026-03-31T23:59:59Z', 1, '2026-02-28T00:00:00.000Z'], ['2024-02-29T00:00:00Z', 12, '2023-02-28T00:00:00.000Z'],
    ['2026-01-15T00:00:00Z', 360, '1996-01-15T00:00:00.000Z'],
  ])('of %s and %i months ends for what came before %s', (now, keepMonths, before) => {
    expect(dueBefore({ keepMonths }, new Date(now))?.toISOString()).toBe(before);
  });

  it('may be for ever', () => {
    expect(dueBefore({ keepMonths: null }, new Date())).toBeNull();
  });

  it('is said for each sort of thing in the file that is shipped', () => {
    const loaded = loadRetentionRules(mappings);
    expect('rules' in loaded && loaded.rules.rules.map(({ of }) => of).sort()).toEqual([...retained].sort());
    expect(loadRetentionRules(import.meta.dirname)).toMatchObject({ problems: [{ code: 'retention-rule-invalid', at: { file: 'oversight/retention.json' } }] });
  });
});

it('numbers are named in ranges, each once', () => {
  expect([inRanges([]), inRanges([5]), inRanges([1, 2, 3, 5, 8, 9])]).toEqual(['', '5', '1-3,5,8-9']);
  fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 })), (picked) => {
    const numbers = [...picked].sort((a, b) => a - b);
    const named = inRanges(numbers).split(',').filter((range) => range !== '').flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
    expect(named).toEqual(numbers);
  }));
});

describe('what a person is given who asks', () => {
  const loaded = loadSubjectAccessRules(mappings);
  const rules = 'rules' in loaded ? loaded.rules : { version: '', note: '', rules: [] };

  it('leaves out what is about somebody else, what the law restricts, and what a professional must see first', () => {
    const under = (type: string, labels: string[] | null): string | null => leftOutUnder({ type, labels }, rules);
    expect([under('RelatedPerson', []), under('CarePlan', ['legal-restriction']), under('Observation', ['SDV', 'R']), under('CarePlan', ['R', 'MH']), under('CarePlan', [])]).toEqual(['third-party', 'restricted-by-law', 'needs-professional', null, null]);
  });

  it('leaves out a record nobody knows the class of', () => {
    expect(leftOutUnder({ type: 'CarePlan', labels: null }, rules)).toBe('third-party');
  });

  it('is the Patient without the contacts in it', () => {
    const patient = { resourceType: 'Patient', id: 'p', contact: [{ name: { text: 'A neighbour' } }] };
    expect(withoutElements(patient, rules)).toEqual({ given: { resourceType: 'Patient', id: 'p' }, leftOut: ['third-party'] });
    expect(withoutElements({ resourceType: 'Patient', id: 'p' }, rules)).toEqual({ given: { resourceType: 'Patient', id: 'p' }, leftOut: [] });
  });

  it('is neither the part of a record that is left out by itself, nor a place only what is left out names, be it named by a later page', () => {
    const hospital = 'urn:x|hospital';
    const ids = Array.from({ length: 6 }, (_, i) => `00000000-0000-4000-8000-00000000000${i}`);
    const row = (type: string, classId: number | null, said: object, fragments: VisibleRow['fragments'] = null): VisibleRow =>
      ({ scope: classId === null ? 'directory' : 'citizen', citizen: null, emergency: null, id: ids[0] ?? '', type, version: 1, classId, deleted: false, updatedAt: new Date(0), body: JSON.stringify({ resourceType: type, ...said }), fragments });
    const place = (n: number, said: object = {}): VisibleRow => ({ ...row('Location', null, said), id: ids[n] ?? '' });
    const at = (n: number): object => ({ location: { reference: `Location/${ids[n] ?? ''}` } });
    const classOf = (id: number, labels: readonly string[]): [number, SharingClass] => [id, { id, custodian: hospital, category: 'encounter', labels }];
    const held = { classes: new Map([classOf(1, []), classOf(2, ['legal-restriction'])]) } as unknown as HeldGrant;
    const rows = [row('Encounter', 2, at(1)), row('Encounter', 1, at(2), [['/partOf', `"${ids[3] ?? ''}"`, 2], ['/basedOn', '"x"', 1]]), row('Encounter', 1, {}, [['/partOf', '"x"']])];
    const found: Found = { rows, people: [], places: [place(1), place(2, { partOf: { reference: `Location/${ids[4] ?? ''}` } }), place(3), place(4), place(5)], included: [], withheld: [], visible: [], incomplete: [], next: { after: { type: 'Encounter', id: ids[0] }, sent: ids } };
    const { sent, told } = given({ subjectAccess: rules }, { role: 'administrator', organisation: hospital } as Requester, held, found);
    expect(sent.rows.map(({ fragments }) => fragments?.map(([path]) => path) ?? null)).toEqual([['/basedOn'], null]);
    expect(sent.places.map(({ id }) => id)).toEqual([ids[2], ids[4]]);
    expect(told.leftOut).toEqual(['restricted-by-law', 'restricted-by-law', 'third-party']);
    expect(sent.next).toEqual({ after: { type: 'Encounter', id: ids[0] }, sent: [ids[0], ids[2], ids[4]] });
  });

  it('is refused without its rules', () => {
    expect(loadSubjectAccessRules(import.meta.dirname)).toMatchObject({ problems: [{ code: 'subject-access-rule-invalid' }] });
  });
});

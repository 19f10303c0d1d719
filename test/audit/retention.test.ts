import fc from 'fast-check';
import { join } from 'node:path';
import { dueBefore, inRanges, retained } from '../../src/audit/retention.ts';
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

  it('is refused without its rules', () => {
    expect(loadSubjectAccessRules(import.meta.dirname)).toMatchObject({ problems: [{ code: 'subject-access-rule-invalid' }] });
  });
});

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadHoldBackRules } from '../../src/intake/hold-back-file.ts';

const shipped = join(import.meta.dirname, '../../mappings');
const folder = mkdtempSync(join(tmpdir(), 'onestory-hold-back-'));
const file = join(folder, 'oversight/hold-back.json');
beforeAll(() => { mkdirSync(join(folder, 'oversight')); });
beforeEach(() => { cpSync(join(shipped, 'oversight/hold-back.json'), file); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

interface Rules { rules: Record<string, unknown>[] }
const change = (how: (rules: Rules) => void): void => {
  const rules = JSON.parse(readFileSync(file, 'utf8')) as Rules;
  how(rules);
  writeFileSync(file, JSON.stringify(rules));
};
const codes = (): string[] => {
  const loaded = loadHoldBackRules(folder);
  return 'problems' in loaded ? loaded.problems.map(({ code, at }) => `${code} ${at?.pointer ?? ''}`) : [];
};

describe('the rules under which looks may be held back', () => {
  it('are shipped with a law and somebody who decides', () => {
    const loaded = loadHoldBackRules(shipped);
    expect('rules' in loaded && loaded.rules.rules.length).toBeGreaterThan(2);
  });

  it.each<[string, (rules: Rules) => void, string]>([
    ['a rule twice', ({ rules }) => rules.push({ ...rules[0] }), 'hold-back-rule-invalid /'],
    ['a role that gives care', ({ rules }) => { rules[0] = { ...rules[0], roles: ['doctor'] }; }, 'hold-back-rule-invalid /rules/0/roles/0'],
    ['no law', ({ rules }) => { delete rules[0]?.['law']; }, 'hold-back-rule-invalid /rules/0'],
    ['no end', ({ rules }) => { rules[0] = { ...rules[0], reviewWithinMonths: 0 }; }, 'hold-back-rule-invalid /rules/0/reviewWithinMonths'],
    ['no words', ({ rules }) => { rules[0] = { ...rules[0], title: { fr: 'x' } }; }, 'hold-back-rule-invalid /rules/0/title'],
    ['no rules', (all) => { all.rules = []; }, 'hold-back-rule-invalid /rules'],
  ])('are refused with %s', (_, how, expected) => {
    change(how);
    expect(codes()).toEqual([expected]);
  });

  it('are refused when they are missing or no JSON', () => {
    writeFileSync(file, '{');
    expect(codes()).toEqual(['hold-back-rule-invalid /']);
    rmSync(file);
    expect(codes()).toEqual(['hold-back-rule-invalid /']);
  });
});

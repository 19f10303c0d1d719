import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseRule } from '../../src/audit/cases/case-rule.ts';
import { loadCaseRule } from '../../src/intake/case-rule-file.ts';

const shipped = join(import.meta.dirname, '../../mappings/cases/rule.json');
const folder = mkdtempSync(join(tmpdir(), 'onestory-case-rule-'));
const file = join(folder, 'cases/rule.json');
beforeAll(() => { mkdirSync(join(folder, 'cases')); });
beforeEach(() => { cpSync(shipped, file); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const told = (): string[] => {
  const loaded = loadCaseRule(folder);
  return 'problems' in loaded ? loaded.problems.map(({ code, at }) => `${code} ${at?.pointer ?? ''}`) : [];
};

describe('the rule by which odd looks are found', () => {
  it('is shipped', () => {
    expect(told()).toEqual([]);
  });

  it.each<[string, (rule: CaseRule) => void, string]>([
    ['a signal nobody knows', ({ signals }) => { Object.assign(signals, { 'bad-mood': { weight: 1, prior: 0.1 } }); }, '/signals'],
    ['a signal left out', (rule) => { delete (rule.signals as Partial<CaseRule['signals']>).colleague; }, '/signals'],
    ['a weight below nothing', ({ signals }) => { signals.colleague.weight = -1; }, '/signals/colleague/weight'],
    ['a share above all', ({ signals }) => { signals['same-surname'].rarerThan = 2; }, '/signals/same-surname/rarerThan'],
    ['a purpose nobody has', (rule) => { Object.assign(rule, { purposes: ['FUN'] }); }, '/purposes/0'],
    ['more days than a year has', ({ signals }) => { signals['no-relationship'].daysAfter = 400; }, '/signals/no-relationship/daysAfter'],
    ['points nothing can reach', (rule) => { rule.openAt = 999; }, '/'],
    ['a wait so long that the rest is forgotten', (rule) => { rule.windowDays = 1; Object.assign(rule.signals['no-relationship'], { daysAfter: 300, daysBefore: 1 }); }, '/'],
  ])('is refused with %s', (_, change, pointer) => {
    const rule = JSON.parse(readFileSync(file, 'utf8')) as CaseRule;
    change(rule);
    writeFileSync(file, JSON.stringify(rule));
    expect(told()).toEqual([`case-rule-invalid ${pointer}`]);
  });

  it('is refused when it is missing or no JSON', () => {
    writeFileSync(file, '{');
    expect(told()).toEqual(['case-rule-invalid /']);
    rmSync(file);
    expect(told()).toEqual(['case-rule-invalid /']);
  });
});

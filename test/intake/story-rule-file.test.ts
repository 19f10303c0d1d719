import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadStoryRule } from '../../src/intake/story-rule-file.ts';

const shipped = join(import.meta.dirname, '../../mappings');
const folder = mkdtempSync(join(tmpdir(), 'onestory-rule-'));
const file = join(folder, 'story/rule.json');
interface Rule { same: Record<string, unknown>[]; clearBy: unknown; componentFamilies: string[][]; noReplyDays: Record<string, unknown> }

beforeAll(() => { mkdirSync(join(folder, 'story')); });
beforeEach(() => { cpSync(join(shipped, 'story/rule.json'), file); });
afterAll(() => { rmSync(folder, { recursive: true }); });

function texts(change: (rule: Rule) => void): string[] {
  const rule = JSON.parse(readFileSync(file, 'utf8')) as Rule;
  change(rule);
  writeFileSync(file, JSON.stringify(rule));
  const loaded = loadStoryRule(folder);
  return 'problems' in loaded ? loaded.problems.map(({ code, text, at }) => `${code} ${at?.pointer ?? ''}: ${text}`) : [];
}

test('the shipped table is sound', () => { expect(texts(() => undefined)).toEqual([]); });

test.each<[string, (rule: Rule) => void, string]>([
  ['a rule without a window', (rule) => { delete rule.same[0]?.['withinHours']; }, '/same/0'],
  ['an unknown kind', (rule) => { Object.assign(rule.same[0] ?? {}, { kind: 'birthday' }); }, '/same/0/kind'],
  ['a name without a version', (rule) => { Object.assign(rule.same[0] ?? {}, { name: 'event-referral' }); }, '/same/0/name'],
  ['guessing between equals', (rule) => { rule.clearBy = 0.5; }, '/clearBy'],
  ['no default of patience', (rule) => { delete rule.noReplyDays['default']; }, '/noReplyDays'],
  ['two rules of one name', (rule) => { Object.assign(rule.same[1] ?? {}, { name: rule.same[0]?.['name'] }); }, 'Two rules are called'],
  ['a stay with a sender', (rule) => { Object.assign(rule.same.find(({ kind }) => kind === 'stay') ?? {}, { parties: 'sender-receiver' }); }, 'is not about a referral'],
  ['a component of two families', (rule) => { rule.componentFamilies[1]?.push(rule.componentFamilies[0]?.[0] ?? ''); }, 'is in two families'],
])('%s is told with its place', (_, change, told) => { expect(texts(change)).toEqual([expect.stringMatching(new RegExp(`^story-rule-invalid .*${told}`))]); });

test('every mistake is told, and a file that is no JSON or not there stops as well', () => {
  expect(texts((rule) => { rule.clearBy = 0; delete rule.noReplyDays['default']; })).toHaveLength(2);
  writeFileSync(file, '{');
  expect(loadStoryRule(folder)).toMatchObject({ problems: [{ code: 'story-rule-invalid', text: 'The file is not JSON.' }] });
  rmSync(file);
  expect(loadStoryRule(folder)).toMatchObject({ problems: [{ code: 'story-rule-invalid' }] });
});

import { join } from 'node:path';
import type { CaseRule } from '../../../src/audit/cases/case-rule.ts';
import { loadCaseRule } from '../../../src/intake/case-rule-file.ts';

/** The rule by which odd looks are found, as it is shipped. */
export function shippedCaseRule(): CaseRule {
  const loaded = loadCaseRule(join(import.meta.dirname, '../../../mappings'));
  if ('problems' in loaded) throw new Error('the shipped rule is wrong');
  return loaded.rule;
}

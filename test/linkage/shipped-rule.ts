import { join } from 'node:path';
import { loadLinkageRule } from '../../src/intake/linkage-rule-file.ts';
import { checkLinkageRule, type LinkageRule } from '../../src/linkage/linkage-rule.ts';

/** The rule in mappings/linkage. */
export function shippedRule(): LinkageRule {
  const loaded = loadLinkageRule(join(import.meta.dirname, '../../mappings'), checkLinkageRule);
  if ('problems' in loaded) throw new Error(loaded.problems.map(({ text }) => text).join('\n'));
  return loaded.rule;
}

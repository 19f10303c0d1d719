import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';

/** One thing that is wrong with a rule file. */
export interface RuleMistake {
  text: string;
  pointer: string;
}

/**
 * A JSON file of rules that runs an installation, checked by its schema and by what no schema can tell (`check`), or
 * everything that is wrong with it. `missing` says what would not work without it.
 */
export function readRuleFile<Rule>(folder: string, file: string, validate: ValidateFunction<Rule>, missing: string, check: (rule: Rule) => string[]): { rule: Rule } | { mistakes: RuleMistake[] } {
  const path = join(folder, file);
  if (!existsSync(path)) return { mistakes: [{ text: missing, pointer: '/' }] };
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { mistakes: [{ text: 'The file is not JSON.', pointer: '/' }] };
  }
  if (!validate(content)) return { mistakes: (validate.errors ?? []).map(({ instancePath, message }) => ({ text: `${instancePath || 'The rule'} ${message ?? 'is invalid'}.`, pointer: instancePath || '/' })) };
  const wrong = check(content).map((text) => ({ text: `${text}.`, pointer: '/' }));
  return wrong.length > 0 ? { mistakes: wrong } : { rule: content };
}

import { Ajv } from 'ajv';
import type { RetentionRules } from '../audit/retention.ts';
import type { Problem } from '../fhir/problem.ts';
import { oversightFolder } from './hold-back-file.ts';
import { readRuleFile } from './read-rule-file.ts';

const ruleFile = `${oversightFolder}/retention.json`;

const words = { type: 'string', minLength: 1 };
const schema = {
  type: 'object', additionalProperties: false, required: ['version', 'note', 'rules'],
  properties: {
    version: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{0,39}$' }, note: words,
    rules: {
      type: 'array', minItems: 1, items: {
        type: 'object', additionalProperties: false, required: ['code', 'title', 'of', 'keepMonths', 'basis'],
        properties: {
          code: { type: 'string', pattern: '^[a-z][a-z-]{2,39}$' }, title: { type: 'object', required: ['en-GB'], additionalProperties: words },
          of: { enum: ['looks-at-people', 'other-looks', 'received-files', 'closed-cases'] }, keepMonths: { oneOf: [{ type: 'integer', minimum: 6, maximum: 1200 }, { type: 'null' }] }, basis: words,
        },
      },
    },
  },
};

const validate = new Ajv({ allErrors: true }).compile<RetentionRules>(schema);

/** How long things are kept, or everything that is wrong with the file that says so. */
export function loadRetentionRules(folder: string): { rules: RetentionRules } | { problems: Problem[] } {
  const read = readRuleFile(folder, ruleFile, validate, 'The rules of how long things are kept are missing.', mistakesOf);
  return 'rule' in read ? { rules: read.rule } : { problems: read.mistakes.map(({ text, pointer }) => ({ category: 'invalid', code: 'retention-rule-invalid', text, at: { file: ruleFile, pointer } })) };
}

/** One rule for each sort of thing: two would have it kept for two times. */
function mistakesOf({ rules }: RetentionRules): string[] {
  const twice = (values: readonly string[]): string[] => [...new Set(values.filter((value, i) => values.indexOf(value) !== i))];
  return [...twice(rules.map(({ code }) => code)).map((code) => `Two rules are called ${code}`), ...twice(rules.map(({ of }) => of)).map((of) => `Two rules are about ${of}`)];
}

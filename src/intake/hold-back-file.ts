import { Ajv } from 'ajv';
import type { HoldBackRules } from '../audit/hold-back.ts';
import type { Problem } from '../fhir/problem.ts';
import { readRuleFile } from './read-rule-file.ts';

/** Folder of `mappings/` that holds no kind but the rules of those who watch over looks. */
export const oversightFolder = 'oversight';
const ruleFile = `${oversightFolder}/hold-back.json`;

const words = { type: 'string', minLength: 1 };
const schema = {
  type: 'object', additionalProperties: false, required: ['version', 'note', 'rules'],
  properties: {
    version: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{0,39}$' }, note: words,
    rules: {
      type: 'array', minItems: 1, items: {
        type: 'object', additionalProperties: false, required: ['code', 'title', 'law', 'roles', 'reviewWithinMonths'],
        properties: {
          code: { type: 'string', pattern: '^[a-z][a-z-]{0,39}$' }, title: { type: 'object', required: ['en-GB'], additionalProperties: words }, law: words,
          roles: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: ['governance', 'privacy-officer'] } }, reviewWithinMonths: { type: 'integer', minimum: 1, maximum: 24 },
        },
      },
    },
  },
};

const validate = new Ajv({ allErrors: true }).compile<HoldBackRules>(schema);

/** The rules under which looks may be held back, or everything that is wrong with them. */
export function loadHoldBackRules(folder: string): { rules: HoldBackRules } | { problems: Problem[] } {
  const read = readRuleFile(folder, ruleFile, validate, 'The rules under which looks may be held back are missing.', mistakesOf);
  return 'rule' in read ? { rules: read.rule } : { problems: read.mistakes.map(({ text, pointer }) => ({ category: 'invalid', code: 'hold-back-rule-invalid', text, at: { file: ruleFile, pointer } })) };
}

function mistakesOf({ rules }: HoldBackRules): string[] {
  const codes = rules.map(({ code }) => code);
  return [...new Set(codes.filter((code, i) => codes.indexOf(code) !== i))].map((code) => `Two rules are called ${code}`);
}

import { Ajv } from 'ajv';
import type { SubjectAccessRules } from '../consent/subject-access.ts';
import type { Problem } from '../fhir/problem.ts';
import { namableLabels } from '../fhir/sharing-labels.ts';
import { oversightFolder } from './hold-back-file.ts';
import { readRuleFile } from './read-rule-file.ts';

const ruleFile = `${oversightFolder}/subject-access.json`;

const words = { type: 'string', minLength: 1 };
const list = (items: object) => ({ type: 'array', uniqueItems: true, items });
const schema = {
  type: 'object', additionalProperties: false, required: ['version', 'note', 'rules'],
  properties: {
    version: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{0,39}$' }, note: words,
    rules: {
      type: 'array', minItems: 1, items: {
        type: 'object', additionalProperties: false, required: ['code', 'title', 'law', 'types', 'labels', 'elements'],
        properties: {
          code: { type: 'string', pattern: '^[a-z][a-z-]{2,39}$' }, title: { type: 'object', required: ['en-GB'], additionalProperties: words }, law: words,
          types: list({ type: 'string', pattern: '^[A-Z][A-Za-z]+$' }), labels: list({ enum: namableLabels }), elements: list({ type: 'string', pattern: '^Patient\\.[a-z][A-Za-z]+$' }),
        },
      },
    },
  },
};

const validate = new Ajv({ allErrors: true }).compile<SubjectAccessRules>(schema);

/** What is left out of an answer to a subject access request, or everything that is wrong with the file that says so. */
export function loadSubjectAccessRules(folder: string): { rules: SubjectAccessRules } | { problems: Problem[] } {
  const read = readRuleFile(folder, ruleFile, validate, 'The rules of what a person is given who asks for what is held about them are missing.', mistakesOf);
  return 'rule' in read ? { rules: read.rule } : { problems: read.mistakes.map(({ text, pointer }) => ({ category: 'invalid', code: 'subject-access-rule-invalid', text, at: { file: ruleFile, pointer } })) };
}

function mistakesOf({ rules }: SubjectAccessRules): string[] {
  const codes = rules.map(({ code }) => code);
  return [
    ...[...new Set(codes.filter((code, i) => codes.indexOf(code) !== i))].map((code) => `Two rules are called ${code}`),
    ...rules.filter(({ types, labels, elements }) => types.length + labels.length + elements.length === 0).map(({ code }) => `Rule ${code} is about nothing`),
  ];
}

import { Ajv } from 'ajv';
import type { Problem } from '../fhir/problem.ts';
import { sharingRoles, type SharingRole } from '../fhir/sharing.ts';
import { kindSchema } from './mapping-schemas.ts';
import { readRuleFile } from './read-rule-file.ts';
import type { CategoryRule } from './types.ts';

/** Folder of `mappings/` that holds no kind but the table of who writes what through the FHIR API. */
export const writingFolder = 'writing';
const ruleFile = `${writingFolder}/rule.json`;

/** Who writes what through the FHIR API: what is not here is written by nobody. Choices and agreements have ways of their own. */
export interface WritingRule {
  version: string;
  types: {
    [type: string]: {
      /** the element that says whose record it is */
      subject: string;
      /** in these roles, each for its own organisation; a system is `integration` */
      writers: SharingRole[];
    };
  };
  /** how somebody answers a Task the gateway gave them: the statuses they may give it, and those after which it is over */
  answers: { statuses: string[]; closed: string[] };
  /** as in kind.json: what sort of information it is */
  categories: CategoryRule[];
}

const word = { type: 'string', minLength: 1 };
const codes = { type: 'array', items: { type: 'string', pattern: '^[a-z-]+$' }, minItems: 1, uniqueItems: true };
const schema = {
  type: 'object', additionalProperties: false, required: ['version', 'types', 'answers', 'categories'],
  properties: {
    version: word,
    types: {
      type: 'object', propertyNames: { pattern: '^[A-Z][A-Za-z]+$' },
      additionalProperties: {
        type: 'object', additionalProperties: false, required: ['subject', 'writers'],
        properties: { subject: { enum: ['subject', 'patient', 'for'] }, writers: { type: 'array', items: { enum: sharingRoles }, minItems: 1, uniqueItems: true } },
      },
    },
    answers: { type: 'object', additionalProperties: false, required: ['statuses', 'closed'], properties: { statuses: codes, closed: codes } },
    categories: kindSchema.properties.categories,
  },
};

const validate = new Ajv({ allErrors: true }).compile<WritingRule>(schema);

/** The table of who writes what, or everything that is wrong with it. */
export function loadWritingRule(folder: string): { rule: WritingRule } | { problems: Problem[] } {
  const read = readRuleFile(folder, ruleFile, validate, 'The table of who writes what is missing: nobody could write anything.', mistakesOf);
  return 'rule' in read ? read : { problems: read.mistakes.map(({ text, pointer }) => ({ category: 'invalid', code: 'writing-rule-invalid', text, at: { file: ruleFile, pointer } })) };
}

/** What no schema can tell. */
function mistakesOf({ types, categories }: WritingRule): string[] {
  const kept = ['Patient', 'Consent', 'Contract', 'AuditEvent', 'Organization', 'Device'];
  return [
    ...kept.filter((type) => Object.hasOwn(types, type)).map((type) => `${type} is not written this way`),
    ...Object.keys(types).filter((type) => !categories.some((rule) => rule.type === type && rule.code === undefined)).map((type) => `${type} has no category, so nobody else would ever see what is written`),
  ];
}

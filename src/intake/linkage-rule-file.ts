import { Ajv } from 'ajv';
import type { Problem } from '../fhir/problem.ts';
import type { LinkageRule } from '../linkage/linkage-rule.ts';
import { readRuleFile } from './read-rule-file.ts';

/** Folder of `mappings/` that holds no kind but the rule by which people are linked. */
export const linkageFolder = 'linkage';
const ruleFile = `${linkageFolder}/rule.json`;

const probability = { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 };
const names = {
  type: 'object', required: ['total', 'counts'], additionalProperties: false,
  properties: { total: { type: 'integer', minimum: 1 }, counts: { type: 'object', additionalProperties: { type: 'integer', minimum: 1 } } },
};
const review = {
  type: 'object', required: ['claimMinutes', 'secondOpinion'], additionalProperties: false,
  properties: {
    claimMinutes: { type: 'integer', minimum: 1, maximum: 1440 },
    secondOpinion: {
      type: 'object', required: ['bothVerified', 'moreCustodiansThan', 'somethingHidden'], additionalProperties: false,
      properties: { bothVerified: { type: 'boolean' }, moreCustodiansThan: { type: 'integer', minimum: 0 }, somethingHidden: { type: 'boolean' } },
    },
  },
};
const schema = {
  type: 'object', additionalProperties: false,
  required: ['version', 'learnedOn', 'prior', 'thresholds', 'neverCertain', 'apart', 'corroboration', 'needed', 'weights', 'names', 'review'],
  properties: {
    version: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{0,39}$' }, learnedOn: { type: 'string', minLength: 1 }, prior: probability,
    thresholds: { type: 'object', required: ['certain', 'possible'], additionalProperties: false, properties: { certain: probability, possible: probability } },
    neverCertain: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
    apart: { type: 'array', items: { type: 'object', minProperties: 2, additionalProperties: { type: 'array', items: { type: 'string' } } } },
    corroboration: { type: 'object', minProperties: 1, additionalProperties: { type: 'array', items: { type: 'string' } } },
    needed: { type: 'array', items: { type: 'string' } },
    weights: { type: 'object', additionalProperties: { type: 'object', additionalProperties: { type: 'object', required: ['m', 'u'], additionalProperties: false, properties: { m: probability, u: probability } } } },
    names: { type: 'object', required: ['given', 'family'], additionalProperties: false, properties: { given: names, family: names } },
    review,
  },
};

const validate = new Ajv({ allErrors: true }).compile<LinkageRule>(schema);

/** The rule of an installation, or everything that is wrong with it. `check` finds what no schema can tell. */
export function loadLinkageRule(folder: string, check: (rule: LinkageRule) => string[]): { rule: LinkageRule } | { problems: Problem[] } {
  const read = readRuleFile(folder, ruleFile, validate, 'The rule by which people are linked is missing: nobody could be told from anybody.', check);
  return 'rule' in read ? read : { problems: read.mistakes.map(({ text, pointer }) => ({ category: 'invalid', code: 'linkage-rule-invalid', text, at: { file: ruleFile, pointer } })) };
}

import { Ajv } from 'ajv';
import type { CaseRule } from '../audit/cases/case-rule.ts';
import type { Problem } from '../fhir/problem.ts';
import { purposes } from '../fhir/sharing.ts';
import { readRuleFile } from './read-rule-file.ts';

/** Folder of `mappings/` that holds no kind but the rule by which odd looks are found. */
export const casesFolder = 'cases';
const ruleFile = `${casesFolder}/rule.json`;

const words = { type: 'string', minLength: 1 };
const share = { type: 'number', exclusiveMinimum: 0, maximum: 1 };
const days = { type: 'integer', minimum: 1, maximum: 365 };
const count = { type: 'integer', minimum: 1, maximum: 1_000_000 };
const points = { type: 'number', minimum: 0, maximum: 1000 };
const object = (properties: Readonly<Record<string, object>>): object => ({ type: 'object', additionalProperties: false, required: Object.keys(properties), properties });
const signal = (properties: Readonly<Record<string, object>> = {}): object => object({ weight: { type: 'number', minimum: 0, maximum: 10 }, prior: { ...share, maximum: 0.5 }, ...properties });
const crowd = signal({ atLeast: { ...count, maximum: 1000 }, timesUsual: { type: 'number', minimum: 1, maximum: 100 } });

const schema = object({
  version: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{0,39}$' }, note: words,
  purposes: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: purposes } },
  interactions: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', pattern: '^[a-z][a-z-]{0,39}$' } },
  normal: object({ days: { ...days, minimum: 7 }, priorLooks: count, usualOf: { type: 'number', minimum: 0.5, exclusiveMaximum: 1 }, daysNeeded: count }),
  windowDays: days, openAt: { ...points, exclusiveMinimum: 0 }, again: object({ points, most: points }), due: object({ ask: days, answer: days }),
  signals: object({
    'no-relationship': signal({ daysBefore: days, daysAfter: days }), 'own-record': signal(), 'same-address': signal(), 'same-surname': signal({ rarerThan: share }), colleague: signal(), prominent: signal(),
    'unusual-hours': signal({ rarerThan: share, looksNeeded: count }), 'unusual-volume': crowd, enumeration: crowd, 'unreviewed-emergency': signal({ days }),
  }),
});

const validate = new Ajv({ allErrors: true }).compile<CaseRule>(schema);

/** The rule by which odd looks are found, or everything that is wrong with it. */
export function loadCaseRule(folder: string): { rule: CaseRule } | { problems: Problem[] } {
  const read = readRuleFile(folder, ruleFile, validate, 'The rule by which odd looks are found is missing: nobody would be asked about any.', mistakesOf);
  return 'rule' in read ? read : { problems: read.mistakes.map(({ text, pointer }) => ({ category: 'invalid', code: 'case-rule-invalid', text, at: { file: ruleFile, pointer } })) };
}

/** What no schema can tell: a rule that could never open a case, and times that do not fit each other. */
function mistakesOf({ signals, openAt, again, windowDays, normal }: CaseRule): string[] {
  const most = Object.values(signals).reduce((sum, { weight, prior }) => sum + weight * -Math.log2(prior * normal.priorLooks / (normal.priorLooks + 1_000_000)), 0);
  return [
    ...(most + again.most < openAt ? ['openAt is more than all signals together can reach: no case would ever be opened'] : []),
    ...(signals['no-relationship'].daysAfter >= windowDays + signals['no-relationship'].daysBefore ? ['signals.no-relationship.daysAfter is so long that what else was odd is forgotten by then: raise windowDays'] : []),
  ];
}

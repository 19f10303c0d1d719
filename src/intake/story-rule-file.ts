import { Ajv } from 'ajv';
import { eventKinds } from '../fhir/event-kinds.ts';
import type { Problem } from '../fhir/problem.ts';
import { purposes, sharingRoles } from '../fhir/sharing.ts';
import type { StoryRule } from '../story/event-types.ts';
import { readRuleFile } from './read-rule-file.ts';

/** Folder of `mappings/` that holds no kind but the table by which events are found. */
export const storyFolder = 'story';
const ruleFile = `${storyFolder}/rule.json`;

const words = { type: 'string', minLength: 1 };
const list = { type: 'array', items: words, minItems: 1, uniqueItems: true };
const codings = { type: 'array', uniqueItems: true, minItems: 1, items: { type: 'string', pattern: '^[^|]+\\|[^|]+$' } };
const hours = { type: 'number', exclusiveMinimum: 0, maximum: 2400 };
const days = { type: 'object', required: ['default'], additionalProperties: { type: 'integer', minimum: 1, maximum: 365 } };
const name = { type: 'string', pattern: '^event-[a-z-]+-\\d\\d$' };
const upTo = (maximum: number): object => ({ type: 'integer', minimum: 0, maximum });
const kind = { enum: eventKinds };
const schema = {
  type: 'object', additionalProperties: false, required: ['version', 'identifiers', 'pathways', 'assessments', 'anySort', 'componentFamilies', 'clearBy', 'same', 'discharges', 'noReplyDays', 'noAnswerDays', 'noReplySeenAs', 'deciders', 'planChanges'],
  properties: {
    version: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{0,39}$' },
    identifiers: { type: 'object', propertyNames: kind, additionalProperties: list },
    pathways: list, assessments: codings, anySort: codings, componentFamilies: { type: 'array', items: list }, clearBy: { type: 'number', minimum: 1 },
    same: {
      type: 'array', items: {
        type: 'object', additionalProperties: false, required: ['name', 'kind', 'parties', 'component', 'withinHours', 'because'],
        properties: { name, kind, parties: { enum: ['sender-receiver', 'responsible'] }, component: { enum: ['same', 'family', 'any'] }, sort: { const: true }, origins: codings, withinHours: hours, because: words },
      },
    },
    discharges: {
      type: 'array', items: {
        type: 'object', additionalProperties: false, required: ['name', 'type', 'origins', 'hoursBefore', 'hoursAfter', 'because'],
        properties: { name, type: { enum: ['ServiceRequest', 'Encounter'] }, origins: codings, hoursBefore: hours, hoursAfter: hours, because: words },
      },
    },
    noReplyDays: days, noAnswerDays: days,
    noReplySeenAs: { type: 'object', additionalProperties: false, required: ['role', 'purpose'], properties: { role: { enum: sharingRoles }, purpose: { enum: purposes } } },
    deciders: { type: 'array', uniqueItems: true, minItems: 1, items: { enum: sharingRoles } },
    planChanges: { type: 'object', required: ['records', 'versions', 'lines'], additionalProperties: false, properties: { records: upTo(200), versions: upTo(20), lines: upTo(50) } },
  },
};

const validate = new Ajv({ allErrors: true }).compile<StoryRule>(schema);

/** The table by which events are found, or everything that is wrong with it. */
export function loadStoryRule(folder: string): { rule: StoryRule } | { problems: Problem[] } {
  const read = readRuleFile(folder, ruleFile, validate, 'The table by which events are found is missing: nothing could be told once.', mistakesOf);
  return 'rule' in read ? read : { problems: read.mistakes.map(({ text, pointer }) => ({ category: 'invalid', code: 'story-rule-invalid', text, at: { file: ruleFile, pointer } })) };
}

/** What no schema can tell. */
function mistakesOf({ same, discharges, componentFamilies }: StoryRule): string[] {
  const names = [...same, ...discharges].map((rule) => rule.name);
  const components = componentFamilies.flat();
  return [
    ...new Set(names.filter((one, i) => names.indexOf(one) !== i).map((one) => `Two rules are called ${one}`)),
    ...new Set(components.filter((one, i) => components.indexOf(one) !== i).map((one) => `The component ${one} is in two families`)),
    ...same.filter((rule) => rule.parties === 'sender-receiver' && rule.kind !== 'referral').map((rule) => `${rule.name} has a sender and a receiver and is not about a referral`),
    ...same.filter((rule) => rule.origins && rule.parties !== 'sender-receiver').map((rule) => `${rule.name} has origins, and no receiver that would say them`),
    ...same.filter((rule) => rule.sort && rule.parties === 'sender-receiver').map((rule) => `${rule.name} has a sort and a sender: a referral is told apart by its part of the programme`),
  ];
}

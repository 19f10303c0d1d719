import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Problem } from '../fhir/problem.ts';
import { agreementSchema } from './agreement-schema.ts';
import type { AgreementContent } from './agreement-schema.ts';
import type { PositionOf } from './parse-yaml.ts';

const maxProblems = 50;
let compiled: ValidateFunction<AgreementContent> | undefined;

/** Is this an agreement's shape? Every mistake is told at once (at most 50), with line, what is expected and how to mend it. */
export function checkAgreementShape(content: unknown, positionOf: PositionOf): { content: AgreementContent } | { problems: Problem[] } {
  const validate = (compiled ??= compileSchema());
  if (validate(content)) return { content };
  return { problems: (validate.errors ?? []).slice(0, maxProblems).map((error) => problemFrom(error, positionOf)) };
}

function compileSchema(): ValidateFunction<AgreementContent> {
  const ajv = new Ajv({ allErrors: true, strict: true, verbose: true });
  addFormats.default(ajv, ['date']);
  return ajv.compile<AgreementContent>(agreementSchema);
}

function problemFrom(error: ErrorObject, positionOf: PositionOf): Problem {
  const path = error.instancePath.split('/').slice(1).map(pathStep);
  const field = fieldOf(path);
  const where = field || 'the agreement';
  const params = error.params as Record<string, unknown>;
  const found = error.keyword === 'additionalProperties' ? [...path, String(params['additionalProperty'])] : path;
  const at = { ...positionOf(found), ...(field && { field }) };
  switch (error.keyword) {
    case 'additionalProperties':
      return {
        category: 'invalid', code: 'agreement-unknown-key', text: `The key ${quote(params['additionalProperty'])} is not known in ${where}.`, at,
        expected: `one of ${Object.keys(propertiesOf(error)).join(', ')}`, fix: 'Correct the spelling or remove the key.',
      };
    case 'required':
      return { category: 'invalid', code: 'agreement-missing-key', text: `The key ${quote(params['missingProperty'])} is missing in ${where}.`, at, fix: 'Add the key.' };
    case 'enum':
      return {
        category: 'invalid', code: 'agreement-unknown-word', text: `${quote(error.data)} is not known in ${where}.`, at,
        expected: `one of ${(params['allowedValues'] as string[]).join(', ')}`,
      };
    case 'type':
      return {
        category: 'invalid', code: 'agreement-wrong-type', text: `${where} is not of the right type.`, at,
        expected: String(params['type']), ...fixType(params['type'], error.data),
      };
    default:
      return {
        category: 'invalid', code: 'agreement-invalid-value', text: `${where} is not what it should be.`, at,
        expected: descriptionOf(error) ?? error.message ?? 'a valid value',
      };
  }
}

/** YAML reads 4.10 as the number 4.1 and an empty value as null: the two slips everybody makes. */
function fixType(expected: unknown, data: unknown): { fix?: string } {
  if (expected === 'string' && ['number', 'boolean'].includes(typeof data)) return { fix: 'Put the value in quotes.' };
  if (expected === 'array' && typeof data === 'string') return { fix: 'Write it as a list: [ ... ].' };
  return data === null ? { fix: 'Write a value or remove the key.' } : {};
}

/** `/clauses/3/roles/0` → `clauses[3].roles[0]` */
function fieldOf(path: readonly (string | number)[]): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('').replace(/^\./, '');
}

function pathStep(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function propertiesOf(error: ErrorObject): object {
  return (error.parentSchema as { properties?: object } | undefined)?.properties ?? {};
}

function descriptionOf(error: ErrorObject): string | undefined {
  return (error.parentSchema as { description?: string } | undefined)?.description;
}

function quote(value: unknown): string {
  const text = (JSON.stringify(value) ?? '').replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

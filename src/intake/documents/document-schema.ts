import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import fhirpath from 'fhirpath';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { plain } from '../../fhir/read-json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { rememberRecent } from '../../fhir/remember-recent.ts';
import type { DocumentSchema } from '../schema-types.ts';

/** A part's document schema, compiled once. */
export interface CompiledDocument {
  /** the list a document is cut into; undefined: the document is one row */
  rowsOf: ((document: JsonObject) => Json[]) | undefined;
  /** '' when the record does not say whom it is about, or says it in two ways */
  personKeyOf: (record: JsonObject) => string;
  messageIdOf: (record: JsonObject) => string;
  /** under what a record is folded and when it was said; undefined: it is not folded */
  foldOf: ((record: JsonObject) => { id: string; at: string }) | undefined;
  /** '' when the schema names no key of a record, or the record has none */
  recordKeyOf: (record: JsonObject) => string;
  /** of when the record is, as UTC or as a day; '' when it does not say */
  asOf: (record: JsonObject) => string;
  /** which version of what the record is; undefined: the schema has no versions, or the record does not say */
  versionOf: (record: JsonObject) => { of: string; number: number } | undefined;
  /** every place where the record is not what the schema says, at most 100; `at.pointer` is '' for the record itself */
  problemsOf: (record: JsonObject) => PlacedProblem[];
}

type PlacedProblem = Problem & { at: { pointer: string } };

const mostProblems = 100;
const compiled = new WeakMap<DocumentSchema, CompiledDocument>();

/** Compiles what a kind's schema file says of its documents; the same answer for the same object. Throws on a schema `checkDocumentSchema` reports. */
export function compileDocument(schema: DocumentSchema): CompiledDocument {
  const known = compiled.get(schema);
  if (known) return known;
  const validate = compileShape(schema);
  const textBy = (path: string | undefined): ((record: JsonObject) => string) => {
    const found = path === undefined ? () => [] : expression(path);
    return (record) => oneText(valuesOf(found, record));
  };
  const [setOf, numberOf] = [textBy(schema.versions?.of), textBy(schema.versions?.number)];
  const rows = schema.rows === undefined ? undefined : expression(schema.rows);
  const [foldId, foldAt] = [textBy(schema.fold?.id), textBy(schema.fold?.at)];
  const asOf = textBy(schema.asOf);
  const made: CompiledDocument = {
    foldOf: schema.fold && ((record) => ({ id: foldId(record), at: foldAt(record) })),
    rowsOf: rows && ((document) => valuesOf(rows, document)),
    personKeyOf: textBy(schema.personKey),
    messageIdOf: textBy(schema.messageId),
    recordKeyOf: textBy(schema.recordKey),
    asOf: (record) => sortable(asOf(record)),
    versionOf: (record) => versionIn(setOf(record), numberOf(record)),
    problemsOf: (record) => (validate(plain(record)) ? [] : toldOnce(validate.errors ?? []).slice(0, mostProblems).map(problemFrom)),
  };
  compiled.set(schema, made);
  return made;
}

/** Tells what is wrong with the FHIRPath expressions and the JSON Schema of a document schema. */
export function checkDocumentSchema(schema: DocumentSchema, report: (text: string, pointer: string) => void): void {
  const { rows, personKey, messageId, recordKey, asOf, versions, fold } = schema;
  let readable = true;
  for (const [name, text] of Object.entries({ rows, personKey, messageId, recordKey, asOf, 'fold/id': fold?.id, 'fold/at': fold?.at, 'versions/of': versions?.of, 'versions/number': versions?.number })) {
    if (text === undefined || isExpression(text)) continue;
    readable = false;
    report('This is not a FHIRPath expression.', `/${name}`);
  }
  try {
    if (readable) compileDocument(schema);
    else compileShape(schema);
  } catch (error) {
    report(error instanceof Error ? error.message : 'This is not a JSON Schema.', '/schema');
  }
}

/** An operator for one value that finds several throws: then the record does not say it. */
function valuesOf(evaluate: (record: JsonObject) => Json[], record: JsonObject): Json[] {
  try {
    return evaluate(record);
  } catch {
    return [];
  }
}

function isExpression(text: string): boolean {
  try {
    expression(text)({});
    return true;
  } catch {
    return false;
  }
}

/** The versions of a kind, and the readings of its folder, mostly agree in their schemas: compiling one takes longer than reading a thousand records by it. */
const shapes = rememberRecent<ValidateFunction>(100);

function compileShape({ schema }: DocumentSchema): ValidateFunction {
  return shapes(JSON.stringify(schema), () => makeShape(schema));
}

function makeShape(schema: DocumentSchema['schema']): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true, verbose: true });
  addFormats.default(ajv, ['date', 'date-time', 'time', 'uri', 'email']);
  return ajv.compile(schema);
}

function expression(text: string): (record: JsonObject) => Json[] {
  const evaluate = fhirpath.compile(text);
  return (record) => evaluate(record, {}) as Json[];
}

/** A date-time as UTC, so that offsets do not matter; a day as it is. */
function sortable(at: string): string {
  return /^\d{4}-\d{2}-\d{2}T/.test(at) && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : at;
}

function versionIn(of: string, number: string): { of: string; number: number } | undefined {
  return of !== '' && /^\d{1,9}$/.test(number) ? { of, number: Number(number) } : undefined;
}

function oneText(found: readonly Json[]): string {
  const values = new Set(found.flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value).trim()] : [])));
  return values.size === 1 ? [...values][0] ?? '' : '';
}

/** Of a choice that nothing fits, the choice: why each of its branches does not fit would only mislead. `if` repeats what its branch says. */
function toldOnce(errors: readonly ErrorObject[]): ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf');
  return errors.filter((error) => error.keyword !== 'if' && !choices.some(({ schemaPath, instancePath }) => error.instancePath.startsWith(instancePath) && error.schemaPath.startsWith(`${schemaPath}/`)));
}

function problemFrom({ keyword, instancePath, params, schema, message = 'is not valid' }: ErrorObject): PlacedProblem {
  const found = params as Record<string, unknown>;
  const at = { pointer: instancePath };
  switch (keyword) {
    case 'required':
      return { category: 'invalid', code: 'value-missing', text: `"${String(found['missingProperty'])}" must have a value.`, at, fix: 'Give it at the source, under this name, and send the record again.' };
    case 'additionalProperties':
      return {
        category: 'invalid', code: 'element-not-in-schema', text: `"${String(found['additionalProperty']).slice(0, 60)}" is not known here.`, at: { pointer: `${instancePath}/${String(found['additionalProperty']).replaceAll('~', '~0').replaceAll('/', '~1')}` },
        fix: 'Send only what the feed\'s schema names, or have the schema extended.',
      };
    case 'enum':
      return { category: 'invalid', code: 'value-invalid', text: 'The value is not one of those agreed.', at, expected: (found['allowedValues'] as unknown[]).join(', ') };
    case 'type':
      return { category: 'invalid', code: 'value-invalid', text: 'The value is not of the right type.', at, expected: String(found['type']) };
    case 'format':
      return { category: 'invalid', code: 'value-invalid', text: 'The value does not have the right form.', at, expected: forms[String(found['format'])] ?? String(found['format']) };
    case 'oneOf':
    case 'anyOf':
      return { category: 'invalid', code: 'value-invalid', text: 'None of the forms agreed fits here, or several do.', at, expected: formsIn(schema) };
    default:
      return { category: 'invalid', code: 'value-invalid', text: 'The value is not what it should be.', at, expected: message };
  }
}

/** How values of these formats are written, for whoever has to mend one. */
const forms: { [format: string]: string } = { date: 'a date as yyyy-MM-dd that exists', 'date-time': 'an instant such as 2024-03-05T10:40:00+00:00', time: 'a time such as 10:40:00Z' };

/** What each form of a choice requires: `answer or score`. */
function formsIn(forms: unknown): string {
  const named = (forms as { required?: string[] }[]).map(({ required }) => (required ?? []).join(' with ')).filter((each) => each !== '');
  return named.join(' or ') || 'one of the forms of the feed\'s schema';
}

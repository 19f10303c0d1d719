import type { JsonObject } from '../fhir/json.ts';
import { castValue } from './cast-value.ts';
import { exactDecimal } from './exact-decimal.ts';
import { fieldOf, oneItem, oneText } from './transform.ts';
import type { Argument, Transform, TransformContext, TransformKind } from './transform.ts';

/** Transforms that build a data type from texts. Where the text that matters is missing, nothing is built. */
export const buildingTransforms: [string, TransformKind][] = [
  ['cc', { least: 1, most: 3, compile: compileConcept }],
  ['c', { least: 2, most: 3, compile: (args, context) => fromTexts('Coding', args, context, (texts) => coding(texts)) }],
  ['id', { least: 2, most: 3, compile: (args, context) => fromTexts('Identifier', args, context, identifier) }],
  ['cp', { least: 1, most: 2, compile: compileContactPoint }],
  ['qty', { least: 1, most: 4, compile: compileQuantity }],
];

type Text = string | undefined;

function fromTexts(type: string, args: Argument[], context: TransformContext, build: (texts: Text[]) => JsonObject | undefined): Transform {
  return { type, carries: args, evaluate: (frame, run) => build(args.map((argument) => oneText(argument, frame, run, context))), isNew: true };
}

/** An object of those entries that have a value. */
function present(entries: Record<string, JsonObject[string] | undefined>): JsonObject {
  const object: JsonObject = {};
  for (const name in entries) {
    const value = entries[name];
    if (value !== undefined) object[name] = value;
  }
  return object;
}

function coding([system, code, display]: Text[]): JsonObject | undefined {
  return code === undefined ? undefined : present({ system, code, display });
}

/** cc(text) or cc(system, code, display?) */
function compileConcept(args: Argument[], context: TransformContext): Transform {
  return fromTexts('CodeableConcept', args, context, (texts) => {
    if (args.length === 1) return texts[0] === undefined ? undefined : { text: texts[0] };
    const built = coding(texts);
    return built && { coding: [built] };
  });
}

/** id(system, value, type code?) */
function identifier([system, value, type]: Text[]): JsonObject | undefined {
  if (value === undefined) return undefined;
  const kind = type === undefined ? undefined : { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: type }] };
  return present({ type: kind, system, value });
}

/** cp(value) or cp(system, value); without a system the value's looks decide. */
function compileContactPoint(args: Argument[], context: TransformContext): Transform {
  return fromTexts('ContactPoint', args, context, (texts) => {
    const value = texts.at(-1);
    if (value === undefined) return undefined;
    return present({ system: args.length === 2 ? texts[0] : contactSystem(value), value });
  });
}

function contactSystem(value: string): string {
  if (/^\S+@\S+$/.test(value)) return 'email';
  if (/^https?:/i.test(value)) return 'url';
  return /^\+?[\d\s()-]{3,}(?:(?:x|ext\.?)\s*\d+)?$/i.test(value) ? 'phone' : 'other';
}

const quantityText = /^\s*(<=|>=|<|>)?\s*(-?\d+(?:\.\d+)?)\s*(\S.*?)?\s*$/;

/** qty('< 5.0 mg') or qty(value, unit, system?, code?): digits stay as they are written. */
function compileQuantity(args: Argument[], context: TransformContext): Transform {
  const [value, ...rest] = args;
  return {
    type: 'Quantity',
    carries: args,
    isNew: true,
    evaluate(frame, run) {
      const item = oneItem(value, frame, run, context);
      if (item === undefined || item === '') return undefined;
      const [, comparator, digits, textUnit] = args.length === 1 ? (quantityText.exec(typeof item === 'string' ? item : '') ?? []) : [];
      const number = args.length === 1 ? exactDecimal(digits ?? '') : castValue(typeof item === 'string' ? item.trim() : item, 'decimal');
      if (number === undefined) {
        run.fail('bad-value', 'This value cannot be read as a quantity', context.at, fieldOf(value, frame), { expected: 'a decimal number' });
        return undefined;
      }
      const [unit = textUnit, system, code] = rest.map((argument) => oneText(argument, frame, run, context));
      return present({ value: number, comparator, unit, system, code });
    },
  };
}

import type { Json } from '../json.ts';
import { parseExact } from '../parse-exact.ts';

const whole = /^(?:0|[-+]?[1-9]\d*)$/;
const decimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const forms: Readonly<Record<string, RegExp>> = { integer: whole, unsignedInt: whole, positiveInt: whole, decimal };

/**
 * The text of a value attribute as its type's JSON value: a number that prints as it was written, true or false, or the
 * text. Undefined where it is empty or not of that type (R4, datatypes.html).
 */
export function readPrimitive(type: string, text: string): Json | undefined {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  const form = forms[type];
  if (form === undefined) return text === '' ? undefined : text;
  const source = text.replace(/^\+/, '');
  return form.test(text) && Number.isFinite(Number(source)) ? parseExact<Json>(source) : undefined;
}

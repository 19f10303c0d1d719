import type { Item } from './collection.ts';
import { exactDecimal, isExactDecimal } from './exact-decimal.ts';

const integer = /^-?(?:0|[1-9]\d*)$/;
/** Lexical forms of FHIR R4 primitive types (https://hl7.org/fhir/R4/datatypes.html#primitive). */
const forms: Record<string, RegExp> = {
  string: /\S/, markdown: /\S/, uri: /^\S+$/, url: /^\S+$/, canonical: /^\S+$/, oid: /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/,
  uuid: /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, id: /^[A-Za-z0-9\-.]{1,64}$/, code: /^\S+(?: \S+)*$/,
  base64Binary: /^(?:[0-9A-Za-z+/]{4})*(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?$/,
  instant: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}(?:-\d\d(?:-\d\d)?)?$/, dateTime: /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?)?)?$/,
  time: /^\d\d:\d\d:\d\d(?:\.\d+)?$/,
};

export function isCastType(type: string): boolean {
  return Object.hasOwn(forms, type) || ['boolean', 'integer', 'decimal', 'positiveInt', 'unsignedInt'].includes(type);
}

/** A primitive value as another FHIR primitive type; undefined when its text is not of that type. Decimals keep their digits. */
export function castValue(value: Item, type: string): Item | undefined {
  if (typeof value === 'object' && !isExactDecimal(value)) return undefined;
  const text = isExactDecimal(value) ? value.rawJSON : String(value);
  switch (type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'decimal':
      return exactDecimal(text);
    case 'integer':
      return wholeNumber(text, -2_147_483_648);
    case 'unsignedInt':
      return wholeNumber(text, 0);
    case 'positiveInt':
      return wholeNumber(text, 1);
    default:
      return forms[type]?.test(text) ? text : undefined;
  }
}

function wholeNumber(text: string, least: number): number | undefined {
  const value = Number(text);
  return integer.test(text) && value >= least && value <= 2_147_483_647 ? value : undefined;
}

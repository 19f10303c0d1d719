export const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number';

export type TypedNumber =
  | { kind: 'nhs-number'; value: string }
  | { kind: 'empty' }
  | { kind: 'too-short' | 'too-long'; digits: number }
  | { kind: 'wrong-check-digit' }
  | { kind: 'national-insurance' }
  | { kind: 'not-digits' };

/**
 * What somebody typed or pasted into a box for an NHS number: spaces, dashes and dots are taken out, then ten digits with
 * a right check digit (modulus 11, NHS Data Dictionary). A National Insurance number is told apart, because it is what
 * people mistake for it.
 */
export function readNhsNumber(typed: string): TypedNumber {
  const text = typed.normalize('NFKC').replace(/[\s.\-‐-―−]/gu, '');
  if (text === '') return { kind: 'empty' };
  if (/^[A-Z]{2}\d{6}[A-D]?$/i.test(text)) return { kind: 'national-insurance' };
  if (!/^\d+$/.test(text)) return { kind: 'not-digits' };
  if (text.length !== 10) return { kind: text.length < 10 ? 'too-short' : 'too-long', digits: text.length };
  return checkDigitHolds(text) ? { kind: 'nhs-number', value: text } : { kind: 'wrong-check-digit' };
}

function checkDigitHolds(digits: string): boolean {
  const sum = [...digits.slice(0, 9)].reduce((total, digit, at) => total + Number(digit) * (10 - at), 0);
  const check = (11 - (sum % 11)) % 11;
  return check !== 10 && check === Number(digits[9]);
}

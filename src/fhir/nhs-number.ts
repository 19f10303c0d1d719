/**
 * The NHS number: ten digits, the last a modulus 11 check digit over the first nine weighted 10 to 2.
 * Source: NHS Data Model and Dictionary, attribute NHS NUMBER.
 */

export type NhsNumberCheck =
  | { kind: 'valid'; number: string }
  | { kind: 'invalid'; reason: 'form' | 'check-digit' | 'junk' };

/**
 * Numbers that pass the check and were never anybody's. Every repeated digit passes (54 is one less than a multiple
 * of 11, so the check digit always equals the digit), and they are what hurried fingers key. 3333333333 is left out:
 * published UK examples use it as an ordinary number, it lies in the Northern Ireland range, and a number alone links
 * nobody here anyway.
 */
const junk: ReadonlySet<string> = new Set([
  '0000000000', '1111111111', '2222222222', '4444444444', '5555555555',
  '6666666666', '7777777777', '8888888888', '9999999999',
]);

/** Takes the spaces and dashes people write numbers with away; says nothing about validity. */
export function normaliseNhsNumber(text: string): string {
  return text.replace(/[\s\p{Pd}\u200b\ufeff]/gu, '');
}

/** As people read it, in groups of 3, 3 and 4 (NHS Common User Interface); anything but ten digits stays as it is. */
export function sayNhsNumber(number: string): string {
  return number.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3');
}

/** Refuses what is not ten digits, fails the check digit or is on the junk list. A leading zero lost by a spreadsheet is not guessed back. */
export function checkNhsNumber(text: string): NhsNumberCheck {
  const number = normaliseNhsNumber(text);
  if (!/^[0-9]{10}$/.test(number)) return { kind: 'invalid', reason: 'form' };
  if (junk.has(number)) return { kind: 'invalid', reason: 'junk' };
  return checkDigit(number) === Number(number[9]) ? { kind: 'valid', number } : { kind: 'invalid', reason: 'check-digit' };
}

/** 10 when no digit can complete the nine: such numbers are not issued. */
function checkDigit(digits: string): number {
  let sum = 0;
  for (let i = 0; i < 9; i++) sum += Number(digits[i]) * (10 - i);
  const digit = 11 - (sum % 11);
  return digit === 11 ? 0 : digit;
}

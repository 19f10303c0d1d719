/** Numbers beginning 999 are kept for tests: the NHS will never issue one (NHS Data Dictionary, NHS NUMBER). */
const prefix = [9, 9, 9];
const freeDigits = 6;

/**
 * `counts[left][r]`: how many ways there are to fill the last `left` of the nine digits so that a weighted sum that
 * is `r` so far (mod 11) ends with a usable check digit.
 */
const counts = countWays();

/** How many valid NHS numbers the test range holds, without 9999999999, which passes the check but is junk. */
export const nhsNumberCount = ways(freeDigits, prefixSum()) - 1;

/**
 * The check digit of nine digits, modulus 11 (NHS Data Dictionary, NHS NUMBER): undefined when it would be 10, that
 * is, when no NHS number begins with these nine.
 */
export function checkDigit(nine: readonly number[]): number | undefined {
  const remainder = 11 - (nine.reduce((sum, digit, i) => sum + digit * (10 - i), 0) % 11);
  return remainder === 10 ? undefined : remainder % 11;
}

/** Ten digits with the right check digit. */
export function isNhsNumber(text: string): boolean {
  if (!/^\d{10}$/.test(text)) return false;
  const digits = [...text].map(Number);
  return checkDigit(digits.slice(0, 9)) === digits[9];
}

/** The nth valid NHS number of the 999 range in ascending order, n from 0; undefined past the end of the range. */
export function nhsNumberAt(n: number): string | undefined {
  if (n < 0 || n >= nhsNumberCount) return undefined;
  const digits = [...prefix];
  let sum = prefixSum();
  let skip = n;
  for (let left = freeDigits; left > 0; left--) {
    const weight = left + 1;
    let digit = 0;
    while (skip >= ways(left - 1, sum + digit * weight)) skip -= ways(left - 1, sum + digit++ * weight);
    digits.push(digit);
    sum += digit * weight;
  }
  return [...digits, checkDigit(digits)].join('');
}

function countWays(): number[][] {
  const table: number[][] = [Array.from({ length: 11 }, (_, r) => (r === 1 ? 0 : 1))];
  for (let left = 1; left <= freeDigits; left++) {
    const rest = table[left - 1] ?? [];
    table.push(Array.from({ length: 11 }, (_, r) => {
      let total = 0;
      for (let digit = 0; digit < 10; digit++) total += rest[(r + digit * (left + 1)) % 11] ?? 0;
      return total;
    }));
  }
  return table;
}

function ways(left: number, sum: number): number {
  return counts[left]?.[sum % 11] ?? 0;
}

function prefixSum(): number {
  return prefix.reduce((sum, digit, i) => sum + digit * (10 - i), 0);
}

/** A whole number from 1 given as an option; anything else ends the program with 64, as a wrong call does. */
export function wholeNumber(name: string, text: string, mostDigits = 9): number {
  if (/^[1-9]\d*$/.test(text) && text.length <= mostDigits) return Number(text);
  process.stderr.write(`--${name} takes a whole number from 1 of at most ${mostDigits} digits.\n`);
  process.exit(64);
}

/**
 * How alike two short texts are. Source: W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the
 * Fellegi-Sunter Model of Record Linkage", 1990.
 */

const longestPrefix = 4;
const prefixWeight = 0.1;

/** Jaro-Winkler likeness: 0 = nothing in common, 1 = equal. Symmetric. */
export function jaroWinkler(x: string, y: string): number {
  if (x === y) return 1;
  const [a, b] = x.length <= y.length ? [x, y] : [y, x];
  if (a.length === 0) return 0;
  const alike = jaro(a, b);
  let prefix = 0;
  while (prefix < longestPrefix && prefix < a.length && a[prefix] === b[prefix]) prefix += 1;
  return alike + prefix * prefixWeight * (1 - alike);
}

/** Jaro: letters in common within half the longer length, and how many of them stand in another order. `a` is the shorter. */
function jaro(a: string, b: string): number {
  const reach = (b.length >> 1) - 1 > 0 ? (b.length >> 1) - 1 : 0;
  const takenA: boolean[] = [];
  const takenB: boolean[] = [];
  let common = 0;
  for (let i = 0; i < a.length; i += 1) {
    const to = i + reach + 1 < b.length ? i + reach + 1 : b.length;
    for (let j = i - reach > 0 ? i - reach : 0; j < to; j += 1) {
      if (takenB[j] || a[i] !== b[j]) continue;
      takenA[i] = takenB[j] = true;
      common += 1;
      break;
    }
  }
  if (common === 0) return 0;
  let moved = 0;
  for (let i = 0, j = 0; i < a.length; i += 1) {
    if (!takenA[i]) continue;
    while (!takenB[j]) j += 1;
    if (a[i] !== b[j]) moved += 1;
    j += 1;
  }
  return (common / a.length + common / b.length + (common - moved / 2) / common) / 3;
}

/** Whether two texts are at least so alike. Almost all pairs of texts are told apart by their first letter, and a mistake there alone is one letter. */
export function alike(x: string, y: string, least: number): boolean {
  if (x === y) return true;
  if (x.length < 3 || y.length < 3) return false;
  return x[0] === y[0] ? jaroWinkler(x, y) >= least : oneEditApart(x, y);
}

/** One letter more, less or other, or two neighbours exchanged. */
export function oneEditApart(x: string, y: string): boolean {
  const difference = x.length - y.length;
  if (difference > 1 || difference < -1) return false;
  let start = 0;
  while (start < x.length && start < y.length && x[start] === y[start]) start += 1;
  let end = 0;
  while (end < x.length - start && end < y.length - start && x[x.length - 1 - end] === y[y.length - 1 - end]) end += 1;
  const [midX, midY] = [x.slice(start, x.length - end), y.slice(start, y.length - end)];
  const exchanged = midX.length === 2 && midY.length === 2 && midX[0] === midY[1] && midX[1] === midY[0];
  return exchanged || (midX.length <= 1 && midY.length <= 1);
}

const silent = /[aeiouyhw]/g;
const alikeLetters: readonly (readonly [RegExp, string])[] = [
  [/^(?:kn|gn|pn)/, 'n'], [/^wr/, 'r'], [/^ps/, 's'], [/^mc/, 'mac'], [/ck|ch|kh|qu/g, 'k'], [/ph|gh/g, 'f'], [/sh|sch|th/g, 's'], [/[cq]/g, 'k'], [/[sz]+/g, 's'], [/[dt]/g, 't'], [/[bp]/g, 'p'], [/[gj]/g, 'g'], [/[vf]/g, 'f'], [/x/g, 'ks'],
];

/** A rough key of how a name sounds, for blocking only: consonants, those alike as one, none twice in a row. */
export function soundKey(name: string): string {
  let text = name;
  for (const [pattern, letter] of alikeLetters) text = text.replace(pattern, letter);
  const [first = '', rest] = [text.slice(0, 1), text.slice(1)];
  return ((/[aeiouy]/.test(first) ? 'a' : first) + rest.replace(silent, '')).replace(/(.)\1+/g, '$1').slice(0, 6);
}

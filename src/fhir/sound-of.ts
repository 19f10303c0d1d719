const groups: Readonly<Record<string, string>> = { b: '1', f: '1', p: '1', v: '1', c: '2', g: '2', j: '2', k: '2', q: '2', s: '2', x: '2', z: '2', d: '3', t: '3', l: '4', m: '5', n: '5', r: '6' };

/**
 * How a word sounds, roughly, in English: American Soundex of a word in small letters without accents. A word that does not
 * begin with a Latin letter sounds like itself. Source: US National Archives, Soundex System.
 */
export function soundOf(word: string): string {
  const first = word.charAt(0);
  if (!/[a-z]/.test(first)) return word;
  let code = first;
  let last = groups[first] ?? '';
  for (const letter of word.slice(1)) {
    const group = groups[letter] ?? '';
    if (group !== '' && group !== last) code += group;
    if (letter !== 'h' && letter !== 'w') last = group;
    if (code.length === 4) break;
  }
  return code.padEnd(4, '0');
}

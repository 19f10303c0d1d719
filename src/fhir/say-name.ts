import { titles } from './name-titles.ts';
import { normaliseText } from './normalise-text.ts';

/** A name as one says it: many systems send it in capitals, which is how it was typed and no part of it. What is written in both cases stays as it is, but for a title in front. */
export function sayName(name: string): string {
  const [first = '', ...rest] = name.split(' ');
  const said = titles.has(normaliseText(first)) ? rest.join(' ') : name;
  return [said === name ? '' : inOrdinaryCase(first), inOrdinaryCase(said)].filter((part) => part !== '').join(' ');
}

/** `MARY O'NEILL-MCKAY` → `Mary O'Neill-McKay`; a text with a small letter, and initials, as they are. */
function inOrdinaryCase(text: string): string {
  if (/\p{Ll}/u.test(text)) return text;
  return text.replaceAll(/\p{Lu}[\p{Lu}\p{M}]+/gu, (word) => {
    const small = word.slice(1).toLowerCase();
    return word.startsWith('MC') && word.length > 4 ? `Mc${small.charAt(1).toUpperCase()}${small.slice(2)}` : `${word.charAt(0)}${small}`;
  });
}

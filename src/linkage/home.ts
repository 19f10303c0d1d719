import type { Patient } from '@medplum/fhirtypes';
import { wordsOf } from '../fhir/normalise-text.ts';
import type { PersonFacts } from './types.ts';

/**
 * The current home: postcode without its space, number or name of the house, the lines without it. Without a postcode the
 * rest still counts. The city is left out, because everybody lives there. The ZZ99 pseudo-postcodes say where nobody lives.
 */
export function homeOf(patient: Patient): Pick<PersonFacts, 'postcode' | 'house' | 'lines' | 'locality'> {
  const current = (patient.address ?? []).filter(({ use, period }) => use !== 'old' && use !== 'billing' && period?.end === undefined);
  const home = current.find(({ use, postalCode }) => use === 'home' && postalCode) ?? current.find(({ postalCode }) => postalCode) ?? current.find(({ use }) => use === 'home') ?? current[0];
  if (!home || /^\s*ZZ\s*99/i.test(home.postalCode ?? '')) return {};
  const postcode = postcodeOf(home.postalCode ?? '');
  const words = (home.line ?? []).filter(Boolean).map(wordsOf);
  const number = words.flat().find((word) => /^\d+[a-z]?$/.test(word));
  const house = number ?? nameOfHouse(words);
  const lines = [...new Set(words.map((line) => line.filter((word) => word !== number).join(' ')).filter((line) => line !== '' && line !== house))];
  const locality = wordsOf(home.district ?? '').join(' ');
  return { ...(postcode !== undefined && { postcode }), ...(house !== undefined && { house }), ...(lines.length > 0 && { lines }), ...(locality !== '' && { locality }) };
}

/** Rose Cottage, before the line that says which street; a first line that is a street is none. */
function nameOfHouse([first = [], ...more]: readonly (readonly string[])[]): string | undefined {
  return more.some((line) => isStreet(line)) && !isStreet(first) && first.length > 0 ? first.join(' ') : undefined;
}

const streets: ReadonlySet<string> = new Set('road rd street st lane ln avenue ave close drive dr way grove gardens crescent cres place terrace walk croft hill green square row mews rise view parade'.split(' '));

function isStreet(line: readonly string[]): boolean {
  return line.length > 1 && streets.has(line.at(-1) ?? '');
}

/**
 * A postcode as it is compared, without its space; undefined for what is none. O for 0 and I for 1, and the other way round,
 * are mended where that makes it one whose letters stand where they may, and in one way only. Source: BS 7666-2, UK postcodes.
 */
export function postcodeOf(text: string): string | undefined {
  const code = text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  if (strict.test(code)) return code;
  if (code.length < shortest || code.length > longest) return undefined;
  const readings = [...code].reduce<string[]>((all, letter) => all.flatMap((begun) => (taken[letter] ?? [letter]).map((each) => begun + each)), ['']);
  const [only, ...others] = readings.filter((each) => strict.test(each));
  if (only !== undefined && others.length === 0) return only;
  return form.test(code) ? code : undefined;
}
const form = /^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$/;
/** the same with the letters that are used at each place */
const strict = /^(?:[A-PR-UWYZ](?:\d[A-HJKPSTUW\d]?|[A-HK-Y]\d[ABEHMNPRVWXY\d]?))\d[ABD-HJLNP-UW-Z]{2}$/;
const [shortest, longest] = [5, 7];
const taken: Readonly<Record<string, readonly string[]>> = { O: ['O', '0'], 0: ['0', 'O'], I: ['I', '1'], 1: ['1', 'I'] };

import { wholeBirthDate } from './birth-dates.ts';
import { firstNameForm } from './name-words.ts';
import { soundKey } from './string-likeness.ts';
import type { PersonFacts } from './types.ts';

/**
 * Texts that two records of one person are likely to share although some of what they say differs: each is narrow enough
 * that few people share it in a city, and no one mistake spoils them all. Equal keys make a candidate; the grade decides.
 */
export function likenessKeys(facts: PersonFacts): string[] {
  if (facts.identityUnknown) return [];
  const first = facts.given[0] === undefined ? '' : firstNameForm(facts.given[0]);
  const family = (facts.family ?? '').replaceAll(' ', '');
  const [given, surname] = [soundKey(first), soundKey(family)];
  const date = wholeBirthDate(facts);
  const year = date?.slice(0, 4);
  const place = facts.postcode ?? facts.locality?.slice(0, 12);
  const names = [given, surname].sort().join('|');
  const keys: (string | false | undefined)[] = [
    ...[first, family].map((name) => date !== undefined && name !== '' && `di|${date}|${name[0]}`),
    date !== undefined && place !== undefined && `dp|${date}|${place}`,
    first !== '' && family !== '' && year !== undefined && `ny|${names}|${year}`,
    first !== '' && family !== '' && date !== undefined && `nm|${names}|${[date.slice(5, 7), date.slice(8)].sort().join('')}`,
    first !== '' && family !== '' && place !== undefined && `np|${names}|${place}`,
    ...[given, surname].map((name) => name !== '' && facts.postcode !== undefined && `ip|${name}|${facts.postcode}`),
    ...(facts.lines ?? []).map((line) => facts.house !== undefined && `hl|${facts.house}|${soundKey(line.replaceAll(' ', ''))}`),
    ...(facts.phones ?? []).map((phone) => `ph|${phone}`),
    ...(facts.emails ?? []).map((email) => `em|${email}`),
  ];
  return keys.filter((key) => typeof key === 'string');
}

import type { CodeableConcept, ContactPoint, HumanName, PatientContact } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { titles } from '../fhir/name-titles.ts';
import { addressFolding } from './address-folding.ts';
import { codedFolding, conceptFolding } from './concept-folding.ts';
import { foldValues, joinEither } from './fold.ts';
import type { Folding } from './fold.ts';
import { joinRest } from './join-rest.ts';
import { nameFolding } from './name-folding.ts';
import { spokenWords } from './spoken-words.ts';
import { reachedBy, telecomFolding } from './telecom-folding.ts';

/**
 * One person to turn to, as several sources name them: their numbers and relationships are put together. It takes the
 * same name, and a number or a relationship in common unless one side gives none; with less than a first and a family
 * name nothing else may differ, and without a name it takes a common number. Two addresses, names or genders are two people.
 */
export const contactFolding: Folding<PatientContact> = {
  size: (contact) => canonicalJson(contact).length,
  join(host, other) {
    if (canonicalJson(host) === canonicalJson(other)) return host;
    const rest = joinRest(host, other, ['relationship', 'name', 'telecom', 'address']);
    const name = host.name && other.name ? joinEither(nameFolding, host.name, other.name) : (host.name ?? other.name);
    const address = host.address && other.address ? joinEither(addressFolding, host.address, other.address) : (host.address ?? other.address);
    if (!rest || (host.name && !name) || (host.address && !address) || !isOnePerson(host, other)) return undefined;
    const relationship = foldValues([...(host.relationship ?? []), ...(other.relationship ?? [])], conceptFolding);
    const telecom = foldValues([...(host.telecom ?? []), ...(other.telecom ?? [])], telecomFolding);
    return {
      ...rest,
      ...(relationship.length > 0 && { relationship }),
      ...(name && { name }),
      ...(telecom.length > 0 && { telecom }),
      ...(address && { address }),
    };
  },
};

type Common = 'shared' | 'different' | 'unsaid';

function isOnePerson(a: PatientContact, b: PatientContact): boolean {
  const number = common<ContactPoint>(a.telecom, b.telecom, (one, two) => reachedBy(one) === reachedBy(two));
  const relationship = common<CodeableConcept>(a.relationship, b.relationship, (one, two) => codedFolding.join(one, two) !== undefined);
  if (!a.name || !b.name) return number === 'shared' && relationship !== 'different';
  const named = isFullName(a.name) && isFullName(b.name);
  if (number === 'shared') return named || relationship !== 'different';
  if (relationship === 'shared') return named || number === 'unsaid';
  return named && number === 'unsaid' && relationship === 'unsaid';
}

/** "Mrs Okafor" and "A Okafor" may be several people of one house. */
function isFullName({ text, given = [], family }: HumanName): boolean {
  return new Set(spokenWords(text, ...given, family).filter((word) => word.length > 1 && !titles.has(word))).size > 1;
}

function common<T>(a: readonly T[] = [], b: readonly T[] = [], isSame: (one: T, two: T) => boolean): Common {
  if (a.length === 0 || b.length === 0) return 'unsaid';
  return a.some((one) => b.some((two) => isSame(one, two))) ? 'shared' : 'different';
}

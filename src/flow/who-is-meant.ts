import { normaliseText } from '../fhir/normalise-text.ts';
import { checkNhsNumber } from '../fhir/nhs-number.ts';
import type { PersonFacts } from '../linkage/types.ts';
import type { Database } from '../store/database.ts';
import { findByKey } from '../store/sharing/emergency-access.ts';
import { keyedHash, type Secrets } from '../store/secrets.ts';

/** A number shared by more people than this is a mistake nobody can see through. */
const mostPeople = 5;

/**
 * The one citizen of whom one partner said all three: a number alone, or two partners' halves, are not enough, and where two
 * fit nobody is meant. Whatever is asked, the record is looked at once.
 */
export async function whoIsMeant(
  { database, secrets }: { database: Database; secrets: Secrets }, { nhsNumber, birthDate, family }: { nhsNumber: string; birthDate: string; family: string },
): Promise<string | null> {
  const checked = checkNhsNumber(nhsNumber);
  const number = checked.kind === 'valid' ? checked.number : '';
  const name = normaliseText(family);
  const found = await findByKey(database, keyedHash(secrets.person, `nhs:${number}`), mostPeople + 1);
  if (number === '' || name === '' || new Set(found.map(({ citizen }) => citizen)).size > mostPeople) return null;
  const [citizen, ...others] = new Set(found.filter(({ facts }) => isMeant(facts, number, birthDate, name)).map((each) => each.citizen));
  return others.length === 0 ? (citizen ?? null) : null;
}

function isMeant(facts: PersonFacts, number: string, birthDate: string, name: string): boolean {
  const names = [facts.family, ...facts.otherFamily].map((each) => normaliseText(each ?? ''));
  return facts.nhsNumber === number && facts.birthDate === birthDate && facts.identityUnknown !== true && names.includes(name);
}

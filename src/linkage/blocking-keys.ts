import { firstNameForm } from './name-words.ts';
import { checkNhsNumber } from '../fhir/nhs-number.ts';
import { wholeBirthDate } from './birth-dates.ts';
import { likenessKeys } from './likeness-keys.ts';
import type { PersonFacts } from './types.ts';

export interface BlockingKeys {
  nhs: string | null;
  local: string[];
  demographic: string | null;
  /** what two records of one person are likely to share although they differ */
  likeness: string[];
}

/**
 * The texts two records of one person may share: stored (hashed by the store) and looked up in bulk. Equal keys only
 * make somebody a candidate; `decideLink` decides. A person whose identity is unknown is findable by the partner's own
 * identifier alone.
 */
export function blockingKeys(facts: PersonFacts): BlockingKeys {
  const number = facts.nhsNumber === undefined ? undefined : checkNhsNumber(facts.nhsNumber);
  return {
    nhs: number?.kind === 'valid' && !facts.identityUnknown ? number.number : null,
    local: facts.local.map(({ system, value }) => `${system}|${value}`),
    demographic: demographicKey(facts),
    likeness: likenessKeys(facts),
  };
}

/** Family name, first given name, whole birth date, gender and postcode, as written and never by sound; null unless all five are known. */
export function demographicKey(facts: PersonFacts): string | null {
  const first = facts.given[0];
  const birthDate = wholeBirthDate(facts);
  const gender = facts.gender === 'unknown' ? undefined : facts.gender;
  if (facts.identityUnknown || !facts.family || !first || first.length < 2 || !birthDate || !gender || !facts.postcode) return null;
  return [facts.family.replaceAll(' ', ''), firstNameForm(first), birthDate, gender, facts.postcode].join('|');
}

import { normaliseNhsNumber } from '../../fhir/nhs-number.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { PersonClaims } from '../../intake/types.ts';
import { familyWords } from '../../linkage/name-words.ts';
import { alike } from '../../linkage/string-likeness.ts';
import type { PersonFacts } from '../../linkage/types.ts';
import type { IntakeContext } from './intake-context.ts';
import type { LinkedRow, Registry } from './link-people.ts';
import { partnerId } from './name-resource.ts';

/** Names at least so alike (Jaro-Winkler) are one name typed twice. */
const sameName = 0.9;

/**
 * Rows whose number or name is another than that of the person their key names: a sheet that was sorted by one column only
 * would put what it says on strangers. Compared with the sender's own record alone, so nothing is told of what others know.
 */
export function checkClaims(context: Pick<IntakeContext, 'secrets'>, linked: readonly LinkedRow[], registry: Registry): { row: LinkedRow['row']; problems: Problem[] }[] {
  return linked.flatMap((each) => {
    const { feed: { partner }, part, row, citizen, claims } = each;
    if (!part.claims) return [];
    const facts = registry.factsOf(citizen).get(partnerId(context.secrets, 'Patient', `${partner.identifierBase}/person`, row.personKey));
    const wrong = facts && differing(claims, facts);
    if (!wrong) return [];
    const field = part.columns?.find(({ name }) => name === part.claims?.[wrong])?.header;
    return [{ row, problems: [{ ...namedOtherwise, at: { row: row.row, line: row.line, ...(field !== undefined && { field }) } }] }];
  });
}

/** What is said and known and differs. A name may change while the number stays. */
export function differing({ nhsNumber = '', family = '' }: PersonClaims, facts: PersonFacts): keyof PersonClaims | null {
  const number = normaliseNhsNumber(nhsNumber);
  if (number !== '' && facts.nhsNumber !== undefined) return number === facts.nhsNumber ? null : 'nhsNumber';
  const said = familyWords(family);
  const known = [facts.family ?? '', ...facts.otherFamily].flatMap((name) => name.split(' ')).filter((word) => word !== '');
  if (said.length === 0 || known.length === 0 || facts.identityUnknown) return null;
  const meet = said.some((word) => known.some((other) => alike(word, other, sameName))) || known.join('') === said.join('');
  return meet ? null : 'family';
}

const namedOtherwise: Problem = {
  category: 'unprocessable', code: 'person-named-otherwise', text: 'This is not what the sender\'s own record says of the person whom the row names.',
  expected: 'the number and name of the person whose key the row has', fix: 'See whether the rows were sorted by one column only; correct the key, the number or the name, and send the row again.',
};

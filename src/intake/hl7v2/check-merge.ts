import { checkNhsNumber } from '../../fhir/nhs-number.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { EventSchema } from '../schema-types.ts';
import { personIds, type PersonId } from './identifiers.ts';
import { type Message, rawField } from './parse-message.ts';

/**
 * Whether a message that joins, moves or tells apart people or visits names them so that it can be done later: the
 * surviving identifiers in PID-3, the losing ones in MRG-1, of the same authorities, and not the same; of `two-people` both
 * have a PID of their own; visits stand in PV1-19 and MRG-5, an account in MRG-3. A visit may move within one person, to
 * another number or account. Source: HL7 v2.4 chapter 3, segment MRG; HL7 UK A.2.
 */
export function checkMerge(message: Message, merges: NonNullable<EventSchema['merges']>, row: number): Problem[] {
  const say = (field: string, rest: Pick<Problem, 'category' | 'code' | 'text' | 'fix'>): Problem => ({
    ...rest, at: { row, line: message.segments.find(({ name }) => field.startsWith(name))?.line ?? 1, field },
  });
  const [surviving, losing, losingField] = peopleOf(message, merges);
  const visits = merges === 'visits' || merges === 'visit-of-person';
  const [visit, before] = [rawField(message, 'PV1-19', 1).trim(), rawField(message, 'MRG-5', 1).trim()];
  return [
    ...[...surviving.map((id) => ({ id, field: 'PID-3' })), ...losing.map((id) => ({ id, field: losingField }))]
      .filter(({ id }) => id.national && checkNhsNumber(id.value).kind === 'invalid').map(({ field }) => say(field, nhsNumberInvalid)),
    ...(losing.length === 0 ? [say(losingField, identifierMissing)] : []),
    ...(losing.length > 0 && !visits ? differenceOf(surviving, losing).map((problem) => say(losingField, problem)) : []),
    ...(visits && before === '' ? [say('MRG-5', visitMissing)] : []),
    ...(merges === 'visits' && before !== '' && before === visit ? [say('MRG-5', sameIdentifier)] : []),
  ];
}

export function peopleOf({ segments, marks }: Message, merges: EventSchema['merges']): [surviving: PersonId[], losing: PersonId[], losingField: string] {
  const [first, second] = segments.filter(({ name }) => name === 'PID').map(({ fields }) => personIds(fields[3] ?? '', marks));
  const merged = segments.find(({ name }) => name === 'MRG')?.fields[1] ?? '';
  return merges === 'two-people' ? [first ?? [], second ?? [], 'PID-3'] : [first ?? [], personIds(merged, marks), 'MRG-1'];
}

/** Ids of different authorities cannot be told apart; ids that are all the same name one person. */
function differenceOf(surviving: readonly PersonId[], losing: readonly PersonId[]): Pick<Problem, 'category' | 'code' | 'text' | 'fix'>[] {
  const pairs = losing.flatMap((lost) => surviving.filter(({ authority, national }) => authority === lost.authority && national === lost.national).map((kept) => [kept.value, lost.value]));
  if (pairs.length === 0) return [authorityDiffers];
  return pairs.every(([kept, lost]) => kept === lost) ? [sameIdentifier] : [];
}

const identifierMissing = {
  category: 'invalid', code: 'merge-identifier-missing', text: 'The message does not name the other person.', fix: 'Send the losing identifiers, each with its authority.',
} as const;
const authorityDiffers = {
  category: 'invalid', code: 'merge-authority-differs', text: 'No identifier of the one person has the authority of one of the other, so nobody can tell which replaces which.',
  fix: 'Send in MRG-1 the prior identifiers in the order and with the authorities of PID-3.',
} as const;
const sameIdentifier = {
  category: 'invalid', code: 'merge-same-identifier', text: 'The surviving and the losing identifiers are the same.', fix: 'Send the identifier that shall end as the losing one.',
} as const;
const visitMissing = { category: 'invalid', code: 'merge-identifier-missing', text: 'The message does not name the prior visit.', fix: 'Send the prior visit number in MRG-5.' } as const;
const nhsNumberInvalid = {
  category: 'unprocessable', code: 'nhs-number-invalid', text: 'The NHS number is not one: its check digit is wrong or it is a placeholder.', fix: 'Correct the number at the source. Nothing is merged on a wrong number.',
} as const;

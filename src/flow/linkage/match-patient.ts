import type { Patient } from '@medplum/fhirtypes';
import { nhsNumberSystem } from '../../fhir/nhs-number-status.ts';
import { checkNhsNumber } from '../../fhir/nhs-number.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { searchToken } from '../../fhir/search-token.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Grader } from '../../linkage/decide-link.ts';
import { enoughToMatch, matchPeople, type Match } from '../../linkage/match-people.ts';
import { personFacts } from '../../linkage/person-facts.ts';
import type { PersonFacts } from '../../linkage/types.ts';
import type { VisibleRow } from '../../store/door/door.ts';
import { keyedHash } from '../../store/secrets.ts';
import { assemble } from '../assemble.ts';
import type { ComposedCitizen } from '../compose-citizens.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import { keysOf } from '../intake/link-people.ts';
import type { MatchAsk } from '../read-asked.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { releaseRecords, type Released } from '../release-records.ts';

export type MatchContext = ReleaseContext & { grade: Grader; registry: IntakeContext['registry']; validate: IntakeContext['validate'] };

export interface MatchInput {
  /** a Patient: what is known of the person */
  resource: JsonObject;
  onlyCertain: boolean;
  /** at most so many */
  count: number;
}

export interface Matched {
  released: Released;
  matches: { composed: ComposedCitizen; match: Match }[];
}

/**
 * THE STORY of a match: is it enough → keys → whoever shares one, through the one door → graded by what of them may be
 * seen, and by nothing else → composed → audit (durable). Never by a name alone. Nobody found is an empty answer.
 */
export async function matchPatient(context: MatchContext, requester: Requester, { resource, onlyCertain, count }: MatchInput, request: RequestFacts): Promise<Matched> {
  const bases = [...new Set(context.registry.map(({ partner }) => partner.identifierBase))];
  const asked = askedFacts(context, resource, bases);
  let found: Match[] = [];
  const choose = (people: readonly VisibleRow[]): VisibleRow[] => {
    const rows = sharingKeys(asked, people, bases);
    const candidates = [...rows].map(([citizen, each]) => ({ citizen, facts: each.map(({ facts }) => facts) }));
    found = matchPeople(asked, candidates, context.grade).filter(({ grade }) => !onlyCertain || grade === 'certain').slice(0, count);
    return found.flatMap(({ citizen }) => (rows.get(citizen) ?? []).map(({ row }) => row));
  };
  const ask: MatchAsk = { interaction: 'match', normal: normalForm(asked, onlyCertain, count), hashes: keysOf(asked).map((key) => keyedHash(context.secrets.person, key)), tokens: tokensOf(asked), choose };
  const released = await releaseRecords(context, requester, ask, request);
  const byCitizen = new Map(found.map((match) => [match.citizen, match]));
  return { released, matches: released.composed.flatMap((composed) => {
    const match = byCitizen.get(composed.citizen);
    return match ? [{ composed, match }] : [];
  }) };
}

function askedFacts(context: MatchContext, resource: JsonObject, bases: readonly string[]): PersonFacts {
  // our profile is for what is stored; here R4 itself is enough
  const problems = context.validate(resource).filter(({ category, severity = 'error' }) => severity === 'error' && category === 'invalid');
  if (problems.length > 0) throw new Refusal(...problems);
  if (resource['implicitRules'] !== undefined || resource['modifierExtension'] !== undefined) throw new Refusal(meansOtherwise);
  const facts = personFacts(resource as unknown as Patient, ...bases);
  if (facts.nhsNumber !== undefined && checkNhsNumber(facts.nhsNumber).kind === 'invalid') throw new Refusal(numberInvalid);
  if (facts.identityUnknown || !enoughToMatch(facts)) throw new Refusal(tooLittle);
  if (JSON.stringify(facts).length > mostSaid) throw new Refusal(tooMuch);
  return facts;
}

/** Nobody is described in more characters: what is said is compared with everybody it finds. */
const mostSaid = 4_000;

/**
 * What may be seen of each citizen who shares a key by what may be seen: a hidden address must not even make somebody a
 * candidate.
 */
function sharingKeys(asked: PersonFacts, people: readonly VisibleRow[], bases: readonly string[]): Map<string, { row: VisibleRow; facts: PersonFacts }[]> {
  const keys = new Set(keysOf(asked));
  const byCitizen = Map.groupBy(people.map((row) => ({ row, facts: personFacts(assemble(row) as unknown as Patient, ...bases) })), ({ row }) => row.citizen ?? '');
  return new Map([...byCitizen].filter(([, each]) => each.some(({ facts }) => keysOf(facts).some((key) => keys.has(key)))));
}

/** Identifiers as search finds them: they name somebody, whether found or not. */
function tokensOf({ nhsNumber, local }: PersonFacts): bigint[] {
  const identifiers = [...(nhsNumber === undefined ? [] : [{ system: nhsNumberSystem, value: nhsNumber }]), ...local];
  return identifiers.map(({ system, value }) => searchToken('Patient', 'identifier', 'token', `${system}|${value}`));
}

/** Which fields were asked with, never what they said. */
function normalForm({ nhsNumber, local, ...facts }: PersonFacts, onlyCertain: boolean, count: number): string {
  const identifiers = nhsNumber !== undefined || local.length > 0 ? ['identifier'] : [];
  const fields = Object.entries(facts).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)).map(([name]) => name);
  return `Patient/$match?${[...identifiers, ...fields].map((name) => `${name}=*`).join('&')}&onlyCertainMatches=${onlyCertain}&count=${count}`;
}

const tooLittle: Problem = {
  category: 'unprocessable', code: 'match-too-little', text: 'This says too little to tell one person from another.', at: { pointer: '/parameter' },
  expected: 'an identifier, a name with a whole birth date, or a whole name with a postcode, phone number or e-mail address', fix: 'Add what else is known of the person. Nobody is matched by a name alone.',
};
/** IHE PDQm, ITI-119: the Patient that is asked with has neither. */
const meansOtherwise: Problem = {
  category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { pointer: '/parameter' },
  expected: 'a Patient without implicitRules and without modifierExtension: neither is understood here',
};
const tooMuch: Problem = {
  category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { pointer: '/parameter' },
  expected: `names, addresses and contact details of one person, in at most ${mostSaid} characters`,
};
const numberInvalid: Problem = {
  category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { pointer: '/parameter' },
  expected: 'an NHS number of ten digits with a valid check digit, or none',
};

import { wholeBirthDate } from './birth-dates.ts';
import { decideLink, type Grader } from './decide-link.ts';
import type { FieldEvidence, GradedPair } from './grade-pair.ts';
import type { Candidate, PersonFacts } from './types.ts';

/** Source: http://hl7.org/fhir/R4/valueset-match-grade.html, without `certainly-not`, which is not answered. */
export type MatchGrade = 'certain' | 'probable' | 'possible';

/** A citizen that may be the one asked for, with every reason. */
export interface Match {
  citizen: string;
  grade: MatchGrade;
  /** 0 to 1: the probability by weights; 1 where an exact rule is certain */
  score: number;
  /** the rule of decideLink that said so */
  decidedBy: string;
  /** the closest of what is known of the citizen, field by field */
  evidence: readonly FieldEvidence[];
  /** why it is not certain although it weighs enough */
  held: readonly string[];
  /** version of the linkage rule */
  rule: string;
}

/** Whether what is asked says enough: an identifier, a name with a whole birth date, or a whole name with where somebody is reached. */
export function enoughToMatch(facts: PersonFacts): boolean {
  const { nhsNumber, local, family, given, postcode, phones = [], emails = [] } = facts;
  const [named, wholeName] = [family !== undefined || given.length > 0, family !== undefined && given.length > 0];
  return nhsNumber !== undefined || local.length > 0 || (named && wholeBirthDate(facts) !== undefined) || (wholeName && (postcode !== undefined || phones.length + emails.length > 0));
}

/**
 * Who of these may be meant, the most likely first, by the same rules that link records: each candidate is decided by
 * itself, and where several are certain none is.
 */
export function matchPeople(asked: PersonFacts, candidates: readonly Candidate[], grade: Grader): Match[] {
  const matches = candidates.flatMap((candidate) => matchOne(asked, candidate, grade) ?? []);
  const several = matches.filter((match) => match.grade === 'certain').length > 1;
  const graded = several ? matches.map((match): Match => (match.grade === 'certain' ? { ...match, grade: 'probable' } : match)) : matches;
  return graded.sort((a, b) => order[a.grade] - order[b.grade] || b.score - a.score || (a.citizen < b.citizen ? -1 : 1));
}
const order: Record<MatchGrade, number> = { certain: 0, probable: 1, possible: 2 };

function matchOne(asked: PersonFacts, candidate: Candidate, grade: Grader): Match | null {
  const decision = decideLink(asked, [candidate], grade);
  if (decision.kind !== 'certain' && decision.kind !== 'possible') return null;
  const closest = candidate.facts.map((known) => grade(asked, known)).reduce((best: GradedPair | null, pair) => (best && best.bits >= pair.bits ? best : pair), null);
  if (!closest) return null;
  const { evidence, held, rule, probability } = closest;
  const matched = decision.kind === 'certain' ? 'certain' : held.length > 0 ? 'probable' : 'possible';
  const score = decision.kind === 'certain' && !decision.graded ? 1 : Math.round(probability * 10_000) / 10_000;
  return { citizen: candidate.citizen, grade: matched, score, decidedBy: decision.rule, evidence, held, rule };
}

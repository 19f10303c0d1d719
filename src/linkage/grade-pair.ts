import { allFields, compareFields, type Field, type FieldLevels } from './compare-fields.ts';
import { nameCount, type LinkageRule } from './linkage-rule.ts';
import type { PersonFacts } from './types.ts';

export type Grade = 'certain' | 'possible' | 'certainly-not';

/** What one field says for or against: its level, and bits. */
export interface FieldEvidence {
  field: Field;
  level: string;
  /** log2(m/u) */
  bits: number;
}

/** A graded pair with every reason: the bits of the fields and of the prior add up to `bits`. */
export interface GradedPair {
  grade: Grade;
  /** log2 of the odds that the two are one person */
  bits: number;
  probability: number;
  evidence: FieldEvidence[];
  /** two people of one household, whatever the bits */
  apart: boolean;
  /** why it is not `certain` although it weighs enough */
  held: string[];
  rule: string;
}

/** Grades pairs of people by a rule. Symmetric. */
export function pairGrader(rule: LinkageRule): (a: PersonFacts, b: PersonFacts) => GradedPair {
  const countOf = nameCount(rule);
  const prior = Math.log2(rule.prior / (1 - rule.prior));
  return (a, b) => {
    const found = compareFields(a, b, countOf);
    const evidence = allFields.flatMap((field): FieldEvidence[] => {
      const level = found[field];
      return level === null ? [] : [{ field, level, bits: bitsOf(rule, a, field, level) }];
    });
    const bits = evidence.reduce((sum, each) => sum + each.bits, prior);
    const probability = 1 / (1 + 2 ** -bits);
    const held = heldBy(rule, found, a, b);
    const isApart = rule.apart.some((together) => Object.entries(together).every(([field, names]) => names.includes(found[field as Field] ?? '')));
    const grade = isApart ? 'certainly-not' : probability >= rule.thresholds.certain && held.length === 0 ? 'certain' : probability >= rule.thresholds.possible ? 'possible' : 'certainly-not';
    return { grade, bits, probability, evidence, apart: isApart, held: probability >= rule.thresholds.certain ? held : [], rule: rule.version };
  };
}

/** That two bear one name says the more the fewer bear it. */
function bitsOf(rule: LinkageRule, facts: PersonFacts, field: Field, level: string): number {
  const { m, u } = rule.weights[field][level] ?? { m: 0.5, u: 0.5 };
  if (level !== 'same' || (field !== 'given' && field !== 'family')) return Math.log2(m / u);
  const { total, counts } = rule.names[field];
  const name = field === 'given' ? facts.given[0] ?? '' : (facts.family ?? '').replaceAll(' ', '');
  const count = Object.hasOwn(counts, name) ? counts[name] ?? 1 : 1;
  return Math.log2(m / (count > leastSeen ? count / total : leastSeen / total));
}

/** A name seen less often than this is weighed as if it had been seen so often: a rare spelling may be a mistake made twice. */
const leastSeen = 2;

function heldBy(rule: LinkageRule, found: FieldLevels, a: PersonFacts, b: PersonFacts): string[] {
  const levelsHeld = allFields.filter((field) => rule.neverCertain[field]?.includes(found[field] ?? '') ?? false).map((field) => `${field}: ${found[field]}`);
  const missing = rule.needed.filter((field) => found[field] === null).map((field) => `${field}: not said`);
  const alone = Object.entries(rule.corroboration).some(([field, names]) => names.includes(found[field as Field] ?? '')) ? [] : ['nothing beside name and birth date'];
  return [...levelsHeld, ...missing, ...alone, ...numbersDiffer(a, b)];
}

/** Two numbers are two people, or one of them is wrong: either way a person looks. */
function numbersDiffer(a: PersonFacts, b: PersonFacts): string[] {
  return a.nhsNumber !== undefined && b.nhsNumber !== undefined && a.nhsNumber !== b.nhsNumber ? ['nhsNumber: other'] : [];
}

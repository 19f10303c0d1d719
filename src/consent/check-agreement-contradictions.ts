import type { Problem } from '../fhir/problem.ts';
import type { AgreementContent } from './agreement-schema.ts';
import { namePractices } from './name-practices.ts';
import type { PositionOf } from './parse-yaml.ts';

type Clause = AgreementContent['clauses'][number];

/**
 * Two clauses that say something different of the same sharing: the same from, to, role, purpose and category, under the
 * same labels and relationships, but another consent basis or another notice. Which of them the parties meant, nobody
 * could say. Clauses with other labels or relationships are no contradiction: they open other records, or on other evidence.
 * But what one clause excludes none may open for the same sharing, itself least of all.
 */
export function checkAgreementContradictions(content: AgreementContent, positionOf: PositionOf): Problem[] {
  const clauses = namePractices(content);
  return [...differentTerms(clauses, positionOf), ...openedThoughExcluded(clauses, positionOf)];
}

function openedThoughExcluded(clauses: readonly Clause[], positionOf: PositionOf): Problem[] {
  return clauses.flatMap(({ labels = [], ...opening }, index) => {
    const excluding = clauses.find((each) => meet(labels, each.excludedLabels ?? []).length > 0 && (each.number === opening.number || overlap(each, opening)));
    const at = labels.findIndex((label) => excluding?.excludedLabels?.includes(label));
    return excluding === undefined ? [] : [{
      category: 'invalid', code: 'agreement-clauses-contradict', at: positionOf(['clauses', index, 'labels', at]),
      text: `Clause ${opening.number} opens records labelled ${labels[at]}, which clause ${excluding.number} excludes from the same sharing.`,
      expected: 'labels that no clause excludes for the same from, to, role, purpose and category', fix: 'Take the label out of labels, or out of excludedLabels.',
    }];
  });
}

function differentTerms(clauses: readonly Clause[], positionOf: PositionOf): Problem[] {
  const places = clauses.map((clause, index) => ({ clause, index, conditions: conditionsOf(clause) }));
  return places.flatMap((later) => {
    const earlier = places.slice(0, later.index).find((each) => each.conditions === later.conditions && differs(each.clause, later.clause) && overlap(each.clause, later.clause));
    if (!earlier) return [];
    const key = earlier.clause.consentBasis === later.clause.consentBasis ? 'notice' : 'consentBasis';
    return [{
      category: 'invalid', code: 'agreement-clauses-contradict', at: positionOf(['clauses', later.index, key]),
      text: `Clauses ${earlier.clause.number} and ${later.clause.number} share the same records with the same people, with a different ${key}.`,
      expected: `one ${key} for the same from, to, role, purpose and category`, fix: 'Take what they have in common out of one of them, or make them agree.',
    }];
  });
}

function conditionsOf({ labels = [], relationships = [] }: Clause): string {
  return JSON.stringify([[...labels].sort(), [...relationships].sort()]);
}

function differs(one: Clause, other: Clause): boolean {
  return one.consentBasis !== other.consentBasis || (one.notice ?? 'none') !== (other.notice ?? 'none');
}

function overlap(one: Omit<Clause, 'labels'>, other: Omit<Clause, 'labels'>): boolean {
  return [meet(one.roles, other.roles), meet(one.purposes, other.purposes), meet(one.categories, other.categories)].every((common) => common.length > 0)
    && someoneReceives(meet(one.from, other.from), meet(one.to, other.to));
}

/** A party shares with itself by being custodian, not by a clause. */
function someoneReceives(from: readonly string[], to: readonly string[]): boolean {
  return from.length > 0 && to.length > 0 && !(from.length === 1 && to.length === 1 && from[0] === to[0]);
}

function meet<T>(one: readonly T[], other: readonly T[]): T[] {
  const known = new Set(other);
  return one.filter((value) => known.has(value));
}

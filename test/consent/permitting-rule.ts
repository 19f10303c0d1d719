import type { ClassRule, Grant, NoRule, Relationship } from '../../src/consent/types.ts';

/**
 * A compiled grant applied in memory to one row, as the door applies it in SQL: the rule that opens the row, with the
 * clause whose relationship exists, or undefined when it stays closed.
 */
export function permittingRule(
  grant: Grant, classId: number, { objected, relationships, now }: { objected: boolean; relationships: readonly Relationship[]; now: Date },
): Exclude<ClassRule, NoRule> | undefined {
  const rule = grant.rules.get(classId);
  if (!rule || rule.kind === 'none') return undefined;
  if (grant.exempt.includes(classId)) return rule;
  if (objected) return undefined;
  if (grant.open.includes(classId)) return rule;
  if (rule.kind !== 'related' || !grant.related.some((related) => related.classId === classId)) return undefined;
  const live = new Set(relationships.filter(({ organisation, until }) => organisation === grant.organisation && (until === null || now < until)).map(({ kind }) => kind));
  const { alternatives = [], ...first } = rule;
  if (first.relationships.some((kind) => live.has(kind))) return first;
  const other = alternatives.find(({ relationships: kinds }) => kinds.some((kind) => live.has(kind)));
  return other && { kind: 'related', notice: rule.notice, ...other };
}

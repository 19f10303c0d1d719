import type { Requester, SharingClass } from '../fhir/sharing.ts';
import { clauseMayOpen } from './clause-may-open.ts';
import { referenceTo } from './clauses-in-force.ts';
import type { PlacedClause } from './clauses-in-force.ts';
import type { ClausesTowards } from './clauses-towards.ts';
import type { Clause, NoRule } from './types.ts';

/** What a clause must cover, in the order in which it is told: the further a clause gets, the nearer it is. */
const hurdles = ['purpose', 'category', 'role', 'label'] as const;
type Hurdle = (typeof hurdles)[number];

/**
 * Why no clause opens a class: explains a denial, never makes one. A clause that fails on role or label is nearer than one
 * that waits for a signature or belongs to the past; these are nearer than one that does not know the category at all.
 * The notice is always that of the nearest clause in force between the two organisations.
 */
export function whyNot(requester: Requester, sharingClass: SharingClass, clauses: ClausesTowards): NoRule {
  if (sharingClass.category === 'unclassified') return { kind: 'none', reason: 'unclassified', notice: 'none' };
  const between = (side: keyof ClausesTowards): PlacedClause[] => clauses[side].get(sharingClass.custodian) ?? [];
  const nearest = nearestClause(between('inForce'), requester, sharingClass);
  const notice = nearest?.placed.clause.notice ?? 'none';
  if (nearest && nearest.hurdle !== 'category') return { kind: 'none', reason: nearest.hurdle, ...referenceTo(nearest.placed), notice };
  const covers = ({ clause }: PlacedClause): boolean => failsAt(clause, requester, sharingClass) === undefined;
  const unsigned = between('unsigned').find(covers);
  if (unsigned) return { kind: 'none', reason: 'unsigned', ...referenceTo(unsigned), notice };
  const past = between('past').find(covers);
  if (past) return { kind: 'none', reason: 'lapsed', ...referenceTo(past), notice };
  if (nearest) return { kind: 'none', reason: 'category', ...referenceTo(nearest.placed), notice };
  return { kind: 'none', reason: 'no-agreement', notice };
}

function nearestClause(clauses: readonly PlacedClause[], requester: Requester, sharingClass: SharingClass): { placed: PlacedClause; hurdle: Hurdle } | undefined {
  let nearest: { placed: PlacedClause; hurdle: Hurdle } | undefined;
  for (const placed of clauses) {
    const hurdle = failsAt(placed.clause, requester, sharingClass);
    if (hurdle && (!nearest || hurdles.indexOf(hurdle) > hurdles.indexOf(nearest.hurdle))) nearest = { placed, hurdle };
  }
  return nearest;
}

function failsAt(clause: Clause, requester: Requester, sharingClass: SharingClass): Hurdle | undefined {
  if (!clause.purposes.includes(requester.purpose)) return 'purpose';
  if (!clause.categories.includes(sharingClass.category)) return 'category';
  if (!clause.roles.includes(requester.role) || !clauseMayOpen(requester, sharingClass.category)) return 'role';
  if (sharingClass.labels.some((label) => !clause.labels.includes(label) || clause.excludedLabels?.includes(label))) return 'label';
  return undefined;
}

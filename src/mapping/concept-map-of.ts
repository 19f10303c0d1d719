import type { JsonObject } from '../fhir/json.ts';
import { listOf } from './structure-map/members.ts';
import type { CodeTable } from './types.ts';

type Row = { system: string; code: string; display: string };

/**
 * A code table as an R4 ConceptMap, without what only its publisher knows. The partner's codes are of no published system,
 * so its groups have none as their source; one group for each system the codes go to. A row `*` is `unmapped`, and in a
 * table compared loosely the codes are written as they are compared. Where `*` goes to a system of its own, it is an element of
 * its group as well: R4 has no group without one.
 */
export function conceptMapOf({ rows, fallback, provided }: CodeTable): JsonObject {
  const alone = fallback !== undefined && ![...rows.values()].some(({ system }) => system === fallback.system);
  const bySystem = Map.groupBy<string, readonly [string, Row]>([...rows, ...(alone ? [['*', fallback] as const] : [])], ([, { system }]) => system);
  const groups = [...bySystem].map(([system, list]) => ({
    ...(system !== '' && { target: system }),
    element: list.map(([code, row]) => ({ code, target: [{ ...codeOf(row), equivalence: 'equivalent' }] })),
    ...(fallback?.system === system ? { unmapped: { mode: 'fixed', ...codeOf(fallback) } } : provided ? { unmapped: { mode: 'provided' } } : {}),
  }));
  return { resourceType: 'ConceptMap', ...listOf('group', groups) };
}

function codeOf({ code, display }: Row): JsonObject {
  return { code, ...(display !== '' && { display }) };
}

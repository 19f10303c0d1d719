import type { AgreementContent } from './agreement-schema.ts';

/**
 * The clauses with every primary care network replaced by its practices: each practice is a party and controller of its own
 * records, the network is no party, and a practice that has not signed holds up the clauses of its own network alone.
 */
export function namePractices({ networks = [], clauses }: Pick<AgreementContent, 'networks' | 'clauses'>): AgreementContent['clauses'] {
  if (networks.length === 0) return clauses;
  const practices = new Map(networks.map((network) => [network.id, network.practices]));
  const named = (ids: readonly string[]): string[] => [...new Set(ids.flatMap((id) => practices.get(id) ?? [id]))];
  return clauses.map((clause) => ({ ...clause, from: named(clause.from), to: named(clause.to) }));
}

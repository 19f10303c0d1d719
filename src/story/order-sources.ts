import { nhsNumberStatusOf, nhsNumberSystem } from '../fhir/nhs-number-status.ts';
import type { SourcePatient } from './types.ts';

/** The same sources in the two orders composing needs, sorted once. */
export interface OrderedSources {
  newestFirst: readonly SourcePatient[];
  mostTrustedFirst: readonly SourcePatient[];
}

export function orderSources(sources: readonly SourcePatient[]): OrderedSources {
  const newest = newestFirst(sources);
  return { newestFirst: newest, mostTrustedFirst: mostTrustedFirst(newest) };
}

/** Newest first; equal instants by id, so that the order things arrive in never shows. */
function newestFirst(sources: readonly SourcePatient[]): SourcePatient[] {
  return [...sources].sort(byNewest);
}

/** Those with a verified NHS number first, each group in the order given. */
function mostTrustedFirst(sources: readonly SourcePatient[]): SourcePatient[] {
  const verified = new Set(sources.filter(hasVerifiedNumber));
  return [...verified, ...sources.filter((source) => !verified.has(source))];
}

function byNewest(a: SourcePatient, b: SourcePatient): number {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt > b.updatedAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function hasVerifiedNumber({ resource }: SourcePatient): boolean {
  return resource.identifier?.some((identifier) => identifier.system === nhsNumberSystem && nhsNumberStatusOf(identifier) === '01') ?? false;
}

import type { Problem } from '../fhir/problem.ts';
import { takesPackages } from './addresses.ts';
import { splitPackage } from './package/split-package.ts';
import { splitSource, tooLarge } from './split-source.ts';
import type { Feed, Kind, SplitRow } from './types.ts';

/** Cuts what was posted into rows: a package of tables where the kind takes one and no part is named, otherwise one source (`splitSource`). */
export async function splitReceived(kind: Kind, feed: Feed, partName: string, bytes: Uint8Array): Promise<{ rows: SplitRow[]; problems: Problem[] }> {
  if (partName !== '' || !takesPackages(kind)) return splitSource(kind, feed, partName, bytes);
  if (bytes.length > kind.limits.maxBytes) return { rows: [], problems: [tooLarge(kind)] };
  return splitPackage(kind, feed, bytes);
}

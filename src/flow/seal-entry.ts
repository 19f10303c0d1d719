import { randomBytes } from 'node:crypto';
import { chainHash } from '../audit/chain.ts';
import { commitmentOfText, leafHash } from '../audit/leaf.ts';
import { canonicalJson } from '../fhir/canonical-json.ts';
import type { Seal } from '../store/audit-trail.ts';

const saltBytes = 16;

/** Makes an entry fast: salted commitment, RFC 6962 leaf, chain. */
export const sealEntry: Seal = (entry, seq, previous) => {
  const salt = randomBytes(saltBytes);
  const text = canonicalJson(entry);
  const commitment = commitmentOfText(text, salt);
  return { text, salt, commitment, chainHash: chainHash(previous, leafHash({ seq, at: entry.at, commitment })) };
};

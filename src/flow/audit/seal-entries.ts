import { randomBytes } from 'node:crypto';
import { foundBy } from '../../audit/found-by.ts';
import { commitmentOfText, leafHash } from '../../audit/leaf.ts';
import { grow, type Frontier } from '../../audit/tree.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import type { SealedEntry, Seal } from '../../store/audit/audit-trail.ts';

const saltBytes = 16;

/** Makes entries fast, in their order: salted commitment, RFC 6962 leaf, and the part of the tree each completes. */
export const sealEntries: Seal = (entries, head) => {
  let frontier: Frontier = head;
  const salts = randomBytes(saltBytes * entries.length);
  const sealed = entries.map((entry, i): SealedEntry => {
    const salt = salts.subarray(i * saltBytes, (i + 1) * saltBytes);
    const text = canonicalJson(entry);
    const commitment = commitmentOfText(text, salt);
    const { frontier: grown, completed } = grow(frontier, leafHash({ seq: frontier.size + 1, at: entry.at, commitment }));
    frontier = grown;
    return { entry, found: foundBy(entry), seq: grown.size, text, salt, commitment, tree: Buffer.concat(completed) };
  });
  return { sealed, head: frontier };
};

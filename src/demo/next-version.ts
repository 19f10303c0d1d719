import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const standing = join(import.meta.dirname, '..', '..', 'agreements', 'bicp-end-of-life.yaml');
/** What the parties talk about: a later review, and coordinators beside social workers in the last clause. */
const changes: readonly (readonly [RegExp, string])[] = [
  [/^version: "1\.0"$/m, 'version: "1.1"'],
  [/^reviewDate: 2027-03-31$/m, 'reviewDate: 2028-03-31'],
  [/arrange care at home for the person\./, 'arrange care at home for the person, and with those who coordinate it.'],
  [/roles: \[social-worker\](?![\s\S]*roles:)/, 'roles: [social-worker, coordinator]'],
];

/** The agreement about plans for the end of life, as the next version that is proposed in the demo: something to compare, to try on past looks and to sign. */
export function nextVersion(): string {
  return changes.reduce((text, [was, is]) => {
    if (!was.test(text)) throw new Error(`agreements/bicp-end-of-life.yaml no longer has ${was.source}`);
    return text.replace(was, is);
  }, readFileSync(standing, 'utf8'));
}

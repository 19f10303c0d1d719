import { randomUUID } from 'node:crypto';
import type { IntakeContext } from '../../src/flow/intake/intake-context.ts';
import { pairGrader } from '../../src/linkage/grade-pair.ts';
import type { Database } from '../../src/store/database.ts';
import { loadSecrets } from '../../src/store/secrets.ts';
import { openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import { shippedRule } from '../linkage/shipped-rule.ts';

/** What linking works with, on a record without feeds. */
export async function linkingContext(database: Database): Promise<IntakeContext> {
  return {
    database, secrets: await loadSecrets(database), classes: await openSharingClasses(database), registry: [], directory: new Map() as IntakeContext['directory'], grade: pairGrader(shippedRule()),
    clock: () => new Date(), newId: randomUUID, mappingOf: () => undefined, holdFeeds: () => Promise.resolve([]), validate: () => [],
    sensitiveCodes: { hash: Buffer.alloc(0) } as unknown as IntakeContext['sensitiveCodes'],
  };
}

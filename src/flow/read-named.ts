import { notFound } from '../fhir/outcome.ts';
import { Refusal } from '../fhir/problem.ts';
import type { Requester } from '../fhir/sharing.ts';
import { stale, type VisibleRow } from '../store/door/door.ts';
import { readRow, readSourcePatients } from '../store/door/read-rows.ts';
import { isUuid } from '../store/secrets.ts';
import type { HeldGrant } from './policy.ts';
import type { ReleaseContext } from './release-context.ts';

/** A version of a record, as somebody who read it names it. */
export interface NamedVersion {
  type: string;
  id: string;
  version: number;
}

/**
 * The record of this citizen, by whichever of their ids, that somebody names to say something about it, where they may see both. Refuses a version that
 * is not the current one, and with the one refusal whatever is not there or not theirs to see.
 */
export async function readNamed(context: ReleaseContext, requester: Requester, citizen: string, { type, id, version }: NamedVersion): Promise<{ held: HeldGrant; row: VisibleRow & { citizen: string } }> {
  const { held, result: rows } = await context.policy.under(requester, async ({ grant }) => {
    if (!isUuid(id) || !isUuid(citizen)) return [];
    const [named, people] = await Promise.all([readRow(context.database, grant.key, type, id), readSourcePatients(context.database, grant.key, [citizen])]);
    if (named === stale || people === stale) return stale;
    return named.filter((row) => row.citizen === people[0]?.citizen);
  });
  const [row] = rows;
  if (!row || row.citizen === null) throw new Refusal(notFound);
  if (row.version !== version) {
    throw new Refusal({
      category: 'precondition', code: 'version-outdated', text: 'The record is no longer the version that is named.', at: { pointer: '/parameter/0/valueReference/reference' },
      expected: `${type}/${id}/_history/${row.version}`, fix: 'Read it again: what was changed has to be looked at anew.',
    });
  }
  return { held, row: { ...row, citizen: row.citizen } };
}

/** Under which emergency access it was seen, for the entry of what is done with it. */
export function emergencyOf({ emergency }: VisibleRow): string[] {
  return emergency === null ? [] : [emergency];
}

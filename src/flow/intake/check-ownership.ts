import { textOf, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Connection } from '../../store/database.ts';
import { loadCurrentRows, type CurrentRow } from '../../store/record/record-writer.ts';
import type { LinkedRow } from './link-people.ts';
import { ownIdentifier } from './name-resource.ts';
import type { PreparedResource } from './prepare-resources.ts';

/**
 * A partner's key names one record of one person for ever: a row whose record is already somebody else's is refused
 * whole. Returns the refused rows and the current rows of everything that is written or named.
 */
export async function checkOwnership(connection: Connection, prepared: readonly PreparedResource[]): Promise<{
  refused: { row: LinkedRow['row']; problems: Problem[] }[]; current: Map<string, CurrentRow>;
}> {
  const ids = prepared.flatMap(({ id, patientId, fragments }) => [id, patientId, ...fragments.flatMap(({ targets }) => targets)]);
  const current = new Map((await loadCurrentRows(connection, [...new Set(ids)])).map((row) => [row.id, row]));
  const owner = new Map([...current.values()].map(({ id, citizen }) => [id, citizen]));
  const foreign = new Map<LinkedRow, Problem[]>();
  for (const { id, linked, resource } of prepared) {
    const standing = owner.get(id);
    if (standing !== undefined && standing !== linked.citizen) foreign.set(linked, [...(foreign.get(linked) ?? []), blameKey(linked, resource)]);
    else owner.set(id, linked.citizen);
  }
  return {
    refused: [...foreign].map(([{ row }, problems]) => ({ row, problems: onceEach(problems) })),
    current,
  };
}

/** Told of the field with the record's key. */
function blameKey({ blame, feed }: LinkedRow, resource: JsonObject): Problem {
  const key = ownIdentifier(resource, feed.partner.identifierBase);
  return key === undefined ? recordOfAnother : blame(recordOfAnother, resource, `${textOf(resource['resourceType'])}.${key.element}.value`);
}

/** Several records may be named by one field of one place. */
function onceEach(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.toReversed().map((problem) => [JSON.stringify([problem.at?.field, problem.at?.pointer, problem.at?.line, problem.at?.column]), problem])).values()].toReversed();
}

const recordOfAnother: Problem = {
  category: 'unprocessable', code: 'record-of-another-person', text: 'The sender used this record key for another person before.',
  expected: 'a key that names one record of one person', fix: 'Correct the key or the person at the source. The record was not moved.',
};

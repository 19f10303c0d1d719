import { hiddenLocation, sourceDissent } from '../../fhir/sharing-labels.ts';
import type { Connection } from '../../store/database.ts';
import { relationshipNumber } from '../../store/door/grants.ts';
import { endRelationships, findLabelledPatients, loadRowsOfCustodian } from '../../store/record/record-writer.ts';
import { hidePlaces, tellingRows } from '../intake/hide-places.ts';
import type { LinkContext } from './link-context.ts';
import { relabelRows } from '../intake/relabel-rows.ts';

/**
 * What one part of a citizen is protected by covers the whole: a location hidden from any (`newlyHidden`: of a part it was
 * not hidden before), and a partner's dissent all that partner says.
 */
export async function uniteStrictness(connection: Connection, context: LinkContext, citizen: string, newlyHidden: boolean): Promise<void> {
  const dissents = await findLabelledPatients(connection, citizen, sourceDissent);
  const followers = await loadRowsOfCustodian(connection, dissents.map((custodian) => ({ citizen, custodian })));
  await relabelRows(connection, context, followers.map((row) => ({ row, labels: [sourceDissent] })));
  if (!newlyHidden) return;
  const whole = new Set([citizen]);
  await hidePlaces(connection, context, whole);
  await relabelRows(connection, context, (await tellingRows(connection, context, whole)).map((row) => ({ row, labels: [hiddenLocation] })));
  await endRelationships(connection, [citizen], relationshipNumber('registration'));
}

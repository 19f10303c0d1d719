import { indexResource } from '../../fhir/index-resource.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { Connection } from '../../store/database.ts';
import { deleteSharedRow, loadSharedRows, saveSharedRows } from '../../store/shared-rows.ts';
import type { ReleaseContext } from '../release-context.ts';

type Stamping = Pick<ReleaseContext, 'clock'>;

/** A version of a Subscription as its client reads it: a row of its own, seen by nobody else. Returns the version. */
export async function saveSubscriptionResource({ clock }: Stamping, connection: Connection, client: string, id: string, content: JsonObject): Promise<number> {
  const standing = (await loadSharedRows(connection, [id])).get(id);
  const [at, version] = [clock(), (standing?.version ?? 0) + 1];
  const { resourceType: _type, id: _id, meta: _meta, ...rest } = content;
  const body: JsonObject = { resourceType: 'Subscription', id, meta: { versionId: String(version), lastUpdated: at.toISOString(), profile: ['http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription'], source: 'urn:onestory:api' }, ...rest };
  await saveSharedRows(connection, [{ id, scope: 'job', owner: client, type: 'Subscription', version, updatedAt: at, body: JSON.stringify(body), index: indexResource(body) }]);
  return version;
}

/** The same with another status, because of what came of telling: `error` is a stable code. */
export async function restateSubscription(context: Stamping, connection: Connection, { id, client }: { id: string; client: string }, { status, error }: { status: string; error: string | null }): Promise<void> {
  const standing = (await loadSharedRows(connection, [id])).get(id);
  if (!standing) return;
  const { error: _error, ...content } = JSON.parse(standing.body) as JsonObject;
  await saveSubscriptionResource(context, connection, client, id, { ...content, status, ...(error !== null && { error }) });
}

/** Its last version. */
export async function endSubscriptionResource({ clock }: Stamping, connection: Connection, id: string): Promise<void> {
  const at = clock();
  await deleteSharedRow(connection, id, at, (version) => JSON.stringify({ resourceType: 'Subscription', id, meta: { versionId: String(version), lastUpdated: at.toISOString(), source: 'urn:onestory:api' } }));
}

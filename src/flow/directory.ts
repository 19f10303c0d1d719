import type { Organization } from '@medplum/fhirtypes';
import { indexResource } from '../fhir/index-resource.ts';
import type { JsonObject } from '../fhir/json.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { Mappings } from '../intake/load-mappings.ts';
import type { Database } from '../store/database.ts';
import { keyedUuid, type Secrets } from '../store/secrets.ts';
import { loadSharedRows, saveSharedRows, type SharedChange } from '../store/shared-rows.ts';

/** The organisations records name, by key: directory data is configuration, messages never write it. */
export type Directory = ReadonlyMap<OrganisationKey, { id: string; name: string }>;

/** Brings the directory rows to what mappings/partners.yaml says; unchanged organisations get no new version. */
export async function loadDirectory(database: Database, secrets: Secrets, mappings: Mappings, now: Date): Promise<Directory> {
  const organisations = [...mappings.partners, ...mappings.directory].map((entry) => {
    const [system = '', value = ''] = entry.organisation.split('|');
    const id = keyedUuid(secrets.id, 'Organization', system, value);
    const resource: Organization = {
      resourceType: 'Organization', id, active: true, identifier: [{ system, value }], name: entry.name,
      ...(entry.telecom && { telecom: entry.telecom as NonNullable<Organization['telecom']> }),
      ...(entry.address && { address: [entry.address] }),
    };
    return { key: entry.organisation, id, name: entry.name, resource };
  });
  await database.transaction(async (connection) => {
    const current = await loadSharedRows(connection, organisations.map(({ id }) => id));
    const changes = organisations.flatMap(({ id, resource }): SharedChange[] => {
      const standing = current.get(id);
      const version = (standing?.version ?? 0) + 1;
      if (standing && withoutMeta(JSON.parse(standing.body) as JsonObject) === withoutMeta(resource as unknown as JsonObject)) return [];
      const body = { ...resource, meta: { versionId: String(version), lastUpdated: now.toISOString(), source: 'urn:onestory:directory' } };
      return [{
        id, scope: 'directory', owner: null, type: 'Organization', version, updatedAt: now,
        body: JSON.stringify(body), index: indexResource(body as unknown as JsonObject),
      }];
    });
    await saveSharedRows(connection, changes);
  });
  return new Map(organisations.map(({ key, id, name }) => [key, { id, name }]));
}

function withoutMeta({ meta: _meta, ...rest }: JsonObject): string {
  return JSON.stringify(Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))));
}

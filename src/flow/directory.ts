import type { Coding, ContactPoint, Device, Organization } from '@medplum/fhirtypes';
import { contactComment } from '../fhir/contact-comment.ts';
import { indexResource } from '../fhir/index-resource.ts';
import type { JsonObject } from '../fhir/json.ts';
import { Refusal } from '../fhir/problem.ts';
import { componentNamed } from '../fhir/programmes.ts';
import { componentExtension } from '../fhir/search-parameters.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { Mappings } from '../intake/load-mappings.ts';
import type { DirectoryEntry, Feed, Partner } from '../intake/types.ts';
import type { Database } from '../store/database.ts';
import { keyedUuid, type Secrets } from '../store/secrets.ts';
import { loadSharedRows, saveSharedRows, type SharedChange } from '../store/shared-rows.ts';

/** The organisations records name, by key: directory data is configuration, messages never write it. */
export type Directory = ReadonlyMap<OrganisationKey, { id: string; name: string; isPractice: boolean; /** numbers of its switchboard */ phones: readonly string[]; phonesOutOfHours: readonly string[] }>;

/** Identifier system of the feeds' Devices; the value is the key that `meta.source` names. */
export const feedSystem = 'https://fhir.bicp.example/Id/feed';

/** Brings the directory rows to what mappings/partners.yaml and feeds.yaml say; what is unchanged gets no new version. */
export async function loadDirectory(database: Database, secrets: Secrets, mappings: Mappings, now: Date): Promise<Directory> {
  const directory = new Map([...mappings.partners, ...mappings.directory].map((entry) => {
    const [system = '', value = ''] = entry.organisation.split('|');
    return [entry.organisation, { id: keyedUuid(secrets.id, 'Organization', system, value), name: entry.name, isPractice: entry.type === 'gp-practice', phones: phonesOf(entry, false), phonesOutOfHours: phonesOf(entry, true) }];
  }));
  const resources = [
    ...[...mappings.partners, ...mappings.directory].map((entry) => organisation(entry, directory)),
    ...mappings.feeds.map((feed) => sendingSystem(feed, keyedUuid(secrets.id, 'Device', feedSystem, feed.key), directory)),
  ];
  await database.transaction(async (connection) => {
    const current = await loadSharedRows(connection, resources.map(({ id }) => id));
    await saveSharedRows(connection, resources.flatMap((resource) => changeOf(resource, current.get(resource.id), now)));
  });
  return directory;
}

function phonesOf({ telecom }: Partner | DirectoryEntry, atNight: boolean): string[] {
  return (telecom ?? []).flatMap(({ system, value, outOfHours = false }) => (system === 'phone' && outOfHours === atNight ? [value] : []));
}

/** As FHIR says that a number is answered out of hours: in words beside it. */
function contactPoint({ outOfHours, ...point }: NonNullable<Partner['telecom']>[number]): ContactPoint {
  return { ...(outOfHours && { extension: [{ url: contactComment, valueString: 'Out of hours' }] }), ...point } as ContactPoint;
}

type DirectoryResource = (Organization | Device) & { id: string };

function organisation(entry: Partner | DirectoryEntry, directory: Directory): DirectoryResource {
  const [system = '', value = ''] = entry.organisation.split('|');
  return {
    resourceType: 'Organization', id: directory.get(entry.organisation)?.id ?? '', active: true, identifier: [{ system, value }], name: entry.name,
    ...(entry.telecom && { telecom: entry.telecom.map(contactPoint) }),
    ...(entry.address && { address: [entry.address] }),
    ...(entry.takes && { extension: entry.takes.map((code) => ({ url: componentExtension, valueCoding: takenBy(entry.name, code) })) }),
  };
}

/** What an organisation takes referrals for, so that whoever refers finds where to. */
function takenBy(name: string, code: string): Coding {
  const component = componentNamed(code);
  if (!component) throw new Refusal({ category: 'invalid', code: 'component-unknown', text: `partners.yaml says that ${name} takes referrals for "${code}", which is no part of the programme.`, at: { file: 'partners.yaml' }, expected: 'codes of profiles/CodeSystem-ei-component.json' });
  return component;
}

/** The system a feed comes from, so that a reader can be told where an entry was written. */
function sendingSystem({ key, partner, title, system }: Feed, id: string, directory: Directory): DirectoryResource {
  return {
    resourceType: 'Device', id, identifier: [{ system: feedSystem, value: key }], status: 'active',
    deviceName: [{ name: system, type: 'user-friendly-name' }],
    owner: { reference: `Organization/${directory.get(partner.organisation)?.id ?? ''}`, display: partner.name },
    note: [{ text: title }],
  };
}

function changeOf(resource: DirectoryResource, standing: { version: number; body: string } | undefined, now: Date): SharedChange[] {
  const version = (standing?.version ?? 0) + 1;
  if (standing && withoutMeta(JSON.parse(standing.body) as JsonObject) === withoutMeta(resource as unknown as JsonObject)) return [];
  const body = { ...resource, meta: { versionId: String(version), lastUpdated: now.toISOString(), source: 'urn:onestory:directory' } };
  return [{
    id: resource.id, scope: 'directory', owner: null, type: resource.resourceType, version, updatedAt: now,
    body: JSON.stringify(body), index: indexResource(body as unknown as JsonObject),
  }];
}

function withoutMeta({ meta: _meta, ...rest }: JsonObject): string {
  return JSON.stringify(Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))));
}

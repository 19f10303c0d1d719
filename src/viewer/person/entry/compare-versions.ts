import type { Bundle, Resource } from '@medplum/fhirtypes';
import { describeResource, type Detail } from './describe-resource.ts';

export interface Version {
  id: string;
  /** FHIR instant */
  recorded: string | undefined;
  resource: Resource;
}

export interface Change {
  label: string;
  before: string | undefined;
  after: string | undefined;
}

/** A history bundle → versions, newest first. */
export function versionsOf(bundles: readonly Bundle[]): Version[] {
  return bundles.flatMap(({ entry }) => entry ?? []).flatMap(({ resource }, at) => (resource && resource.resourceType !== 'OperationOutcome'
    ? [{ id: resource.meta?.versionId ?? String(at), recorded: resource.meta?.lastUpdated, resource }] : []));
}

/** Whether the source sent the later of two versions; else the gateway made it anew from what was sent before. */
export function isSentAnew(before: Version, after: Version): boolean {
  const source = before.resource.meta?.source;
  return source === undefined || source !== after.resource.meta?.source;
}

/** What a reader would see differently between two versions; undefined stands for "was not there". */
export function changesBetween(before: Resource, after: Resource): Change[] {
  const [old, fresh] = [flatten(describeResource(before)), flatten(describeResource(after))];
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((label) => {
    const change = { label, before: old.get(label)?.join('; '), after: fresh.get(label)?.join('; ') };
    return change.before === change.after ? [] : [change];
  });
}

/** `Activity › Detail › Description` → its values. */
function flatten(details: readonly Detail[], above = ''): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (label: string, values: readonly string[]): void => { found.set(label, [...(found.get(label) ?? []), ...values]); };
  for (const detail of details) {
    const label = above === '' ? detail.label : `${above} › ${detail.label}`;
    if ('value' in detail) add(label, [detail.value]);
    else for (const [inner, values] of flatten(detail.details, label)) add(inner, values);
  }
  return found;
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Resource, StructureDefinition } from '@medplum/fhirtypes';
import { compileProfile } from './compile-profile.ts';
import type { CompiledProfile } from './compile-profile.ts';
import { createTerminology } from './terminology.ts';
import type { Terminology } from './terminology.ts';

/** Everything published that resources are checked against, loaded once per process. */
interface Published {
  terminology: Terminology;
  /** our own conformance resources, in file order */
  resources: Resource[];
  /** by resource type */
  ours: Map<string, CompiledProfile>;
  ukCore: Map<string, CompiledProfile>;
  /** by canonical: profiles and extensions alike */
  byUrl: Map<string, CompiledProfile>;
}

let published: Published | undefined;

/**
 * Reads our profiles, extensions, value sets and code systems (profiles/*.json). Must run before anything is validated;
 * calling it again reads them anew and forgets UK Core. Throws when a file is not JSON: that is a broken installation.
 */
export function loadProfiles(folder: string): void {
  const resources = readFolder(folder);
  published = { terminology: createTerminology(), resources, ours: new Map(), ukCore: new Map(), byUrl: new Map() };
  published.terminology.add(resources);
  addProfiles(resources, published.ours, published.byUrl);
}

/**
 * Reads the UK Core differentials in `folder`, and value sets and code systems in `valuesets` and `codesystems` beside
 * it where they exist. From then on a resource that is not as UK Core says is accepted with warnings.
 */
export function loadUkCore(folder: string): void {
  const { terminology, ukCore, byUrl } = publishedProfiles();
  const beside = ['valuesets', 'codesystems'].map((name) => join(dirname(folder), name));
  terminology.add(beside.flatMap((path) => readFolder(path, { optional: true })));
  addProfiles(readFolder(folder), ukCore, byUrl);
}

/** Throws when nothing was loaded: validating against no profile would let everything pass. */
export function publishedProfiles(): Readonly<Published> {
  if (!published) throw new Error('loadProfiles must run before resources are validated');
  return published;
}

/** The code systems and value sets there are: base R4's alone where nothing was loaded yet. */
export function knownTerminology(): Terminology {
  return published?.terminology ?? (base ??= createTerminology());
}

let base: Terminology | undefined;

/** What stored resources of this type say in `meta.profile`; undefined where there is none, or nothing was loaded yet. */
export function knownProfileOf(type: string): string | undefined {
  return published?.ours.get(type)?.url;
}

/** Canonical of our profile for a resource type, for `meta.profile`; undefined where we publish none. */
export function profileUrlOf(type: string): string | undefined {
  return publishedProfiles().ours.get(type)?.url;
}

function addProfiles(resources: readonly Resource[], byType: Map<string, CompiledProfile>, byUrl: Map<string, CompiledProfile>): void {
  for (const definition of resources.filter((resource): resource is StructureDefinition => resource.resourceType === 'StructureDefinition')) {
    const compiled = compileProfile(definition);
    byUrl.set(compiled.url, compiled);
    if (definition.kind === 'resource') byType.set(compiled.type, compiled);
  }
}

function readFolder(folder: string, { optional = false } = {}): Resource[] {
  const names = listFolder(folder, optional).filter((name) => name.endsWith('.json')).sort();
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Resource);
}

function listFolder(folder: string, optional: boolean): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (optional) return [];
    throw error;
  }
}

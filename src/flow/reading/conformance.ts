import { createHash } from 'node:crypto';
import { textOf, type JsonObject } from '../../fhir/json.ts';
import { publishedProfiles } from '../../fhir/profiles.ts';
import type { Mappings } from '../../intake/load-mappings.ts';
import { tableTranslator, type Translator } from '../../mapping/code-tables.ts';
import { conceptMapOf } from '../../mapping/concept-map-of.ts';
import { parseMap } from '../../mapping/parse-map.ts';
import { readTable } from '../../mapping/read-table.ts';
import { structureMapFrom } from '../../mapping/structure-map/structure-map-from.ts';

/** Types whose resources are published: what the gateway works by, and nobody's data. */
export const conformanceTypes = ['StructureDefinition', 'ValueSet', 'CodeSystem', 'ConceptMap', 'StructureMap', 'SearchParameter', 'OperationDefinition', 'CapabilityStatement'] as const;
export type ConformanceType = (typeof conformanceTypes)[number];

export function isConformanceType(type: string): type is ConformanceType {
  return conformanceTypes.some((each) => each === type);
}

/** A resource with an id, as it is published. */
export type Published = JsonObject & { id: string };

/** Where a published map stands. */
export interface PublishedMap {
  id: string;
  kind: string;
  /** as the kind's folder names it */
  file: string;
}

/** What is published: profiles/ as they are, code tables as ConceptMaps, maps as StructureMaps. */
export interface Conformance {
  /** in the order of their ids */
  list: (type: ConformanceType) => readonly Published[];
  find: (type: ConformanceType, id: string) => Published | undefined;
  /** by canonical, with or without a version */
  findByUrl: (type: ConformanceType, url: string) => Published | undefined;
  /** how the maps themselves look a code up in the table that is published under this id */
  translatorOf: (conceptMap: string) => Translator | undefined;
  /** the map that is published under this id */
  mapOf: (structureMap: string) => PublishedMap | undefined;
}

/** The same with the statement of what this address offers, which only it knows. */
export function withStatement(conformance: Conformance, statement: Published): Conformance {
  const isIt = (type: ConformanceType): boolean => type === 'CapabilityStatement';
  return {
    ...conformance,
    list: (type) => (isIt(type) ? [statement] : conformance.list(type)),
    find: (type, id) => (isIt(type) ? (id === statement.id ? statement : undefined) : conformance.find(type, id)),
  };
}

const canonicalBase = 'https://fhir.bicp.example';

/** Made when it is first asked for, once per process. `loadProfiles` must have run. */
export function createConformance(mappings: Mappings): Conformance {
  let made: { byType: ReadonlyMap<string, readonly Published[]>; translators: ReadonlyMap<string, Translator>; maps: ReadonlyMap<string, PublishedMap> } | undefined;
  const publish = (): NonNullable<typeof made> => {
    const { conceptMaps, translators } = tablesOf(mappings);
    const maps = structureMapsOf(mappings);
    const resources = [...publishedProfiles().resources as unknown as Published[], ...conceptMaps, ...maps.map(({ map }) => map)];
    const byType = Map.groupBy(resources.sort((a, b) => (a.id < b.id ? -1 : 1)), ({ resourceType }) => textOf(resourceType));
    return { byType, translators, maps: new Map(maps.map(({ map: { id }, kind, file }) => [id, { id, kind, file }])) };
  };
  const all = (): NonNullable<typeof made> => (made ??= publish());
  const list = (type: ConformanceType): readonly Published[] => all().byType.get(type) ?? [];
  return {
    list,
    find: (type, id) => list(type).find((each) => each.id === id),
    findByUrl: (type, canonical) => {
      const [url, version] = canonical.split('|');
      return list(type).find((each) => each['url'] === url && (version === undefined || each['version'] === version));
    },
    translatorOf: (id) => all().translators.get(id),
    mapOf: (id) => all().maps.get(id),
  };
}

interface MappingFile {
  kind: string;
  /** as the kind's folder names it: `tables/sex.csv`, `partners/bchc/tables/ward.csv` */
  file: string;
  name: string;
  text: string;
}

/** Every file once, under the kind whose folder it is in. */
function filesOf({ kinds, feeds, files }: Mappings, which: 'maps' | 'tables'): MappingFile[] {
  const used = [...[...kinds.keys()].map((kind) => ({ kind, partner: '' })), ...feeds.map(({ kind, partner }) => ({ kind, partner: partner.partnerKey }))];
  const found = used.flatMap(({ kind, partner }) => files(kind, partner)[which].map((each) => ({ ...each, kind })));
  const own = found.filter(({ file }) => !file.startsWith('../'));
  return [...new Map(own.map((each) => [`${each.kind}/${each.file}`, each])).values()];
}

function tablesOf(mappings: Mappings): { conceptMaps: Published[]; translators: Map<string, Translator> } {
  const translators = new Map<string, Translator>();
  const conceptMaps = filesOf(mappings, 'tables').flatMap(({ kind, file, name, text }): Published[] => {
    const read = readTable({ name, file, text });
    if ('problems' in read) return []; // a table that cannot be read is told where maps are compiled
    const id = [kind, ...file.replace(/\.[a-z]+$/, '').split('/').filter((step) => step !== 'tables' && step !== 'partners')].join('-');
    const partner = /^partners\/([^/]+)\//.exec(file)?.[1];
    const title = `${mappings.kinds.get(kind)?.title ?? kind}: ${name.replace(/\.loose$/, '').replaceAll('-', ' ')}${partner === undefined ? '' : ` of ${partner}`}`;
    translators.set(id, tableTranslator(read.table));
    const { resourceType, ...groups } = conceptMapOf(read.table);
    return [{
      resourceType: resourceType ?? null, id, url: `${canonicalBase}/ConceptMap/${id}`, version: versionOf(text), name: nameOf(id), title, status: 'active', experimental: false,
      ...(read.table.loose && { description: 'Codes are compared in lower case, with everything but letters and digits as one blank. They are written here as they are compared.' }), ...groups,
    }];
  });
  return { conceptMaps, translators };
}

function structureMapsOf(mappings: Mappings): { map: Published; kind: string; file: string }[] {
  return filesOf(mappings, 'maps').flatMap(({ kind, file, text }) => {
    if (file.endsWith('.json')) return [{ map: JSON.parse(text) as Published, kind, file }];
    const { syntax, problems } = parseMap({ file, text });
    if (problems.length > 0) return [];
    const map = structureMapFrom(syntax);
    const url = textOf(map['url']);
    return [{ map: { ...map, id: url.slice(url.lastIndexOf('/') + 1), version: map['version'] ?? versionOf(text) }, kind, file }];
  });
}

/** What a file says has no number of its own: it is named by its content. */
function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** `hl7v2-adt-sex` → `Hl7v2AdtSex`: a name for programs (invariant cmd-0). */
function nameOf(id: string): string {
  return id.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

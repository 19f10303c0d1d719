import type { Problem } from '../fhir/problem.ts';
import { configFolder, filesOnDisk, keptFiles, type ConfigFolder } from './config-folder.ts';
import { formats } from './formats.ts';
import { feedsSchema, kindSchema, partnersSchema } from './mapping-schemas.ts';
import { sensitiveCodesFolder } from './sensitive-code-files.ts';
import type { DirectoryEntry, DroppedField, Feed, Kind, Part, Partner } from './types.ts';

/** One file of a kind: name without extension, text, and path relative to the kind's folder. */
export interface KindFile {
  name: string;
  file: string;
  text: string;
}

/** What a feed is mapped with: the maps and code tables of its kind as its partner uses them. */
export interface MappingFiles {
  maps: KindFile[];
  tables: KindFile[];
}

export interface Mappings {
  partners: Partner[];
  /** organisations the records name that are not partners */
  directory: DirectoryEntry[];
  feeds: Feed[];
  kinds: ReadonlyMap<string, Kind>;
  /** the maps and code tables of a kind as one partner uses them: a partner's own table replaces the shared one of the same name */
  files(kind: string, partnerKey: string): MappingFiles;
  /** every file that decides what a feed's records become, by its path: kind.json, schemas, maps and tables */
  version(feed: Feed): ReadonlyMap<string, string>;
  dropped(kind: string): readonly DroppedField[];
}

interface PartnersFile {
  identifierBase: string;
  partners: Omit<Partner, 'identifierBase'>[];
  directory?: DirectoryEntry[];
}
interface FeedsFile {
  feeds: { key: string; kind: string; partner: string; title: string; system: string; senders?: string[]; shadow?: boolean; expectedWithinHours?: number }[];
}
interface KindFileContent extends Omit<Kind, 'parts'> {
  parts: { name: string; map: string; schema: string }[];
}

/**
 * Reads `mappings/`: partners.yaml, feeds.yaml and every kind's folder. All mistakes of all files come back at once,
 * each with its file and path; then nothing is loaded.
 */
export function loadMappings(folder: string): Mappings | { problems: Problem[] } {
  const config = configFolder(filesOnDisk(folder));
  const kinds = readKinds(config);
  const known = readPartners(config);
  const feeds = readFeeds(config, kinds, known.partners);
  for (const kind of kinds.keys()) checkTables(config, kind, known.partners);
  const files = new Map(feeds.map((feed) => [`${feed.kind}/${feed.partner.partnerKey}`, filesOf(config, feed.kind, feed.partner.partnerKey)]));
  const dropped = new Map([...kinds.keys()].map((kind) => [kind, readDropped(config, kind)]));
  if (config.problems.length > 0) return { problems: config.problems };
  return {
    ...known,
    feeds,
    kinds,
    files: (kind, partnerKey) => files.get(`${kind}/${partnerKey}`) ?? filesOf(config, kind, partnerKey),
    version: (feed) => versionOf(config, feed, files.get(`${feed.kind}/${feed.partner.partnerKey}`) ?? { maps: [], tables: [] }),
    dropped: (kind) => dropped.get(kind) ?? [],
  };
}

/** A version of a feed's mapping as it was kept, whatever the folder says by now. */
export function readVersion(feed: Feed, kept: ReadonlyMap<string, string>): { kind: Kind; files: MappingFiles } | { problems: Problem[] } {
  const config = configFolder(keptFiles(kept));
  const kind = readKind(config, feed.kind);
  checkTables(config, feed.kind, []);
  return kind && config.problems.length === 0 ? { kind, files: filesOf(config, feed.kind, feed.partner.partnerKey) } : { problems: config.problems };
}

function versionOf(config: ConfigFolder, { kind }: Feed, { maps, tables }: MappingFiles): ReadonlyMap<string, string> {
  const schemas = config.list(kind).filter((name) => name.endsWith('.json')).map((file) => ({ file, text: config.text(`${kind}/${file}`) ?? '' }));
  return new Map([...schemas, ...maps, ...tables].map(({ file, text }) => [`${kind}/${file}`, text]));
}

function readPartners(config: ConfigFolder): { partners: Partner[]; directory: DirectoryEntry[] } {
  const file = 'partners.yaml';
  const content = config.read<PartnersFile>(file, partnersSchema);
  if (!content) return { partners: [], directory: [] };
  const partners = content.partners.map((partner) => ({ ...partner, identifierBase: `${content.identifierBase}/${partner.partnerKey}` }));
  const directory = content.directory ?? [];
  refuseRepeats(config, file, '/partners', partners.map((partner) => partner.partnerKey));
  refuseRepeats(config, file, '/', [...partners, ...directory].map((entry) => entry.organisation));
  return { partners, directory };
}

function readFeeds(config: ConfigFolder, kinds: Map<string, Kind>, partners: Partner[]): Feed[] {
  const file = 'feeds.yaml';
  const content = config.read<FeedsFile>(file, feedsSchema);
  if (!content) return [];
  refuseRepeats(config, file, '/feeds', content.feeds.map((feed) => feed.key));
  return content.feeds.flatMap((feed, index): Feed[] => {
    const pointer = `/feeds/${index}`;
    const partner = partners.find((candidate) => candidate.partnerKey === feed.partner);
    const kind = kinds.get(feed.kind);
    if (!partner) config.add(file, `The partner "${feed.partner}" is not in partners.yaml.`, { pointer: `${pointer}/partner` });
    if (!kind) config.add(file, `There is no usable kind "${feed.kind}" in mappings/.`, { pointer: `${pointer}/kind` });
    if (kind?.format === 'hl7v2' && !feed.senders) config.add(file, 'An HL7 feed must list its senders (MSH-4).', { pointer: `${pointer}/senders` });
    if (!feed.key.startsWith(`${feed.partner}-`)) config.add(file, `The key must begin with "${feed.partner}-".`, { pointer: `${pointer}/key` });
    return partner && kind ? [{ ...feed, partner }] : [];
  });
}

function readKinds(config: ConfigFolder): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const folder of config.list('.')) {
    if (folder === sensitiveCodesFolder || config.list(folder).length === 0) continue;
    const kind = readKind(config, folder);
    if (kind) kinds.set(folder, kind);
  }
  return kinds;
}

function readKind(config: ConfigFolder, folder: string): Kind | undefined {
  const file = `${folder}/kind.json`;
  const content = config.read<KindFileContent>(file, kindSchema);
  if (!content) return undefined;
  if (content.name !== folder) config.add(file, `The name must be that of the folder, "${folder}".`, { pointer: '/name' });
  refuseRepeats(config, file, '/parts', content.parts.map((part) => part.name));
  return { ...content, parts: content.parts.flatMap((part) => readPart(config, folder, content, part) ?? []) };
}

function readPart(config: ConfigFolder, folder: string, kind: KindFileContent, part: KindFileContent['parts'][number]): Part | undefined {
  const file = `${folder}/${part.schema}`;
  if (config.text(`${folder}/${part.map}`) === undefined) config.add(`${folder}/kind.json`, `The map "${part.map}" is missing.`, { pointer: '/parts' });
  const format = formats[kind.format];
  const content = config.read<object>(file, format.schema);
  return content && { name: part.name, map: part.map, ...format.readSchema(content, (text, pointer) => { config.add(file, text, { pointer }); }) };
}

const tableColumns = ['source', 'system', 'code', 'display', 'note'];

function checkTables(config: ConfigFolder, kind: string, partners: Partner[]): void {
  const local = config.list(`${kind}/partners`);
  for (const key of local.filter((name) => partners.length > 0 && !partners.some((partner) => partner.partnerKey === name))) {
    config.add(`${kind}/partners/${key}`, `The partner "${key}" is not in partners.yaml.`);
  }
  for (const folder of [`${kind}/tables`, ...local.map((key) => `${kind}/partners/${key}/tables`)]) {
    for (const name of config.list(folder)) config.rows(`${folder}/${name}`, tableColumns);
  }
}

function filesOf(config: ConfigFolder, kind: string, partnerKey: string): MappingFiles {
  const inFolder = (folder: string, extension: string): KindFile[] =>
    config.list(`${kind}/${folder}`).filter((name) => name.endsWith(extension)).map((name) => {
      const file = folder === '.' ? name : `${folder}/${name}`;
      return { name: name.slice(0, -extension.length), file, text: config.text(`${kind}/${file}`) ?? '' };
    });
  const tables = new Map<string, KindFile>();
  for (const folder of ['tables', `partners/${partnerKey}/tables`]) {
    for (const table of inFolder(folder, '.csv')) tables.set(table.name, table);
  }
  return { maps: inFolder('.', '.map'), tables: [...tables.values()] };
}

function readDropped(config: ConfigFolder, kind: string): DroppedField[] {
  const file = `${kind}/dropped.csv`;
  const rows = config.rows(file, ['field', 'reason', 'approvedBy', 'date']);
  return rows.map(({ field = '', reason = '', approvedBy = '', date = '' }, index) => {
    if (!field || !reason || !approvedBy || !/^\d{4}-\d{2}-\d{2}$/.test(date)) {
      config.add(file, 'Every dropped field needs its path, a reason, who approved it and the date.', { line: index + 2 });
    }
    return { field, reason, approvedBy, date };
  });
}

function refuseRepeats(config: ConfigFolder, file: string, pointer: string, keys: string[]): void {
  for (const key of new Set(keys.filter((key, index) => keys.indexOf(key) !== index))) {
    config.add(file, `"${key}" appears twice.`, { pointer });
  }
}

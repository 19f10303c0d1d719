import { posix } from 'node:path';
import type { Problem } from '../fhir/problem.ts';
import { takesPackages } from './addresses.ts';
import { configFolder, filesOnDisk, keptFiles, type ConfigFolder } from './config-folder.ts';
import { formats } from './formats.ts';
import { feedsSchema, kindSchema, partnersSchema } from './mapping-schemas.ts';
import { checkRelations } from './package/check-relations.ts';
import { casesFolder } from './case-rule-file.ts';
import { linkageFolder } from './linkage-rule-file.ts';
import type { PullPlan } from './pull-plan.ts';
import { sensitiveCodesFolder } from './sensitive-code-files.ts';
import { oversightFolder } from './hold-back-file.ts';
import { storyFolder } from './story-rule-file.ts';
import { writingFolder } from './writing-rule-file.ts';
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
  /**
   * The maps (`.map`, or a StructureMap in `.json`) and code tables (`.csv`, or a ConceptMap in `.json`) of a kind, and of those it
   * shares with, as one partner uses them: a partner's own table replaces the shared one of the same name, and a kind's own that
   * of a kind it shares with.
   */
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
  feeds: { key: string; kind: string; partner: string; title: string; system: string; senders?: string[]; pull?: PullPlan; shadow?: boolean; expectedWithinHours?: number }[];
}
interface KindFileContent extends Omit<Kind, 'parts'> {
  parts: (Pick<Part, 'name' | 'file' | 'needed' | 'cover' | 'readAs' | 'relations' | 'knownPeople'> & { map?: string; schema: string })[];
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
  const filesFor = (kind: string, partnerKey: string): MappingFiles => filesOf(config, [kind, ...(kinds.get(kind)?.shares ?? [])], partnerKey);
  const files = new Map(feeds.map((feed) => [`${feed.kind}/${feed.partner.partnerKey}`, filesFor(feed.kind, feed.partner.partnerKey)]));
  const dropped = new Map([...kinds.keys()].map((kind) => [kind, readDropped(config, kind)]));
  if (config.problems.length > 0) return { problems: config.problems };
  return {
    ...known,
    feeds,
    kinds,
    files: (kind, partnerKey) => files.get(`${kind}/${partnerKey}`) ?? filesFor(kind, partnerKey),
    version: (feed) => versionOf(config, feed, files.get(`${feed.kind}/${feed.partner.partnerKey}`) ?? { maps: [], tables: [] }),
    dropped: (kind) => dropped.get(kind) ?? [],
  };
}

/** A version of a feed's mapping as it was kept, whatever the folder says by now. */
export function readVersion(feed: Feed, kept: ReadonlyMap<string, string>): { kind: Kind; files: MappingFiles } | { problems: Problem[] } {
  const config = configFolder(keptFiles(kept));
  const kind = readKind(config, feed.kind);
  checkTables(config, feed.kind, []);
  return kind && config.problems.length === 0 ? { kind, files: filesOf(config, [feed.kind, ...(kind.shares ?? [])], feed.partner.partnerKey) } : { problems: config.problems };
}

function versionOf(config: ConfigFolder, { kind }: Feed, { maps, tables }: MappingFiles): ReadonlyMap<string, string> {
  const schemas = config.list(kind).filter((name) => name.endsWith('.json')).map((file) => ({ file, text: config.text(`${kind}/${file}`) ?? '' }));
  return new Map([...schemas, ...maps, ...tables].map(({ file, text }) => [posix.normalize(`${kind}/${file}`), text]));
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
    if (kind?.parts.some(({ columns }) => columns?.some(({ sender }) => sender)) && !feed.senders) config.add(file, 'A feed whose tables name their sender must list its senders.', { pointer: `${pointer}/senders` });
    if (feed.pull && kind?.format !== 'fhir') config.add(file, 'Only a feed of a FHIR kind can be pulled.', { pointer: `${pointer}/pull` });
    if (feed.pull?.peoplePerPull !== undefined && !kind?.perPerson) config.add(file, 'Only a feed whose kind has "perPerson" is pulled person by person.', { pointer: `${pointer}/pull/peoplePerPull` });
    if (feed.pull?.spine && (feed.pull.peoplePerPull === undefined || !kind?.perPerson?.interaction)) config.add(file, 'Only a feed that is pulled person by person, by an operation with an "interaction", goes by the national proxy.', { pointer: `${pointer}/pull/spine` });
    if (feed.pull && !/^https:|^http:\/\/(?:127\.0\.0\.1|localhost)[:/]/.test(feed.pull.base)) config.add(file, 'A source beyond this machine is pulled over https only.', { pointer: `${pointer}/pull/base` });
    if (!feed.key.startsWith(`${feed.partner}-`)) config.add(file, `The key must begin with "${feed.partner}-".`, { pointer: `${pointer}/key` });
    return partner && kind ? [{ ...feed, partner }] : [];
  });
}

/** They run the installation and are no kinds. */
const folderOfRules: ReadonlySet<string> = new Set([sensitiveCodesFolder, linkageFolder, storyFolder, oversightFolder, writingFolder, casesFolder]);

function readKinds(config: ConfigFolder): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const folder of config.list('.')) {
    if (folderOfRules.has(folder) || config.list(folder).length === 0) continue;
    const kind = readKind(config, folder);
    if (kind) kinds.set(folder, kind);
  }
  for (const { name, shares = [] } of kinds.values()) {
    for (const other of shares.filter((each) => !kinds.has(each) || each === name)) config.add(`${name}/kind.json`, `There is no other kind "${other}" to share with.`, { pointer: '/shares' });
  }
  return kinds;
}

function readKind(config: ConfigFolder, folder: string): Kind | undefined {
  const file = `${folder}/kind.json`;
  const content = config.read<KindFileContent>(file, kindSchema);
  if (!content) return undefined;
  if (content.name !== folder) config.add(file, `The name must be that of the folder, "${folder}".`, { pointer: '/name' });
  refuseRepeats(config, file, '/parts', content.parts.map((part) => part.name));
  const parts = content.parts.flatMap((part) => readPart(config, folder, content, part) ?? []);
  if (content.complete !== undefined && !takesPackages(content)) config.add(file, 'Only a kind whose tables come as a package says when a folder of them is whole.', { pointer: '/complete' });
  if (parts.length === content.parts.length) checkRelations(content.format, parts, (text) => { config.add(file, text, { pointer: '/parts' }); });
  return { ...content, parts };
}

function readPart(config: ConfigFolder, folder: string, kind: KindFileContent, part: KindFileContent['parts'][number]): Part | undefined {
  const file = `${folder}/${part.schema}`;
  const { schema: _, ...rest } = part;
  // a part read as another has no map of its own, and the table about the package none at all
  const map = part.map ?? kind.parts.find(({ name }) => name === part.readAs)?.map ?? '';
  if (!part.cover && config.text(`${folder}/${map}`) === undefined) config.add(`${folder}/kind.json`, `The map "${map}" is missing.`, { pointer: '/parts' });
  const format = formats[kind.format];
  const content = config.read<object>(file, format.schema);
  const read = content && { ...rest, map, ...format.readSchema(content, {
    report: (text, pointer) => { config.add(file, text, { pointer }); },
    table: (name) => new Map(config.rows(`${folder}/tables/${name}.csv`, tableColumns).map(({ source = '', code = '' }) => [source, code])),
  }) };
  if (read && kind.update === 'patch' && !read.messages && !read.bundle && !read.document?.fold) config.add(file, 'A kind whose rows are patches must say what they are folded under.', { pointer: '/fold' });
  return read;
}

const tableColumns = ['source', 'system', 'code', 'display', 'note'];

function checkTables(config: ConfigFolder, kind: string, partners: Partner[]): void {
  const local = config.list(`${kind}/partners`);
  for (const key of local.filter((name) => partners.length > 0 && !partners.some((partner) => partner.partnerKey === name))) {
    config.add(`${kind}/partners/${key}`, `The partner "${key}" is not in partners.yaml.`);
  }
  for (const folder of [`${kind}/tables`, ...local.map((key) => `${kind}/partners/${key}/tables`)]) {
    const names = config.list(folder);
    for (const name of names.filter((each) => !each.endsWith('.json'))) config.rows(`${folder}/${name}`, tableColumns);
    for (const name of names.filter((each) => names.includes(each.replace(/\.json$/, '.csv')) && each.endsWith('.json'))) {
      config.add(`${folder}/${name}`, 'A table of this name is there as CSV, too.');
    }
  }
}

/** Maps are texts or StructureMaps; what else is JSON in a kind's folder is kind.json and the schemas. */
function isMap(name: string): boolean {
  return name.endsWith('.map') || (name.endsWith('.json') && name !== 'kind.json' && !name.endsWith('schema.json'));
}

function isTable(name: string): boolean {
  return /\.(csv|json)$/.test(name);
}

/** `folders`: the kind's own first. Files of the others are named from the kind's folder: `../hl7v2-adt/types.map`. */
function filesOf(config: ConfigFolder, folders: readonly string[], partnerKey: string): MappingFiles {
  const [own = ''] = folders;
  const inFolder = (kind: string, folder: string, isMeant: (name: string) => boolean): KindFile[] =>
    config.list(`${kind}/${folder}`).filter(isMeant).map((name) => {
      const file = folder === '.' ? name : `${folder}/${name}`;
      return { name: name.replace(/\.[a-z]+$/, ''), file: kind === own ? file : `../${kind}/${file}`, text: config.text(`${kind}/${file}`) ?? '' };
    });
  const tables = new Map<string, KindFile>();
  for (const kind of folders.toReversed()) {
    for (const folder of ['tables', `partners/${partnerKey}/tables`]) {
      for (const table of inFolder(kind, folder, isTable)) tables.set(table.name, table);
    }
  }
  return { maps: folders.flatMap((kind) => inFolder(kind, '.', isMap)), tables: [...tables.values()] };
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

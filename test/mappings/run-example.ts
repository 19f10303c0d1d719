import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/fhir/json.ts';
import type { Position, Problem } from '../../src/fhir/problem.ts';
import { feedFacts } from '../../src/intake/feed-facts.ts';
import { formats } from '../../src/intake/formats.ts';
import { foldRow, unfoldRow } from '../../src/intake/fold.ts';
import { loadMappings, type Mappings } from '../../src/intake/load-mappings.ts';
import { splitTables } from '../../src/intake/package/split-package.ts';
import { readRow } from '../../src/intake/read-row.ts';
import { splitSource } from '../../src/intake/split-source.ts';
import type { Feed, FoldState, Kind, Part, SplitRow } from '../../src/intake/types.ts';
import { compileMap } from '../../src/mapping/compile-map.ts';
import { readTable } from '../../src/mapping/read-table.ts';
import type { CompiledMap, LedgerEntry } from '../../src/mapping/types.ts';

/**
 * Runs an example of mappings/<kind>/examples/<case>/: `input.<extension of the format>`, or the folder `input` with the tables of a package; beside it, where the kind has several,
 * a file `part` and a file `feed` naming them (otherwise the first part, and the feed whose partner begins the case's
 * name, else the kind's first), and `expected.json`.
 */

export const mappingsFolder = fileURLToPath(new URL('../../mappings', import.meta.url));

/** What expected.json holds: everything the example ends in, empty members left out. */
export interface Outcome {
  /** the last version of each, in the order they first appeared */
  resources?: JsonObject[];
  /** what was refused, and (severity warning) what was noticed */
  problems?: { code: string; severity?: string; at?: Position }[];
  log?: string[];
}

export interface ExampleRun {
  outcome: Outcome;
  ledger: LedgerEntry[];
  /** element names the read rows held, before mapping */
  read: ReadonlySet<string>;
  feed: Feed;
}

export function loadedMappings(): Mappings {
  const loaded = loadMappings(mappingsFolder);
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded;
}

export function examplesOf(kind: string): string[] {
  const folder = join(mappingsFolder, kind, 'examples');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

export function exampleFile(kind: string, example: string, file: string): string {
  return join(mappingsFolder, kind, 'examples', example, file);
}

const compiledMaps = new Map<string, CompiledMap>();

export function mapOf(mappings: Mappings, kind: Kind, feed: Feed, part: Part): CompiledMap {
  const key = `${feed.key}/${part.name}`;
  const known = compiledMaps.get(key);
  if (known) return known;
  const { maps, tables } = mappings.files(kind.name, feed.partner.partnerKey);
  const [entry, ...imports] = [...maps].sort((a, b) => Number(b.file === part.map) - Number(a.file === part.map));
  if (!entry) throw new Error(`${kind.name} has no map`);
  const read = tables.map(readTable);
  const compiled = compileMap({ entry, imports, tables: read.flatMap((one) => ('table' in one ? [one.table] : [])), zone: kind.zone });
  const problems = [...read.flatMap((one) => ('problems' in one ? one.problems : [])), ...('problems' in compiled ? compiled.problems : compiled.warnings)];
  if ('problems' in compiled || problems.length > 0) throw new Error(`${kind.name}/${part.map}: ${JSON.stringify(problems, null, 1)}`);
  compiledMaps.set(key, compiled.map);
  return compiled.map;
}

export function runExample(mappings: Mappings, kind: Kind, example: string): ExampleRun {
  const feed = feedOf(mappings, kind, example);
  const partName = note(kind, example, 'part') ?? kind.parts[0]?.name ?? '';
  return runSplit(mappings, kind, feed, partName, split(kind, feed, example, partName));
}

/** The same of bytes that are no example: from the partner's bytes to FHIR, without the record. */
export function runSource(mappings: Mappings, kind: Kind, feed: Feed, partName: string, bytes: Uint8Array): ExampleRun {
  return runSplit(mappings, kind, feed, partName, splitSource(kind, feed, partName, bytes));
}

function runSplit(mappings: Mappings, kind: Kind, feed: Feed, partName: string, { rows, problems }: ReturnType<typeof splitSource>): ExampleRun {
  const part = kind.parts.find((candidate) => candidate.name === partName);
  const run = new Run(mappings, kind, feed, part);
  run.refuse(problems);
  for (const row of rows) run.take(row);
  return run.result();
}

/** A folder `input/` holds the tables of a package. */
function split(kind: Kind, feed: Feed, example: string, partName: string): ReturnType<typeof splitSource> {
  const folder = exampleFile(kind.name, example, 'input');
  if (!existsSync(folder)) return splitSource(kind, feed, partName, readFileSync(`${folder}.${formats[kind.format].extension}`));
  return splitTables(kind, feed, readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) })));
}

function feedOf(mappings: Mappings, kind: Kind, example: string): Feed {
  const feeds = mappings.feeds.filter((feed) => feed.kind === kind.name);
  const named = note(kind, example, 'feed');
  const found = named === undefined
    ? (feeds.find((feed) => example.startsWith(`${feed.partner.partnerKey}-`)) ?? feeds[0])
    : feeds.find((feed) => feed.key === named);
  if (!found) throw new Error(`${kind.name}/${example}: there is no such feed`);
  return found;
}

function note(kind: Kind, example: string, file: string): string | undefined {
  const path = exampleFile(kind.name, example, file);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

/** One example on its way: rows in order, folded where the kind says so, each mapped; a resource said again replaces itself. */
class Run {
  private readonly mappings: Mappings;
  private readonly kind: Kind;
  private readonly feed: Feed;
  private readonly part: Part | undefined;
  private states: ReadonlyMap<string, FoldState> = new Map();
  private readonly resources = new Map<string, JsonObject>();
  private readonly problems: NonNullable<Outcome['problems']> = [];
  private readonly log = new Set<string>();
  private readonly ledger: LedgerEntry[] = [];
  private readonly read = new Set<string>();

  constructor(mappings: Mappings, kind: Kind, feed: Feed, part: Part | undefined) {
    this.mappings = mappings;
    this.kind = kind;
    this.feed = feed;
    this.part = part;
  }

  refuse(problems: readonly Problem[]): void {
    for (const { code, severity, at } of problems) {
      const entry = { code, ...(severity === undefined || severity === 'error' ? {} : { severity }), ...(at === undefined ? {} : { at: stable(at) }) };
      if (!this.problems.some((known) => JSON.stringify(known) === JSON.stringify(entry))) this.problems.push(entry);
    }
  }

  take(row: SplitRow): void {
    const part = row.part === undefined ? this.part : this.kind.parts.find(({ name }) => name === row.part);
    if (!part) return;
    const read = readRow(this.kind, this.feed, part, row);
    if ('problems' in read) return this.refuse(read.problems);
    this.refuse(read.input.warnings);
    for (const name of namesIn(read.input.record)) this.read.add(name);
    let record = read.input.record;
    if (read.input.foldKeys.length > 0) {
      this.states = foldRow(this.states, read.input, row.messageId ?? '');
      record = unfoldRow(this.states, read.input);
    }
    const result = mapOf(this.mappings, this.kind, this.feed, part).run({ feed: feedFacts(this.feed), ...record });
    this.refuse(result.problems.map((problem) => ({ ...problem, at: { ...problem.at, ...(row.part !== undefined && { part: row.part }), row: row.row } })));
    for (const line of result.log) this.log.add(line);
    if (result.problems.some((problem) => (problem.severity ?? 'error') === 'error')) return;
    this.ledger.push(...result.ledger);
    for (const resource of result.resources) this.resources.set(keyOf(resource, this.feed), resource);
  }

  result(): ExampleRun {
    const outcome: Outcome = {
      ...(this.resources.size === 0 ? {} : { resources: [...this.resources.values()] }),
      ...(this.problems.length === 0 ? {} : { problems: this.problems }),
      ...(this.log.size === 0 ? {} : { log: [...this.log] }),
    };
    return { outcome, ledger: this.ledger, read: this.read, feed: this.feed };
  }
}

/** Element names of a record, also of the rows of other tables below it. */
function namesIn(record: JsonObject): string[] {
  return Object.entries(record).flatMap(([name, value]) => [name, ...[value].flat().flatMap((each) => (each !== null && typeof each === 'object' && !Array.isArray(each) ? namesIn(each) : []))]);
}

/** Where in a map a problem arose changes whenever the map is edited; the field it is about does not. */
function stable({ file, line, column, ...rest }: Position): Position {
  if (file?.endsWith('.map')) return rest;
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }), ...rest };
}

/** How the gateway names a mapped resource: type and its first identifier under the partner's own base; '' when it has none. */
export function keyOf(resource: JsonObject, feed: Feed): string {
  const identifiers = [resource['identifier']].flat() as ({ system?: string; value?: string } | undefined)[];
  const own = identifiers.find((identifier) => identifier?.system?.startsWith(`${feed.partner.identifierBase}/`) && identifier.value);
  return own ? `${typeOf(resource)} ${own.system}|${own.value}` : '';
}

export function typeOf(resource: JsonObject): string {
  return typeof resource['resourceType'] === 'string' ? resource['resourceType'] : '';
}

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/fhir/json.ts';
import type { Position, Problem } from '../../src/fhir/problem.ts';
import { compileMaps } from '../../src/flow/intake/compile-maps.ts';
import { examplesOf as inputsOf, feedFor, partFor, readInput } from '../../src/flow/mapping/kind-examples.ts';
import { errorsIn, mapSource, mapSplit, ownKeyOf, type MappedSource } from '../../src/flow/mapping/map-source.ts';
import { loadMappings, type Mappings } from '../../src/intake/load-mappings.ts';
import { splitSource } from '../../src/intake/split-source.ts';
import type { Feed, Kind, Part } from '../../src/intake/types.ts';
import type { CompiledMap, LedgerEntry } from '../../src/mapping/types.ts';

/** Runs the examples of mappings/<kind>/examples (src/flow/mapping/kind-examples.ts) as `map try` does. */

export const mappingsFolder = fileURLToPath(new URL('../../mappings', import.meta.url));

/** What expected.json holds: everything the example ends in, empty members left out. */
export interface Outcome {
  /** the last version of each, in the order they first appeared */
  resources?: JsonObject[];
  /** what was refused, and (severity warning) what was noticed */
  problems?: { code: string; text: string; severity?: string; at?: Position }[];
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
  return inputsOf(mappingsFolder, kind).map(({ name }) => name);
}

export function exampleFile(kind: string, example: string, file: string): string {
  return join(mappingsFolder, kind, 'examples', example, file);
}

const compiledMaps = new Map<string, ReadonlyMap<string, CompiledMap>>();

export function mapOf(mappings: Mappings, kind: Kind, feed: Feed, part: Part): CompiledMap {
  const known = compiledMaps.get(feed.key) ?? compileAll(mappings, kind, feed);
  compiledMaps.set(feed.key, known);
  const map = known.get(part.name);
  if (!map) throw new Error(`${kind.name}/${part.map} did not compile`);
  return map;
}

function compileAll(mappings: Mappings, kind: Kind, feed: Feed): ReadonlyMap<string, CompiledMap> {
  const { maps, problems, warnings } = compileMaps(kind, mappings.files(kind.name, feed.partner.partnerKey));
  if (problems.length + warnings.length > 0) throw new Error(JSON.stringify([...problems, ...warnings], null, 1));
  return maps;
}

export async function runExample(mappings: Mappings, kind: Kind, example: string): Promise<ExampleRun> {
  const input = inputsOf(mappingsFolder, kind.name).find(({ name }) => name === example)?.input ?? '';
  const bytes = readInput(input);
  const feed = feedFor(mappings, { kind, feed: null }, input, bytes);
  const part = partFor({ kind, feed }, input, null);
  return runOf(await mapSource({ kind, feed, part, bytes }, (each) => mapOf(mappings, kind, feed, each)), feed);
}

/** The same of bytes that are no example: from the partner's bytes to FHIR, without the record. */
export function runSource(mappings: Mappings, kind: Kind, feed: Feed, partName: string, bytes: Uint8Array): ExampleRun {
  const part = partFor({ kind, feed }, '', partName);
  return runOf(mapSplit({ kind, feed, part }, splitSource(kind, feed, partName, bytes), (each) => mapOf(mappings, kind, feed, each)), feed);
}

function runOf(source: MappedSource, feed: Feed): ExampleRun {
  return { outcome: outcomeOf(source, feed), feed, ledger: ledgerOf(source), read: new Set(source.rows.flatMap(({ input: read }) => namesIn(read?.record ?? {}))) };
}

function ledgerOf({ rows }: MappedSource): LedgerEntry[] {
  return rows.flatMap(({ result }) => (result && errorsIn(result.problems).length === 0 ? result.ledger : []));
}

/** A resource said again replaces itself; a problem said again is the same problem. */
function outcomeOf({ problems, rows }: MappedSource, feed: Feed): Outcome {
  const told = [...problems, ...rows.flatMap(({ row, read, result }) => [...read, ...(result?.problems ?? []).map((problem) => ({ ...problem, at: { ...problem.at, ...(row.part !== undefined && { part: row.part }), row: row.row } }))])];
  const distinct = new Map(told.map(toldOf).map((problem) => [JSON.stringify(problem), problem]));
  const good = rows.flatMap(({ result }) => (result && errorsIn(result.problems).length === 0 ? result.resources : []));
  const resources = new Map(good.map((resource) => [ownKeyOf(resource, feed), resource]));
  const log = new Set(rows.flatMap(({ result }) => result?.log ?? []));
  return {
    ...(resources.size === 0 ? {} : { resources: [...resources.values()] }),
    ...(distinct.size === 0 ? {} : { problems: [...distinct.values()] }),
    ...(log.size === 0 ? {} : { log: [...log] }),
  };
}

function toldOf({ code, text, severity, at }: Problem): NonNullable<Outcome['problems']>[number] {
  return { code, text, ...(severity === undefined || severity === 'error' ? {} : { severity }), ...(at === undefined ? {} : { at: stable(at) }) };
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

export { ownKeyOf as keyOf };

export function typeOf(resource: JsonObject): string {
  return typeof resource['resourceType'] === 'string' ? resource['resourceType'] : '';
}

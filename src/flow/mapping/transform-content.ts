import { outcomeOf } from '../../fhir/outcome.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Mappings } from '../../intake/load-mappings.ts';
import type { Feed, Kind, Part } from '../../intake/types.ts';
import type { CompiledMap } from '../../mapping/types.ts';
import { compileMaps } from '../intake/compile-maps.ts';
import type { PublishedMap } from '../reading/conformance.ts';
import { feedFor } from './kind-examples.ts';
import { errorsIn, mapSource } from './map-source.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { lastOfEach } from './try-map.ts';

/** What one request may map, and rule firings one record of it may use: a fifth of what intake gives a record. */
const mostRows = 100;
const mostSteps = 20_000;
const mostProblems = 50;

export interface TransformAsk {
  map: PublishedMap;
  /** a Binary with a source's bytes, or of a kind that speaks FHIR the resource itself */
  content: JsonObject;
}

export type Transform = (requester: Requester, ask: TransformAsk, request: RequestFacts) => Promise<JsonObject>;

/**
 * What a published map makes of some content, as intake would before it links and keeps anything: split, read, fold, map. Nothing
 * is kept, and nothing of the record is read; the entry names the map alone. It is read as the caller's organisation sends
 * it, where that has a feed of the kind. A mistake in the content refuses all of it, with every mistake told.
 */
export function createTransform(context: ReleaseContext, mappings: Mappings): Transform {
  const compiled = new Map<string, ReadonlyMap<string, CompiledMap>>();
  const mapsFor = (kind: Kind, feed: Feed): ReadonlyMap<string, CompiledMap> => {
    const key = `${kind.name}/${feed.partner.partnerKey}`;
    const known = compiled.get(key) ?? compileOrRefuse(kind, mappings, feed);
    compiled.set(key, known);
    return known;
  };
  return async (requester, { map, content }, request) => {
    const entry = entryOf(mappings, map);
    if (!entry) throw new Refusal(notEntry);
    const { kind, part } = entry;
    const bytes = bytesOf(kind, content);
    const feed = mappings.feeds.find((each) => each.kind === kind.name && each.partner.organisation === requester.organisation) ?? feedFor(mappings, { kind, feed: null }, '', bytes);
    const maps = mapsFor(kind, feed);
    const { rows, problems } = await mapSource({ kind: { ...kind, limits: { ...kind.limits, maxRows: Math.min(kind.limits.maxRows, mostRows) } }, feed, part, bytes }, (each) => mapIn(maps, each));
    const found = [...problems, ...rows.flatMap(({ read, result }) => [...read, ...(result?.problems ?? [])])];
    const wrong = errorsIn(found);
    if (wrong.length > 0) throw new Refusal(...wrong.slice(0, mostProblems));
    await appendAct(context, requester, request, { interaction: 'transform', query: `StructureMap/${map.id}/$transform`, status: 200 });
    return bundleOf(lastOfEach(rows.flatMap(({ result }) => result?.resources ?? [])), [...found, ...rows.flatMap(({ result }) => result?.notices ?? [])]);
  };
}

/** The part of a kind that begins with this map. */
function entryOf(mappings: Mappings, { kind: name, file }: PublishedMap): { kind: Kind; part: Part } | undefined {
  const kind = mappings.kinds.get(name);
  const part = kind?.parts.find(({ map, cover }) => map === file && !cover);
  return kind && part && { kind, part };
}

function compileOrRefuse(kind: Kind, mappings: Mappings, feed: Feed): ReadonlyMap<string, CompiledMap> {
  const { maps, problems } = compileMaps(kind, mappings.files(kind.name, feed.partner.partnerKey), { maxSteps: mostSteps });
  if (problems.length > 0) throw new Refusal(...problems);
  return maps;
}

function mapIn(maps: ReadonlyMap<string, CompiledMap>, part: Part): CompiledMap {
  const map = maps.get(part.name);
  if (!map) throw new Error('a part without a compiled map');
  return map;
}

function bytesOf(kind: Kind, content: JsonObject): Uint8Array {
  if (content['resourceType'] === 'Binary') return binaryOf(content['data']);
  if (kind.format === 'fhir') return new TextEncoder().encode(JSON.stringify(content));
  throw new Refusal(contentInvalid('a Binary with the bytes as they are sent: this map reads no FHIR'));
}

function binaryOf(data: Json | undefined): Uint8Array {
  const text = typeof data === 'string' ? data.replaceAll(/\s/g, '') : '';
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Refusal(contentInvalid('a Binary with data in base64'));
  return Buffer.from(text, 'base64');
}

function bundleOf(resources: readonly JsonObject[], warnings: readonly Problem[]): JsonObject {
  const told = warnings.length === 0 ? [] : [outcomeOf(warnings.slice(0, mostProblems)) as unknown as JsonObject];
  return { resourceType: 'Bundle', type: 'collection', entry: [...resources, ...told].map((resource) => ({ resource })) };
}

function contentInvalid(expected: string): Problem {
  return { category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { field: 'content' }, expected };
}

const notEntry: Problem = {
  category: 'unprocessable', code: 'map-not-entry', text: 'This map is a part of others and takes no content by itself.', at: { field: 'source' }, fix: 'Name the map that a part of the kind begins with.',
};

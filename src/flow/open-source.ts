import { decodeText } from '../intake/decode-text.ts';
import type { PackageFile } from '../intake/package/read-zip.ts';
import type { Feed, Kind, Part } from '../intake/types.ts';
import { feedFor, findTarget, partFor } from './kind-examples.ts';
import { mapSource, type MappedSource } from './map-source.ts';
import type { Workbench } from './map-workbench.ts';
import type { PlacingContext } from './place-problem.ts';

/** A file an analyst names, with its bytes. */
export interface NamedSource {
  path: string;
  bytes: Uint8Array | readonly PackageFile[];
}

/** A file taken through the maps, and everything needed to tell where in it something stands. */
export interface OpenedSource {
  kind: Kind;
  feed: Feed;
  part: Part;
  source: MappedSource;
  placing: PlacingContext;
}

/** Runs a file as `target` (a kind or a feed) sends it. Refused: an unknown target or part, a map with mistakes. */
export async function openSource(bench: Workbench, target: string, { path, bytes }: NamedSource, options: { part: string | null; show: (value: string) => string }): Promise<OpenedSource> {
  const found = findTarget(bench.mappings, target);
  const feed = feedFor(bench.mappings, found, path, bytes);
  const { kind } = found;
  const part = partFor({ kind, feed }, path, options.part, !(bytes instanceof Uint8Array));
  const source = await mapSource({ kind, feed, part, bytes }, (each) => bench.mapOf(feed, kind, each));
  const decoded = bytes instanceof Uint8Array ? decodeText(bytes) : { text: '' };
  const maps = new Map(bench.mappings.files(kind.name, feed.partner.partnerKey).maps.map(({ file, text }) => [file, text]));
  const text = 'text' in decoded ? decoded.text.replace(/\r\n?/g, '\n') : '';
  return { kind, feed, part, source, placing: { kind, file: path, text, maps, show: options.show } };
}

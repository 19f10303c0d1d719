import { Refusal, type Problem } from '../../fhir/problem.ts';
import { decodeText } from '../../intake/decode-text.ts';
import { takesPackages } from '../../intake/addresses.ts';
import { assignTables } from '../../intake/package/assign-tables.ts';
import { openCover } from '../../intake/package/open-cover.ts';
import { readZip, type PackageFile } from '../../intake/package/read-zip.ts';
import type { Feed, Kind, Part } from '../../intake/types.ts';
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
  if (!(bytes instanceof Uint8Array) && (part.name !== '' || !takesPackages(kind))) throw new Refusal({ ...folder, at: { file: path } });
  const source = await mapSource({ kind, feed, part, bytes }, (each) => bench.mapOf(feed, kind, each));
  const maps = new Map(bench.mappings.files(kind.name, feed.partner.partnerKey).maps.map(({ file, text }) => [file, text]));
  return { kind, feed, part, source, placing: { kind, file: path, fileOf: await textsOf(kind, part, bytes), rows: source.rows, maps, show: options.show } };
}

/** The text of the file, or of each table of a package, by part. */
async function textsOf(kind: Kind, part: Part, bytes: NamedSource['bytes']): Promise<PlacingContext['fileOf']> {
  const isPackage = part.name === '' && takesPackages(kind);
  const files = !(bytes instanceof Uint8Array) ? bytes : isPackage ? await unpacked(kind, bytes) : null;
  if (files === null) {
    const file = { text: bytes instanceof Uint8Array ? plainText(bytes) : '', spreadsheet: part.spreadsheet ?? false };
    return () => file;
  }
  const assigned = assignTables(kind, openCover(kind, files).tables);
  const texts = new Map('tables' in assigned ? assigned.tables.map((table) => [table.part.name, { text: plainText(table.bytes), spreadsheet: table.part.spreadsheet ?? false }]) : []);
  return (name) => texts.get(name) ?? { text: '' };
}

async function unpacked(kind: Kind, bytes: Uint8Array): Promise<readonly PackageFile[]> {
  const read = await readZip(bytes, { entries: kind.parts.length * 2, bytes: kind.limits.maxBytes });
  return 'files' in read ? read.files : [];
}

function plainText(bytes: Uint8Array): string {
  const decoded = decodeText(bytes);
  return 'text' in decoded ? decoded.text.replace(/\r\n?/g, '\n') : '';
}

const folder: Problem = {
  category: 'unsupported', code: 'file-is-folder', text: 'This is a folder, and what the feed sends are single files.', expected: 'files; a folder only of the tables of a package', fix: 'Name the files in it: folder/*.',
};

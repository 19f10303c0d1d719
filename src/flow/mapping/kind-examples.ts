import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Refusal } from '../../fhir/problem.ts';
import { takesPackages } from '../../intake/addresses.ts';
import type { Mappings } from '../../intake/load-mappings.ts';
import type { PackageFile } from '../../intake/package/read-zip.ts';
import { writeZip } from '../../intake/package/write-zip.ts';
import type { Feed, Kind, Part } from '../../intake/types.ts';

/**
 * The examples of a kind: mappings/<kind>/examples/<case>/ holds `input.<extension>`, or a folder `input` with the tables of a package; beside it, where the kind has several, a
 * file `part` and a file `feed` naming them, and `expected.json`.
 */
export interface Example {
  name: string;
  /** path of its input */
  input: string;
}

export function examplesOf(mappingsFolder: string, kind: string): Example[] {
  const folder = join(mappingsFolder, kind, 'examples');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().flatMap((name) => {
    const input = readdirSync(join(folder, name)).find((file) => file === 'input' || file.startsWith('input.'));
    return input === undefined ? [] : [{ name, input: join(folder, name, input) }];
  });
}

/** The bytes of a file, or of the tables in a folder. Throws what the file system says. */
export function readInput(path: string): Uint8Array | PackageFile[] {
  if (!statSync(path).isDirectory()) return readFileSync(path);
  return readdirSync(path).sort().map((name) => ({ name, bytes: readFileSync(join(path, name)) }));
}

/** A folder of tables as the package it is sent as. */
export function packed(input: ReturnType<typeof readInput> | readonly PackageFile[]): Uint8Array {
  return input instanceof Uint8Array ? input : writeZip(input);
}

/** What is asked about: a kind, or one feed of it. */
export type Target = { kind: Kind; feed: Feed | null };

/** A feed by its key, or a kind by its name. */
export function findTarget(mappings: Mappings, name: string): Target {
  const feed = mappings.feeds.find(({ key }) => key === name) ?? null;
  const kind = mappings.kinds.get(feed?.kind ?? name);
  if (kind) return { kind, feed };
  throw new Refusal({
    category: 'not-found', code: 'kind-unknown', text: 'No kind and no feed has this name.', expected: [...mappings.kinds.keys(), ...mappings.feeds.map(({ key }) => key)].join(', '),
  });
}

/**
 * Who sends a file: the feed asked for; else the one a file `feed` beside it names; else the one whose partner begins
 * the name of its folder (an example's) or its own; else the kind's first. A kind nobody sends yet is tried as a partner of no name would send it.
 */
export function feedFor(mappings: Mappings, { kind, feed }: Target, path: string, bytes: Uint8Array | readonly PackageFile[]): Feed {
  if (feed) return feed;
  const feeds = mappings.feeds.filter((each) => each.kind === kind.name);
  const named = noteBeside(path, 'feed');
  const names = [basename(dirname(path)), basename(path)];
  const found = named === undefined
    ? (feeds.find(({ partner }) => names.some((name) => name.startsWith(`${partner.partnerKey}-`))) ?? feeds[0] ?? draftFeed(kind, bytes instanceof Uint8Array ? bytes : new Uint8Array()))
    : feeds.find(({ key }) => key === named);
  if (found) return found;
  throw new Refusal({ category: 'not-found', code: 'example-feed-unknown', text: 'The file "feed" beside the input names no feed of this kind.', at: { file: join(dirname(path), 'feed') }, expected: feeds.map(({ key }) => key).join(', ') });
}

/** Which part of its kind a file is: the one asked for; else the one a file `part` beside it names; else the one its own name begins with; else the only one. */
export function partFor({ kind }: Target, path: string, asked: string | null, isFolder = false): Part {
  if (isFolder && asked === null && takesPackages(kind)) return allTables;
  const name = asked ?? noteBeside(path, 'part');
  const part = name === undefined ? guessPart(kind, path) : kind.parts.find((each) => each.name === name);
  if (part) return part;
  throw new Refusal({
    category: 'not-found', code: 'part-not-named', text: name === undefined ? 'This kind has several parts, and the file\'s name begins with none of them.' : 'This kind has no such part.',
    at: { file: path }, expected: kind.parts.map((each) => each.name).join(', '), fix: 'Name the part with --part.',
  });
}

/** All tables of a kind together. */
const allTables: Part = { name: '', map: '' };

function guessPart(kind: Kind, path: string): Part | undefined {
  const [first, second] = kind.parts;
  if (!second) return first;
  const file = basename(path).toLowerCase();
  if (takesPackages(kind) && (basename(path) === 'input' || file.endsWith('.zip') || file.startsWith('input.'))) return allTables;
  const fitting = kind.parts.filter(({ name }) => name !== '' && new RegExp(`^${name}(?![a-z0-9])`).test(file));
  // `care-plan.csv` begins with `care` as well
  return fitting.sort((a, b) => b.name.length - a.name.length)[0] ?? (basename(path).startsWith('input.') ? first : undefined);
}

function noteBeside(path: string, name: string): string | undefined {
  const note = join(dirname(path), name);
  return /^input(\.|$)/.test(basename(path)) && existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined;
}

/** HL7 feeds say who may send (MSH-4): for a draft, whoever the file says. */
function draftFeed(kind: Kind, bytes: Uint8Array): Feed {
  const senders = kind.format === 'hl7v2' ? [...new TextDecoder().decode(bytes).matchAll(/^\u000b?MSH(.)[^\r\n]*/gm)].map(([line, mark = '|']) => line.split(mark)[3] ?? '') : [];
  return {
    key: `draft-${kind.name}`, kind: kind.name, title: kind.title, system: 'draft', ...(senders.length > 0 && { senders }),
    partner: { partnerKey: 'draft', name: 'Draft', organisation: 'https://fhir.bicp.example/Id/draft|draft', identifierBase: 'https://fhir.bicp.example/Id/draft' },
  };
}

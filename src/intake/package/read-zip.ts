import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import type { Problem } from '../../fhir/problem.ts';

/** One file of a package, by its name without folders. */
export interface PackageFile {
  name: string;
  bytes: Uint8Array;
}

export interface ZipLimits {
  entries: number;
  /** all entries together, unpacked */
  bytes: number;
}

/** Text tables shrink to a tenth, repetitive ones to a fiftieth; more is made to burst. Small entries may be as dense as they like. */
const densest = 200;
const denseFrom = 1024 * 1024;

/**
 * The files of a zip, unpacked in memory. Everything its directory says is checked before a byte is unpacked, and every
 * mistake of an entry is told by the entry's number: a file's name may name somebody. Directories are passed over.
 */
export async function readZip(bytes: Uint8Array, limits: ZipLimits): Promise<{ files: PackageFile[] } | { problems: Problem[] }> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return { problems: [notZip] };
  try {
    const zip = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { decodeStrings: false });
    // the directory is read entry by entry, so its length is refused before the entries are
    if (zip.entryCount > limits.entries) return { problems: [tooMany(limits.entries)] };
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    const problems = checkEntries(entries, limits);
    return problems.length > 0 ? { problems } : await unpack(zip, entries);
  } catch {
    return { problems: [broken] };
  }
}

function checkEntries(entries: readonly Entry[], limits: ZipLimits): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  let size = 0;
  entries.forEach((entry, index) => {
    const wrong = checkEntry(entry);
    if (wrong) problems.push({ ...wrong, text: `Entry ${index + 1} of the package ${wrong.text}` });
    const name = entry.fileNameRaw.toString('latin1').toLowerCase();
    if (seen.has(name)) problems.push({ category: 'invalid', code: 'package-entry-twice', text: `Entry ${index + 1} of the package has the name of an entry before it.`, fix: 'Pack each file once.' });
    seen.add(name);
    size += entry.uncompressedSize;
  });
  if (size > limits.bytes) problems.push({ category: 'too-large', code: 'package-too-large', text: 'The package is larger unpacked than this feed may send at once.', expected: `at most ${limits.bytes} bytes`, fix: 'Send it in several packages.' });
  return problems;
}

/** What is wrong with one entry; its text goes on from "Entry n of the package". */
function checkEntry(entry: Entry): Problem | undefined {
  const name = entry.fileNameRaw.toString('latin1');
  if (!isPlainPath(name)) return { category: 'invalid', code: 'package-entry-name', text: 'has a name that is no plain file name.', expected: 'letters, digits, spaces, dots, hyphens and underscores, in folders of the package at most' };
  // the upper half of the attributes is the Unix mode: only plain files and folders, or nothing at all
  const type = (entry.externalFileAttributes >>> 28) & 0xf;
  if (type !== 0 && type !== 0x8 && type !== 0x4) return { category: 'invalid', code: 'package-entry-link', text: 'is a link or a device.', expected: 'plain files', fix: 'Pack the file itself.' };
  if (entry.isEncrypted()) return { category: 'unsupported', code: 'package-entry-encrypted', text: 'is encrypted.', fix: 'Pack it without a password; the connection is encrypted.' };
  if (![0, 8].includes(entry.compressionMethod)) return { category: 'unsupported', code: 'package-entry-method', text: 'is packed in a way the gateway does not unpack.', expected: 'stored, or deflate' };
  if (/\.(zip|gz|tgz|tar|7z|rar|bz2|xz|zst)$/i.test(name)) return nested;
  const { uncompressedSize: size, compressedSize } = entry;
  if (size > denseFrom && size > compressedSize * densest) return { category: 'too-large', code: 'package-too-dense', text: 'grows beyond all measure when it is unpacked.', expected: `at most ${densest} times its packed size` };
  return undefined;
}

/** `folder/NAME.csv`: no way out of the package, none from its root, and nothing an operating system reads otherwise. */
function isPlainPath(name: string): boolean {
  return /^[A-Za-z0-9 _.-]+(\/[A-Za-z0-9 _.-]+)*\/?$/.test(name) && name.split('/').every((step) => !/^\.+ *$/.test(step)) && name.length <= 200;
}

async function unpack(zip: ZipFile, entries: readonly Entry[]): Promise<{ files: PackageFile[] } | { problems: Problem[] }> {
  const files: PackageFile[] = [];
  for (const [index, entry] of entries.entries()) {
    const path = entry.fileNameRaw.toString('latin1');
    if (path.endsWith('/')) continue;
    // the stream ends with an error when it gives more bytes or fewer than the directory says
    const bytes = await buffer(await zip.openReadStreamPromise(entry));
    if (crc32(bytes) !== entry.crc32) return { problems: [broken] };
    if (bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') return { problems: [{ ...nested, text: `Entry ${index + 1} of the package ${nested.text}` }] };
    files.push({ name: path.slice(path.lastIndexOf('/') + 1), bytes });
  }
  return { files };
}

const nested: Problem = { category: 'unsupported', code: 'package-entry-nested', text: 'is an archive itself.', fix: 'Pack the tables directly.' };
const notZip: Problem = { category: 'malformed', code: 'package-not-zip', text: 'The body is not a zip file.', expected: 'one zip file with all tables' };
const broken: Problem = { category: 'malformed', code: 'package-broken', text: 'The zip file is damaged or was cut off.', fix: 'Pack it again and send it to its end.' };
const tooMany = (most: number): Problem => ({ category: 'too-large', code: 'package-entries-too-many', text: 'The package has more entries than this feed has tables.', expected: `at most ${most} entries`, fix: 'Pack the tables of the feed, and nothing else.' });

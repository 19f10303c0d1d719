import { crc32 } from 'node:zlib';
import type { PackageFile } from './read-zip.ts';

/** 1 January 1980, the zip format's first day: a package says nothing of when it was packed, so the same tables give the same bytes. */
const dosDate = 0x21;
const version = 20;

/**
 * Packs a folder's tables as a zip, stored as they are: how a folder becomes one source record. Names are ASCII and files
 * below 4 GiB; larger ones are no partner's tables. Source: APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
 */
export function writeZip(files: readonly PackageFile[]): Uint8Array {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const facts = entryFacts(name, bytes);
    const header = Buffer.concat([words32(0x04034b50), facts, Buffer.from(name, 'latin1')]);
    directory.push(words32(0x02014b50), words16(version), facts, words16(0, 0, 0), words32(0, offset), Buffer.from(name, 'latin1'));
    local.push(header, Buffer.from(bytes));
    offset += header.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...local, ...directory, words32(0x06054b50), words16(0, 0, files.length, files.length), words32(size, offset), words16(0)]);
}

/** What the local header and the directory say alike, from the version needed to the length of the extra field. */
function entryFacts(name: string, bytes: Uint8Array): Buffer {
  return Buffer.concat([words16(version, 0, 0, 0, dosDate), words32(crc32(bytes), bytes.length, bytes.length), words16(name.length, 0)]);
}

function words16(...values: number[]): Buffer {
  return Buffer.from(new Uint8Array(values.flatMap((value) => [value & 0xff, value >>> 8])));
}

function words32(...values: number[]): Buffer {
  return Buffer.concat(values.map((value) => words16(value & 0xffff, value >>> 16)));
}

#!/usr/bin/env node
// Checks the audit log of a OneStory gateway off-line: needs Node 20 or later, the files, and nothing else.
//
//   node verify-audit.mjs log    <export.ndjson> <checkpoint>...   an export against checkpoints you kept
//   node verify-audit.mjs entry  <proof.json> [<checkpoint>]       that an entry is in the log
//   node verify-audit.mjs growth <proof.json> <checkpoint>         that the log of now begins with the log you know
//
//   --key <key or file>   the log's keys, one to a line as /audit/keys gives them. Without it no signature is checked.
//   --witness <key or file> keys of witnesses, one to a line: each must have signed one of the checkpoints. Signatures of
//                         whoever is not named here are passed over.
//
// Exit code 0: everything holds. 1: something does not, and it is named. 2: there was nothing to check.
//
// The log is the Merkle tree of RFC 6962. An entry's content is hidden behind a commitment, so that it can be erased and
// the tree still holds:   commitment = SHA-256(salt || entry)
//                         leaf       = SHA-256(0x00 || {"at":...,"commitment":...,"seq":...})
//                         node       = SHA-256(0x01 || left || right)
// A checkpoint says, signed: the log named on line 1 has as many entries as line 2, and their tree the root on line 3.
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** So many entries are named one by one. */
const mostNamed = 20;
/** No entry records the erasure of more others in a row. */
const mostErased = 100_000;

// --- Hashes --------------------------------------------------------------------------------------------------------

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);
const leafHash = ({ at, commitment, seq }) => sha256(Buffer.of(0), canonical({ at, commitment, seq }));
const same = (a, b) => Buffer.compare(a, b) === 0;

/** RFC 8785: members sorted, no white space. Equal values give equal text. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** Text that is canonical JSON and nothing else: what a person reads in it is what is hashed. */
function readCanonical(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' && canonical(value) === text ? value : null;
  } catch {
    return null;
  }
}

/** One leaf more. `peaks` are the roots of the whole subtrees of the log so far, largest first. */
function grow(peaks, size, leaf) {
  let node = leaf;
  for (let n = size; n % 2 === 1; n = (n - 1) / 2) node = nodeHash(peaks.pop(), node);
  peaks.push(node);
}

const rootOf = (peaks) => (peaks.length === 0 ? sha256('') : peaks.reduceRight((right, left) => nodeHash(left, right)));

/** RFC 9162, 2.1.3.2: the root that a leaf and its path lead to; null when the path does not fit. `index` counts from 0. */
function rootFromEntry(index, size, leaf, path) {
  let [first, last, root] = [index, size - 1, leaf];
  for (const hash of path) {
    if (last === 0) return null;
    if (first % 2 === 1 || first === last) {
      root = nodeHash(hash, root);
      while (first % 2 === 0 && first !== 0) [first, last] = [first / 2, Math.floor(last / 2)];
    } else {
      root = nodeHash(root, hash);
    }
    [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
}

/** RFC 9162, 2.1.4.2: whether the tree of `to` leaves begins with that of `from`. */
function grewFrom(from, fromRoot, to, toRoot, path) {
  if (from === to) return path.length === 0 && same(fromRoot, toRoot);
  if (from === 0 || from > to || path.length === 0) return from === 0 && path.length === 0;
  const hashes = Number.isInteger(Math.log2(from)) ? [fromRoot, ...path] : [...path];
  let [first, last] = [from - 1, to - 1];
  while (first % 2 === 1) [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
  let [before, now] = [hashes[0], hashes[0]];
  for (const hash of hashes.slice(1)) {
    if (last === 0) return false;
    if (first % 2 === 1 || first === last) {
      [before, now] = [nodeHash(hash, before), nodeHash(hash, now)];
      while (first % 2 === 0 && first !== 0) [first, last] = [first / 2, Math.floor(last / 2)];
    } else {
      now = nodeHash(now, hash);
    }
    [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(before, fromRoot) && same(now, toRoot);
}

// --- Checkpoints: C2SP tlog-checkpoint in a C2SP signed note -----------------------------------------------------------

/** A key as C2SP writes it, name+id+base64(type || Ed25519 key): 0x01 signs for the log, 0x04 for a witness. */
function readKey(line, type) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  if (bytes.length !== 33 || bytes[0] !== type || sha256(`${name}\n`, bytes).toString('hex', 0, 4) !== id) return null;
  return { name, id, key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') }, format: 'jwk' }) };
}

function readLines(text, type) {
  const keys = text.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((line) => readKey(line, type));
  return keys.length > 0 && keys.every((key) => key !== null) ? keys : null;
}

/** The log's keys in a text, one to a line; null when one of them is none. */
export const readKeys = (text) => readLines(text, 1);
/** The same of witnesses. */
export const readWitnesses = (text) => readLines(text, 4);

/** A note as what it says; `keys` null: its signatures are not looked at. Throws a Finding. */
function readCheckpoint(note, keys) {
  const [, text, origin, size, root, signatures] = /^(([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n)\n((?:\u2014 [^\n]+\n)+)$/.exec(note) ?? [];
  if (text === undefined) throw new Finding('checkpoint-malformed', 'This is no checkpoint: three lines, an empty one, and signatures.');
  if (keys !== null) checkSignatures(text, origin, signatures.trimEnd().split('\n'), keys);
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') };
}

/** One of the keys has signed, none of them wrongly. Other signatures are somebody else's. */
function checkSignatures(text, origin, lines, keys) {
  let signed = 0;
  for (const line of lines) {
    const [, name, encoded] = /^\u2014 (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded ?? '', 'base64');
    const known = keys.find((key) => key.name === name && key.name === origin && key.id === bytes.toString('hex', 0, 4));
    if (known === undefined) continue;
    if (!verifySignature(null, Buffer.from(text), known.key, bytes.subarray(4))) throw new Finding('signature-wrong', `The signature of ${known.name}, key ${known.id}, does not belong to this checkpoint.`);
    signed += 1;
  }
  if (signed === 0) throw new Finding('key-wrong', 'None of the given keys has signed this checkpoint.');
}

/** What witnesses signed, https://c2sp.org/tlog-cosignature: none of it wrongly, and each of them one of the checkpoints. */
function checkWitnesses(notes, witnesses, note) {
  const seen = new Set();
  for (const [text, signatures] of notes.map((each) => each.split(/(?<=\n)\n/, 2))) {
    for (const line of signatures.trimEnd().split('\n')) {
      const [, name, encoded] = /^\u2014 (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
      const bytes = Buffer.from(encoded ?? '', 'base64');
      const known = witnesses.find((witness) => witness.name === name && witness.id === bytes.toString('hex', 0, 4));
      if (known === undefined) continue;
      const time = bytes.length === 76 ? bytes.readBigUInt64BE(4) : 0n;
      if (!verifySignature(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), known.key, bytes.subarray(12))) throw new Finding('witness-wrong', `The signature of the witness ${known.name}, key ${known.id}, does not belong to this checkpoint.`);
      seen.add(known);
      note(`${known.name} saw the log of ${text.split('\n')[1]} entries at ${new Date(Number(time) * 1000).toISOString()}.`);
    }
  }
  const missing = witnesses.find((witness) => !seen.has(witness));
  if (missing) throw new Finding('witness-missing', `The witness ${missing.name}, key ${missing.id}, has signed none of these checkpoints.`);
}

// --- The three checks -------------------------------------------------------------------------------------------------

/** Something that does not hold: a stable code, and a sentence. */
class Finding extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

/** Runs a check; what it finds wrong ends up in `findings`, what is worth knowing in `notes`. */
async function report(check) {
  const [findings, notes] = [[], []];
  try {
    await check((code, text) => findings.push({ code, text }), (note) => notes.push(note));
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    findings.push({ code: error.code, text: error.message });
  }
  return { findings, notes };
}

/** The checkpoints in the order of their sizes: all of one log, and none against another. */
function readCheckpoints(notes, keys) {
  const checkpoints = notes.map((note) => readCheckpoint(note, keys)).sort((a, b) => a.size - b.size);
  for (const [i, { origin, size, root }] of checkpoints.entries()) {
    const before = checkpoints[i - 1];
    if (before === undefined) continue;
    if (before.origin !== origin) throw new Finding('other-log', `The checkpoints are of two logs, ${before.origin} and ${origin}.`);
    if (before.size === size && !same(before.root, root)) throw new Finding('fork', `Two checkpoints of ${size} entries differ: the log has shown two histories.`);
  }
  return checkpoints;
}

/** An export, as lines, against checkpoints, as texts. Resolves to { findings, notes }. */
export function verifyLog(lines, checkpointNotes, keys = null, witnesses = null) {
  return report(async (find, note) => {
    const checkpoints = readCheckpoints(checkpointNotes, keys);
    if (keys === null) note('No signature was checked: no key was given.');
    if (witnesses !== null) checkWitnesses(checkpointNotes, witnesses, note);
    const [peaks, erased, apart] = [[], new Set(), []];
    let [size, changed, misfiled, held] = [0, 0, 0, 0];
    for (const at of compare(checkpoints, 0, peaks)) held = at;
    for await (const line of lines) {
      const entry = readLine(line, size + 1);
      if (entry.apart === true) apart.push(size + 1);
      else if (entry.salt === null) erased.add(size + 1);
      else if (!committed(entry)) {
        changed += 1;
        if (changed <= mostNamed) find('entry-changed', `Entry ${size + 1} does not say what the log committed to.`);
      }
      if (entry.found !== undefined) {
        misfiled += 1;
        if (misfiled <= mostNamed) find('found-by-other', misfiledText(entry));
      }
      for (const number of recordedErasures(entry)) erased.delete(number);
      grow(peaks, size, leafHash(entry));
      size += 1;
      for (const at of compare(checkpoints, size, peaks, held)) held = at;
    }
    if (changed > mostNamed) find('entry-changed', `${changed - mostNamed} more entries do not say what the log committed to.`);
    if (misfiled > mostNamed) find('found-by-other', `${misfiled - mostNamed} more entries are found by other things than they say.`);
    for (const seq of [...erased].slice(0, mostNamed)) find('erased-unrecorded', `The content of entry ${seq} was erased, and no later entry of this export records it.`);
    if (erased.size > mostNamed) find('erased-unrecorded', `The content of ${erased.size - mostNamed} more entries was erased, and nothing in this export records it.`);
    if (apart.length > 0) note(`Entries kept apart from whoever took this export, of cases about them: ${apart.slice(0, mostNamed).join(', ')}${apart.length > mostNamed ? ` and ${apart.length - mostNamed} more` : ''}. Their places are checked, what they say is not: have somebody else export.`);
    const beyond = checkpoints.find((checkpoint) => checkpoint.size > size);
    if (beyond) throw new Finding('truncated', `The export ends after ${size} entries; the log had ${beyond.size}.`);
    note(`${size} entries. ${checkpoints.length === 0 ? 'No checkpoint was given.' : `The first ${held} are those the ${checkpoints.length === 1 ? 'checkpoint is' : 'checkpoints are'} of.`}`);
    if (size > held) note(`Entries ${held + 1} to ${size} came after the last checkpoint: nothing here shows that they are the log's.`);
  });
}

/** The checkpoints of this size, each of which must have this root; `held` is how far all was well. */
function* compare(checkpoints, size, peaks, held = 0) {
  for (const { root } of checkpoints.filter((checkpoint) => checkpoint.size === size)) {
    if (!same(rootOf(peaks), root)) throw new Finding('root-differs', `Entries ${held + 1} to ${size} are not those the checkpoint of ${size} entries is of: one of them was changed, left out, put in or moved.`);
    yield size;
  }
}

/** A line of the export, which must hold the entry of this number. */
function readLine(text, seq) {
  const line = readCanonical(text);
  if (!isLeaf(line)) throw new Finding('line-malformed', `Line ${seq} is not a line of an export: cut off, or written anew.`);
  if (line.seq !== seq) throw new Finding('order', `Where entry ${seq} should be is entry ${line.seq}: left out, put in or moved.`);
  wholeOrErased(line);
  return line;
}

/** Content and salt go together; without the salt nothing would tie the one to the log. */
function wholeOrErased({ entry, salt, seq }) {
  if ((entry === null) !== (salt === null)) throw new Finding('half-erased', `Of entry ${seq} only a part was erased.`);
}

/** What the gateway looks an entry up by is kept beside it, and is no part of the leaf: where it is not what the entry says, whoever searches does not find the entry. */
const misfiledText = ({ found, seq }) => `Entry ${seq} is found by other things than it says: ${found.join(', ')}.`;

const committed = ({ at, commitment, entry, salt }) => entry.at === at && sha256(Buffer.from(String(salt), 'hex'), canonical(entry)).toString('hex') === commitment;

/** The numbers of the entries whose erasure this entry records: one, or `1-3,5`. */
function* recordedErasures({ entry }) {
  if (entry?.interaction !== 'audit-redact' || entry.outcome !== 'permitted') return;
  const ranges = /^audit\/entries\/([\d,-]+)\/redact\?/.exec(entry.query)?.[1].split(',') ?? [];
  for (const [from, to = from] of ranges.map((range) => range.split('-').map(Number))) {
    for (let number = from; number <= Math.min(to, from + mostErased); number += 1) yield number;
  }
}

/** What /audit/entries/{id}/proof answers; with a checkpoint that was kept, the proof must lead to exactly that one. */
export function verifyEntry(proofText, checkpointNote = null, keys = null, witnesses = null) {
  return report((find, note) => {
    const proof = readProof(proofText, ['checkpoint', 'leaf', 'path']);
    const checkpoint = readCheckpoint(checkpointNote ?? proof.checkpoint, keys);
    if (keys === null) note('No signature was checked: no key was given.');
    if (witnesses !== null) checkWitnesses([checkpointNote ?? proof.checkpoint], witnesses, note);
    const { leaf } = proof;
    wholeOrErased(leaf);
    if (leaf.salt === null) note('The content of the entry was erased.');
    else if (!committed(leaf)) find('entry-changed', `Entry ${leaf.seq} does not say what the log committed to.`);
    if (leaf.found !== undefined) find('found-by-other', misfiledText(leaf));
    const root = leaf.seq >= 1 && leaf.seq <= checkpoint.size ? rootFromEntry(leaf.seq - 1, checkpoint.size, leafHash(leaf), hashesOf(proof.path)) : null;
    if (root === null || !same(root, checkpoint.root)) throw new Finding('not-in-log', `Entry ${leaf.seq} is not in the log this checkpoint is of, or not at this place.`);
    note(`Entry ${leaf.seq} is in ${checkpoint.origin} of ${checkpoint.size} entries.`);
  });
}

/** What /audit/consistency answers, against the checkpoint that was kept. */
export function verifyGrowth(proofText, checkpointNote, keys = null, witnesses = null) {
  return report((_find, note) => {
    const proof = readProof(proofText, ['checkpoint', 'path']);
    const [kept, now] = [readCheckpoint(checkpointNote, keys), readCheckpoint(proof.checkpoint, keys)];
    if (keys === null) note('No signature was checked: no key was given.');
    if (witnesses !== null) checkWitnesses([checkpointNote, proof.checkpoint], witnesses, note);
    if (kept.origin !== now.origin) throw new Finding('other-log', `The checkpoints are of two logs, ${kept.origin} and ${now.origin}.`);
    if (now.size < kept.size) throw new Finding('replayed', `The log says that it has ${now.size} entries; it had ${kept.size} before.`);
    if (now.size === kept.size && !same(now.root, kept.root)) throw new Finding('fork', `Two checkpoints of ${now.size} entries differ: the log has shown two histories.`);
    if (!grewFrom(kept.size, kept.root, now.size, now.root, hashesOf(proof.path))) throw new Finding('not-grown', `Nothing shows that the log of ${now.size} entries begins with that of ${kept.size}.`);
    note(`${now.origin} of ${now.size} entries begins with the ${kept.size} it had.`);
  });
}

function readProof(text, members) {
  const proof = readCanonical(text.trimEnd());
  if (proof === null || members.some((name) => !Object.hasOwn(proof, name)) || !Array.isArray(proof.path) || (members.includes('leaf') && !isLeaf(proof.leaf))) throw new Finding('proof-malformed', 'This is not a proof as the gateway gives it.');
  return proof;
}

const isLeaf = (leaf) => leaf !== null && typeof leaf === 'object' && ['at,commitment,entry,salt,seq', 'at,commitment,entry,found,salt,seq', 'apart,at,commitment,entry,salt,seq'].includes(Object.keys(leaf).join()) && (leaf.apart === undefined || (leaf.apart === true && leaf.entry === null)) && typeof leaf.at === 'string' && /^[0-9a-f]{64}$/.test(leaf.commitment) && Number.isSafeInteger(leaf.seq) && (leaf.found === undefined || Array.isArray(leaf.found));
const hashesOf = (path) => path.map((hash) => Buffer.from(String(hash), 'base64'));

// --- The command ------------------------------------------------------------------------------------------------------

/** Lines of a file however long it is. One that does not end is told by its line, which is no whole one. */
export async function* linesOf(path) {
  let rest = '';
  for await (const part of createReadStream(path, 'utf8')) {
    const lines = (rest + part).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function main(args) {
  const given = (option) => {
    const at = args.indexOf(option);
    const key = at < 0 ? undefined : args.splice(at, 2)[1];
    return key === undefined ? undefined : existsSync(key) ? readFileSync(key, 'utf8') : key;
  };
  const [key, witness] = [given('--key'), given('--witness')];
  const [keys, witnesses] = [key === undefined ? null : readKeys(key), witness === undefined ? null : readWitnesses(witness)];
  const [what, file, ...checkpoints] = args;
  const read = (path) => readFileSync(path, 'utf8');
  const checks = {
    log: () => verifyLog(linesOf(file), checkpoints.map(read), keys, witnesses),
    entry: () => verifyEntry(read(file), checkpoints.length > 0 ? read(checkpoints[0]) : null, keys, witnesses),
    growth: () => verifyGrowth(read(file), read(checkpoints[0]), keys, witnesses),
  };
  if (!Object.hasOwn(checks, what ?? '') || file === undefined || (what !== 'entry' && checkpoints.length === 0) || (key !== undefined && keys === null) || (witness !== undefined && witnesses === null)) {
    process.stderr.write('Usage: node verify-audit.mjs log|entry|growth <file> <checkpoint>... [--key <key or file>] [--witness <key or file>]\n');
    return 2;
  }
  const { findings, notes } = await checks[what]();
  for (const { code, text } of findings) process.stdout.write(`WRONG  ${text} [${code}]\n`);
  for (const note of notes) process.stdout.write(`note   ${note}\n`);
  if (findings.length === 0) process.stdout.write('holds\n');
  return findings.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    return 2;
  });
}

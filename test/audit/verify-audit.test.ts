import fc from 'fast-check';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readKeys, readWitnesses, verifyEntry, verifyGrowth, verifyLog, type Keys, type Report, type Witnesses } from '../../docs/verify-audit.mjs';
import { readCheckpoint } from '../../src/audit/checkpoint.ts';
import { readWitnessKey } from '../../src/audit/cosignature.ts';
import { sha256 } from '../../src/audit/tree.ts';
import { commitmentOf } from '../../src/audit/leaf.ts';
import type { LoggedEntry } from '../../src/audit/log-line.ts';
import { checkpointOf, entryOf, entryProof, growthProof, linesOfLog, logged, logOf, newSigner, origin } from './log-of.ts';

/** What partners run against the gateway, held against everything somebody might do to the log. */

const signer = newSigner();
const keysOf = (...signers: { verifierKey: string }[]): Keys => {
  const keys = readKeys(signers.map(({ verifierKey }) => verifierKey).join('\n'));
  if (!keys) throw new Error('no keys');
  return keys;
};
const keys = keysOf(signer);
const codesOf = ({ findings }: Report): string[] => findings.map(({ code }) => code);
const textsOf = ({ findings }: Report): string => findings.map(({ text }) => text).join('\n');
const renumbered = (log: readonly LoggedEntry[]): LoggedEntry[] => log.map((entry, i) => ({ ...entry, seq: i + 1 }));
const erased = (entry: LoggedEntry): LoggedEntry => ({ ...entry, text: null, salt: null });
const log = logOf(20);
const at = (i: number): LoggedEntry => log[i] ?? log[0] as LoggedEntry;

describe('an export', () => {
  it('of a log of any size holds against its checkpoint and every earlier one', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 20 }), fc.array(fc.nat(), { maxLength: 3 }), async (size, picks) => {
      const earlier = picks.map((pick) => checkpointOf(log.slice(0, pick % (size + 1)), [signer]));
      expect((await verifyLog(linesOfLog(log.slice(0, size)), [checkpointOf(log.slice(0, size), [signer]), ...earlier], keys)).findings).toEqual([]);
    }), { numRuns: 40 });
  });

  it('of entries whose clock jumped holds: their order is their place', async () => {
    const jumped = [3, -2, 0, 86_400, -86_400, 0, 1].map((seconds, i) => logged(i + 1, entryOf(i, { at: new Date(Date.UTC(2026, 9, 25, 1) + seconds * 1000).toISOString() })));
    expect((await verifyLog(linesOfLog(jumped), [checkpointOf(jumped, [signer])], keys)).findings).toEqual([]);
  });

  it('says what it did not check', async () => {
    const { findings, notes } = await verifyLog(linesOfLog(log), [checkpointOf(log.slice(0, 12), [signer])]);
    expect(findings).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('No signature'), '20 entries. The first 12 are those the checkpoint is of.', expect.stringContaining('Entries 13 to 20 came after')]);
  });

  it('whose entries were changed names each of them', async () => {
    const changed = log.map((entry, i) => (i === 6 || i === 11 ? { ...entry, text: String(entry.text).replace('permitted', 'denied') } : entry));
    const report = await verifyLog(linesOfLog(changed), [checkpointOf(log, [signer])], keys);
    expect(report.findings).toEqual([7, 12].map((seq) => ({ code: 'entry-changed', text: `Entry ${seq} does not say what the log committed to.` })));
  });

  const other = { ...entryOf(6), citizen: 'c2' };
  const damages: [name: string, log: LoggedEntry[], code: string, text: RegExp][] = [
    ['a salt exchanged', log.with(6, { ...at(6), salt: Buffer.alloc(32) }), 'entry-changed', /Entry 7 /],
    ['an instant changed', log.with(6, { ...at(6), at: '2020-01-01T00:00:00.000Z' }), 'entry-changed', /Entry 7 /],
    ['an entry changed with its commitment', log.with(6, { ...logged(7, other), commitment: commitmentOf(other, logged(7, other).salt ?? Buffer.alloc(0)) }), 'root-differs', /Entries 6 to 10 /],
    ['an entry deleted', log.toSpliced(6, 1), 'order', /entry 7 should be is entry 8/],
    ['an entry deleted and the rest renumbered', renumbered(log.toSpliced(6, 1)), 'root-differs', /Entries 6 to 10 /],
    ['an entry put in', log.toSpliced(6, 0, logged(7, other)), 'order', /entry 8 should be is entry 7/],
    ['an entry put in and the rest renumbered', renumbered(log.toSpliced(6, 0, logged(7, other))), 'root-differs', /Entries 6 to 10 /],
    ['an entry doubled', log.toSpliced(6, 0, at(6)), 'order', /entry 8 should be is entry 7/],
    ['two entries exchanged', log.with(6, at(7)).with(7, at(6)), 'order', /entry 7 should be is entry 8/],
    ['two entries exchanged and renumbered', renumbered(log.with(6, at(7)).with(7, at(6))), 'root-differs', /Entries 6 to 10 /],
    ['the end cut off', log.slice(0, 15), 'truncated', /ends after 15 entries; the log had 20/],
    ['nothing left', [], 'truncated', /ends after 0 entries; the log had 5/],
    ['content erased without its salt', log.with(6, { ...at(6), text: null }), 'half-erased', /entry 7 /],
    ['an entry that is filed elsewhere', log.with(6, { ...at(6), found: ['citizens'] }), 'found-by-other', /^Entry 7 .*: citizens\.$/],
    ['content erased and nobody wrote it down', log.with(6, erased(at(6))), 'erased-unrecorded', /entry 7 /],
  ];
  it.each(damages)('with %s is found, and where', async (_, damaged, code, text) => {
    const checkpoints = [5, 10, 20].map((size) => checkpointOf(log.slice(0, size), [signer]));
    const report = await verifyLog(linesOfLog(damaged), checkpoints, keys);
    expect(codesOf(report)).toContain(code);
    expect(textsOf(report)).toMatch(text);
  });

  it('of a log put back from a backup and gone on is found by a checkpoint of before', async () => {
    const goneOn = [...log.slice(0, 12), ...Array.from({ length: 10 }, (_, i) => logged(13 + i, entryOf(100 + i)))];
    const report = await verifyLog(linesOfLog(goneOn), [checkpointOf(log, [signer]), checkpointOf(goneOn, [signer])], keys);
    expect(report.findings).toEqual([{ code: 'root-differs', text: expect.stringContaining('Entries 1 to 20') as string }]);
  });

  it('holds after content was erased, where an entry says so', async () => {
    const record = entryOf(20, { interaction: 'audit-redact', query: 'audit/entries/7/redact?rule=court-order' });
    const more = [...log, logged(21, record)];
    expect((await verifyLog(linesOfLog(more.with(6, erased(at(6)))), [checkpointOf(log, [signer]), checkpointOf(more, [signer])], keys)).findings).toEqual([]);
    const several = [...log, logged(21, { ...record, query: 'audit/entries/2-4,7,19-20/redact?rule=other-looks' })];
    const without = several.map((entry) => ([2, 3, 4, 7, 19, 20].includes(entry.seq) ? erased(entry) : entry));
    expect((await verifyLog(linesOfLog(without), [checkpointOf(several, [signer])], keys)).findings).toEqual([]);
    expect(textsOf(await verifyLog(linesOfLog(without.with(4, erased(at(4)))), [checkpointOf(several, [signer])], keys))).toMatch(/entry 5 was erased/);
    const refused = [...log, logged(21, { ...record, outcome: 'failed' })];
    expect(codesOf(await verifyLog(linesOfLog(refused.with(6, erased(at(6)))), [checkpointOf(refused, [signer])], keys))).toEqual(['erased-unrecorded']);
  });

  it.each<[string, (line: string) => string]>([
    ['cut off within a line', (line) => line.slice(0, 100)], ['with a member said twice', (line) => line.replace('"outcome":"permitted"', '"outcome":"denied","outcome":"permitted"')],
    ['with white space', (line) => line.replace('"entry":', '"entry": ')], ['with another member', (line) => line.replace('"seq":', '"see":1,"seq":')], ['that is an error', () => '{"issue":[],"resourceType":"OperationOutcome"}'],
    ['that is no JSON', () => 'seq,at'], ['that is empty', () => ''],
  ])('with a line %s is refused at that line', async (_, damage) => {
    const lines = linesOfLog(log).map((line, i) => (i === 9 ? damage(line) : line));
    expect((await verifyLog(lines, [checkpointOf(log, [signer])], keys)).findings).toEqual([{ code: 'line-malformed', text: expect.stringContaining('Line 10 ') as string }]);
  });
});

describe('a checkpoint', () => {
  const note = checkpointOf(log, [signer]);
  const verify = async (text: string, by: Keys | null = keys): Promise<string[]> => codesOf(await verifyLog(linesOfLog(log), [text], by));

  it('is a C2SP checkpoint in a signed note', () => {
    expect(note).toMatch(/^gateway\.example\/audit\n20\n[A-Za-z0-9+/]{43}=\n\n— gateway\.example\/audit [A-Za-z0-9+/]{91}=\n$/);
    expect(readCheckpoint(note)).toMatchObject({ origin, size: 20 });
    expect(readCheckpoint(note.replace('\n20\n', '\n020\n'))).toBeNull();
  });

  it('has key ids as the standard makes them', () => {
    expect(readKeys('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')).toHaveLength(1);
    expect(readKeys('example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')).toBeNull();
    expect(readKeys('')).toBeNull();
  });

  it('of another key, or changed after it was signed, is refused', async () => {
    expect(await verify(note)).toEqual([]);
    expect(await verify(note, keysOf(newSigner()))).toEqual(['key-wrong']);
    expect(await verify(note, keysOf(newSigner('elsewhere.example/audit')))).toEqual(['key-wrong']);
    expect(await verify(note.replace('\n20\n', '\n19\n'))).toEqual(['signature-wrong']);
    expect(await verify(note.replace(origin, 'gateway.example/other'))).toEqual(['key-wrong']);
    expect(await verify(`${note.trimEnd().slice(0, -8)}AAAAAAA=\n`)).toEqual(['signature-wrong']);
  });

  it.each([['', 'nothing'], ['20\n', 'one line'], [note.replace('\n\n', '\n'), 'no empty line'], [note.trimEnd(), 'no end of line'], [note.slice(0, note.indexOf('—')), 'no signature'], [`${note}more\n`, 'something after it']])('that is none is refused: %#', async (text) => {
    expect(await verify(text)).toEqual(['checkpoint-malformed']);
  });

  it('signed by the old and the new key holds for whoever knows either, and one signed wrongly by a key that is known for nobody', async () => {
    const next = newSigner();
    const both = checkpointOf(log, [signer, next]);
    expect([await verify(both), await verify(both, keysOf(next)), await verify(both, keysOf(signer, next))]).toEqual([[], [], []]);
    const older = checkpointOf(log.slice(0, 9), [signer]);
    const newer = checkpointOf(log, [next]);
    expect(codesOf(await verifyLog(linesOfLog(log), [older, newer], keysOf(signer, next)))).toEqual([]);
    const wrongly = both.split('\n').map((line, i) => (i === 5 ? `${line.slice(0, -8)}AAAAAAA=` : line)).join('\n');
    expect(await verify(wrongly, keysOf(next))).toEqual(['signature-wrong']);
    expect(await verify(wrongly, keysOf(signer))).toEqual([]);
  });

  it('against another of the same size is a fork, and of another log is told', async () => {
    const forked = checkpointOf(log.with(3, logged(4, entryOf(77))), [signer]);
    expect(codesOf(await verifyLog(linesOfLog(log), [note, forked], keys))).toEqual(['fork']);
    expect(codesOf(await verifyLog(linesOfLog(log), [note, checkpointOf(log, [signer], 'gateway.example/other')]))).toEqual(['other-log']);
  });
});

/** A partner who signs checkpoints as https://c2sp.org/tlog-cosignature has it. */
function newWitness(name: string): { key: string; sign: (note: string, at?: number) => string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const bytes = Buffer.concat([Buffer.of(4), Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')]);
  const id = Buffer.from(sha256(Buffer.concat([Buffer.from(`${name}\n`), bytes])).subarray(0, 4));
  return {
    key: `${name}+${id.toString('hex')}+${bytes.toString('base64')}`,
    sign: (note, at = Date.UTC(2026, 9, 1) / 1000) => {
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(BigInt(at));
      const text = note.slice(0, note.indexOf('\n\n') + 1);
      return `${note}\u2014 ${name} ${Buffer.concat([id, time, sign(null, Buffer.from(`cosignature/v1\ntime ${at}\n${text}`), privateKey)]).toString('base64')}\n`;
    },
  };
}

describe('what witnesses signed', () => {
  const [partner, other] = [newWitness('partner.example/witness'), newWitness('other.example/witness')];
  const witnesses = (...keysGiven: string[]): Witnesses => readWitnesses(keysGiven.join('\n')) as Witnesses;
  const note = checkpointOf(log, [signer]);
  const verify = (text: string, by: Witnesses, more: string[] = []): Promise<Report> => verifyLog(linesOfLog(log), [text, ...more], keys, by);

  it('is checked where their keys are given, and says when each saw how much', async () => {
    const { findings, notes } = await verify(other.sign(partner.sign(note)), witnesses(partner.key, other.key));
    expect([findings, notes.slice(0, 2)]).toEqual([[], ['partner.example/witness', 'other.example/witness'].map((name) => `${name} saw the log of 20 entries at 2026-10-01T00:00:00.000Z.`)]);
    expect(readWitnessKey(partner.key)?.name).toBe('partner.example/witness'); // the gateway reads the same key
    expect([readWitnesses(signer.verifierKey), readKeys(partner.key)]).toEqual([null, null]);
  });

  it('is enough on one of several checkpoints, and passed over for whoever has not the key', async () => {
    const older = partner.sign(checkpointOf(log.slice(0, 9), [signer]));
    expect(codesOf(await verify(note, witnesses(partner.key), [older]))).toEqual([]);
    expect(codesOf(await verifyLog(linesOfLog(log), [other.sign(note)], keys))).toEqual([]);
  });

  it('is missing, or of another text or time, and then told', async () => {
    expect(codesOf(await verify(other.sign(note), witnesses(partner.key)))).toEqual(['witness-missing']);
    const elsewhere = partner.sign(checkpointOf(log.slice(0, 9), [signer])).split('\n').at(-2) ?? '';
    expect(codesOf(await verify(`${note}${elsewhere}\n`, witnesses(partner.key)))).toEqual(['witness-wrong']);
    const imitated = newWitness('partner.example/witness').sign(note); // the name alone is nothing
    expect(codesOf(await verify(imitated, witnesses(partner.key)))).toEqual(['witness-missing']);
  });

  it('counts for proofs of entries and of growth as well', async () => {
    const signed = partner.sign(note);
    expect(codesOf(await verifyEntry(entryProof(log, 2, signed), null, keys, witnesses(partner.key)))).toEqual([]);
    expect(codesOf(await verifyEntry(entryProof(log, 2, note), null, keys, witnesses(partner.key)))).toEqual(['witness-missing']);
    expect(codesOf(await verifyGrowth(growthProof(log, 9, signed), checkpointOf(log.slice(0, 9), [signer]), keys, witnesses(partner.key)))).toEqual([]);
    expect(codesOf(await verifyGrowth(growthProof(log, 9, note), checkpointOf(log.slice(0, 9), [signer]), keys, witnesses(partner.key)))).toEqual(['witness-missing']);
  });
});

describe('a proof of an entry', () => {
  const note = checkpointOf(log, [signer]);

  it('holds for every entry of a log of every size', async () => {
    for (let size = 1; size <= 20; size += 1) {
      const part = log.slice(0, size);
      const checkpoint = checkpointOf(part, [signer]);
      for (let index = 0; index < size; index += 1) expect((await verifyEntry(entryProof(part, index, checkpoint), checkpoint, keys)).findings).toEqual([]);
    }
  });

  it('of another tree, of another entry or at another place is refused', async () => {
    const others = log.with(2, logged(3, entryOf(55)));
    expect(codesOf(await verifyEntry(entryProof(others, 2, checkpointOf(others, [signer])), note, keys))).toEqual(['not-in-log']);
    const proof = entryProof(log, 2, note);
    expect(codesOf(await verifyEntry(proof.replace('"seq":3', '"seq":4'), note, keys))).toEqual(['not-in-log']);
    expect(codesOf(await verifyEntry(proof.replace('"seq":3', '"seq":21'), note, keys))).toEqual(['not-in-log']);
    expect(codesOf(await verifyEntry(proof.replace('permitted', 'denied'), note, keys))).toEqual(['entry-changed']);
    expect(codesOf(await verifyEntry(proof.replace(/"path":\["[^"]+",/, '"path":['), note, keys))).toEqual(['not-in-log']);
    expect(codesOf(await verifyEntry(proof.replace('"path":[', `"path":["${Buffer.alloc(32).toString('base64')}",`), note, keys))).toEqual(['not-in-log']);
    for (const leaf of ['null', '5', '{}']) expect(codesOf(await verifyEntry(proof.replace(/"leaf":\{[^]*\},"path"/, `"leaf":${leaf},"path"`), note, keys))).toEqual(['proof-malformed']);
    expect(codesOf(await verifyEntry(proof.replace(/"salt":"[0-9a-f]+"/, '"salt":null'), note, keys))).toEqual(['half-erased']);
    expect(codesOf(await verifyEntry('{}', note, keys))).toEqual(['proof-malformed']);
  });

  it('holds after its content was erased, and says so', async () => {
    const { findings, notes } = await verifyEntry(entryProof(log.with(2, erased(at(2))), 2, note), null, keys);
    expect([findings, notes[0]]).toEqual([[], 'The content of the entry was erased.']);
  });
});

describe('a proof of growth', () => {
  it('holds from every size to every size', async () => {
    for (let to = 1; to <= 20; to += 1) {
      const checkpoint = checkpointOf(log.slice(0, to), [signer]);
      for (let from = 1; from <= to; from += 1) {
        expect((await verifyGrowth(growthProof(log.slice(0, to), from, checkpoint), checkpointOf(log.slice(0, from), [signer]), keys)).findings).toEqual([]);
      }
    }
  });

  it('of a log that was cut, changed or forked is refused', async () => {
    const note = checkpointOf(log, [signer]);
    const changed = log.with(3, logged(4, entryOf(77)));
    const growth = (of: LoggedEntry[], from: number): string => growthProof(of, from, checkpointOf(of, [signer]));
    expect(codesOf(await verifyGrowth(growth(log.slice(0, 12), 12), note, keys))).toEqual(['replayed']);
    expect(codesOf(await verifyGrowth(growth(changed, 20), note, keys))).toEqual(['fork']);
    for (const from of [5, 8, 13]) expect(codesOf(await verifyGrowth(growth(changed, from), checkpointOf(log.slice(0, from), [signer]), keys))).toEqual(['not-grown']);
    expect(codesOf(await verifyGrowth(growth(log, 7), checkpointOf(log.slice(0, 8), [signer]), keys))).toEqual(['not-grown']);
    expect(codesOf(await verifyGrowth(growth(log, 8), note.replace(origin, 'x.example/audit'), null))).toEqual(['other-log']);
  });
});

it('docs/audit.md names everything the verifier can find, and nothing else', () => {
  const root = join(import.meta.dirname, '..', '..');
  const found = [...readFileSync(join(root, 'docs', 'verify-audit.mjs'), 'utf8').matchAll(/(?:new Finding|find)\('([a-z-]+)'/g)].map(([, code]) => code);
  const told = [...readFileSync(join(root, 'docs', 'audit.md'), 'utf8').matchAll(/^\| `([a-z-]+)` \| /gm)].map(([, code]) => code);
  expect(new Set(told)).toEqual(new Set(found));
  expect(new Set(found).size).toBeGreaterThan(12);
});

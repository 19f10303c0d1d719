import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { verifyGrowth } from '../../docs/verify-audit.mjs';
import { checkpointText, readCheckpoint } from '../../src/audit/checkpoint.ts';
import { sha256 } from '../../src/audit/tree.ts';
import type { WitnessConfig } from '../../src/config-audit.ts';

export interface TestWitness {
  config: WitnessConfig;
  /** sizes it signed, in order */
  seen: number[];
  asked: number;
  /** what it does instead of its duty from now on */
  answers: (how: 'of another key' | 'with an error') => void;
  close: () => Promise<void>;
}

/** A partner's witness as https://c2sp.org/tlog-witness has it: it signs what follows from what it saw, and nothing else. */
export async function startWitness(name: string): Promise<TestWitness> {
  const [own, another] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const publicKey = Buffer.concat([Buffer.of(4), Buffer.from(own.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')]);
  const keyId = Buffer.from(sha256(Buffer.concat([Buffer.from(`${name}\n`), publicKey])).subarray(0, 4));
  const held = new Map<string, string>(); // by the name of the log
  let key = own.privateKey;
  let failing = false;

  const decide = async (body: string): Promise<[status: number, text: string]> => {
    const [, old = '', proof = '', note = ''] = /^old (\d+)\n((?:[^\n]+\n)*)\n([^]*)$/.exec(body) ?? [];
    const checkpoint = readCheckpoint(note);
    if (!checkpoint) return [400, ''];
    const before = held.get(checkpoint.origin);
    const known = before === undefined ? 0 : readCheckpoint(before)?.size ?? 0;
    if (Number(old) > checkpoint.size) return [400, ''];
    if (Number(old) !== known) return [409, `${known}\n`];
    const path = proof.split('\n').filter((line) => line !== '');
    if (before !== undefined && (await verifyGrowth(`{"checkpoint":${JSON.stringify(note)},"path":${JSON.stringify(path)}}`, before)).findings.length > 0) return [422, ''];
    held.set(checkpoint.origin, note);
    witness.seen.push(checkpoint.size);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000)));
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time.readBigUInt64BE()}\n${checkpointText(checkpoint)}`), key);
    return [200, `\u2014 ${name} ${Buffer.concat([keyId, time, signature]).toString('base64')}\n`];
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
      witness.asked += 1;
      void (failing ? Promise.resolve<[number, string]>([500, '<html>']) : decide(Buffer.concat(parts).toString())).then(([status, text]) => response.writeHead(request.url === '/w/add-checkpoint' ? status : 404).end(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const witness: TestWitness = {
    config: { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/w`, key: `${name}+${keyId.toString('hex')}+${publicKey.toString('base64')}` },
    seen: [], asked: 0,
    answers: (how) => {
      if (how === 'with an error') failing = true;
      else key = another.privateKey;
    },
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
  return witness;
}

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFor } from '../../src/demo/random.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { freshPostgres } from '../databases.ts';
import { connectSender } from '../edge/mllp/mllp-sender.ts';
import { message } from '../intake/adt.ts';
import { until } from '../patience.ts';
import { freePort } from '../postgres-setup.ts';
import { newSettings, pause, spawnGateway, tokenOf, type GatewayProcess, type GatewaySettings } from './gateway-process.ts';
import { untilIdle } from './run-with-kills.ts';

/** Every way in besides a plain POST, killed in the middle and started again: MLLP, a file in pieces, dropped files. */

const kills = 2;
const pieceBytes = 2_000;
const numbered = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => message({ id: `${prefix}-${index}`, event: 'A31', pv1: null, pid: { 3: `${prefix}${index}^^^RRK` } }));
/** of the messages over MLLP */
const perStart = 60 / (kills + 1);
const sent = { mllp: numbered('M', perStart * (kills + 1)), upload: numbered('U', 80).join(''), dropped: numbered('D', 30) };

let database: Database;
let settings: GatewaySettings;
let mllpPort: number;
let drop: string;
const acknowledged = new Set<string>();
const lost: string[] = [];
/** how many were acknowledged when each kill struck */
const atKills: number[] = [];

beforeAll(async () => {
  const url = await freshPostgres();
  mllpPort = await freePort();
  drop = mkdtempSync(join(tmpdir(), 'onestory-doors-'));
  mkdirSync(join(drop, 'uhb-adt'));
  settings = { ...(await newSettings(url)), environment: { ONESTORY_MLLP_PORT: String(mllpPort), ONESTORY_MLLP_CLIENTS: 'uhb-adt=loopback', ONESTORY_DROP_DIR: drop } };
  database = await openPostgres(url, 2);
  await workThrough();
});
afterAll(async () => {
  await database.close();
  for (const folder of [drop, settings.dataDir]) rmSync(folder, { recursive: true, force: true });
});

async function workThrough(): Promise<void> {
  const random = randomFor(11, 'doors');
  for (let kill = 0; kill <= kills; kill += 1) {
    const gateway = spawnGateway(settings);
    await gateway.ready();
    putFiles(kill);
    const isLast = kill === kills;
    const sending = Promise.all([sendMessages(perStart * (kill + 1)), sendPieces(gateway, isLast)]);
    if (isLast) {
      await sending;
      await filesTaken();
      await untilIdle(database);
      await gateway.stop('SIGTERM');
    } else {
      await untilAcknowledged(acknowledged.size + random.between(1, perStart - 4), sending);
      await gateway.stop('SIGKILL');
      atKills.push(acknowledged.size);
      await sending.catch(() => undefined);
      lost.push(...(await missing()));
    }
  }
}

/** The kill strikes in the middle of the work, however slow the machine is. */
async function untilAcknowledged(count: number, sending: Promise<unknown>): Promise<void> {
  let isOver = false;
  void sending.finally(() => { isOver = true; }).catch(() => undefined);
  while (!isOver && acknowledged.size < count) await pause(1);
}

/** Acknowledged, and not there now, whatever is sent again later. */
async function missing(): Promise<string[]> {
  const rows = await database.query<{ content: Buffer }>('select content from source_record');
  const there = new Set(rows.map(({ content }) => content.toString()));
  return [...acknowledged].filter((text) => !there.has(text));
}

/** One connection, one message after the other; what got no AA is sent again at the next start. */
async function sendMessages(upTo: number): Promise<void> {
  const sender = await connectSender(mllpPort, null);
  for (const text of sent.mllp.slice(0, upTo)) {
    if (acknowledged.has(text)) continue;
    const answer = await sender.send(text);
    if (answer === null) return;
    if (answer.includes('MSA|AA|')) acknowledged.add(text);
  }
  await sender.end();
}

/** A share of the file, from where the gateway says it stands. */
async function sendPieces(gateway: GatewayProcess, toTheEnd: boolean): Promise<void> {
  const bytes = Buffer.from(sent.upload);
  const headers = { Authorization: `Bearer ${await tokenOf(gateway, settings, 'uhb-adt')}`, 'Tus-Resumable': '1.0.0' };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const begun = await fetch(`${gateway.url}/intake/uhb-adt/uploads`, { method: 'POST', headers: { ...headers, 'Upload-Length': String(bytes.length), 'Upload-Metadata': `sha256 ${Buffer.from(sha256).toString('base64')}` } });
  const path = begun.headers.get('Location') ?? '';
  for (let offset = Number(begun.headers.get('Upload-Offset')), sentNow = 0; offset < bytes.length && (toTheEnd || sentNow < 4); sentNow += 1) {
    const piece = new Uint8Array(bytes.subarray(offset, offset + pieceBytes));
    const answer = await fetch(path, { method: 'PATCH', body: piece, headers: { ...headers, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) } });
    offset = Number(answer.headers.get('Upload-Offset'));
    if (answer.headers.has('Content-Location')) acknowledged.add(sent.upload);
  }
}

/** Some with every start, renamed in as a partner does. */
function putFiles(round: number): void {
  for (const [index, text] of sent.dropped.entries()) {
    if (index % (kills + 1) !== round) continue;
    writeFileSync(join(drop, 'uhb-adt', `${index}.part`), text);
    renameSync(join(drop, 'uhb-adt', `${index}.part`), join(drop, 'uhb-adt', `${index}.hl7`));
  }
}

function filesTaken(): Promise<void> {
  return until(() => !readdirSync(join(drop, 'uhb-adt')).some((name) => name.endsWith('.hl7')), 'the end of the files', 100);
}

describe(`every way in, killed ${kills} times`, () => {
  it('was killed while it worked', () => {
    expect(atKills.map((count, kill) => count > 0 && count < perStart * (kill + 1))).toEqual([true, true]);
  });

  it('lost nothing it had acknowledged', () => {
    expect([lost, acknowledged.size]).toEqual([[], sent.mllp.length + 1]);
  });

  it('keeps each message, file and piece exactly once, byte for byte', async () => {
    const rows = await database.query<{ content: Buffer }>('select content from source_record');
    expect(rows.map(({ content }) => content.toString()).sort()).toEqual([...sent.mllp, ...sent.dropped, sent.upload].sort());
  });

  it('has worked every row off, and moved every file', async () => {
    const states = await database.query<{ state: string; n: number }>('select state, count(*)::int as n from intake_row group by state');
    expect(states).toEqual([{ state: 'stored', n: sent.mllp.length + sent.dropped.length + 80 }]);
    expect(readdirSync(join(drop, 'uhb-adt/done')).sort()).toEqual(sent.dropped.map((_, index) => `${index}.hl7`).sort());
    expect([existsSync(join(drop, 'uhb-adt/refused')), await database.query('select 1 from upload_piece')]).toEqual([false, []]);
  });
});

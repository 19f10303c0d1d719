import { listenMllp, type MllpListener } from '../../../src/edge/mllp/listen-mllp.ts';
import type { MllpClient } from '../../../src/edge/mllp/client-feeds.ts';
import type { MllpLimits } from '../../../src/edge/mllp/serve-connection.ts';
import type { LogEvent, LogFields } from '../../../src/edge/log.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { databases } from '../../databases.ts';
import { message } from '../../intake/adt.ts';
import { makeAuthority, makeCredential } from './certificates.ts';
import { connectSender, framed, type MllpSender } from './mllp-sender.ts';

/** The real gateway behind a real TLS socket: what a sending system is told, and that what it was told is true. */

const authority = makeAuthority('Test authority');
const hospital = makeCredential('tie.uhb.example', authority);
const unbound = makeCredential('tie.other.example', authority);
const stranger = makeCredential('tie.uhb.example', makeAuthority('Test authority'));
const server = makeCredential('localhost', authority);
const clients: MllpClient[] = [{ feed: 'uhb-adt', by: { commonName: 'tie.uhb.example' } }];
const limits: MllpLimits = { messageBytes: 20_000, connections: 5, betweenBytesMs: 400, frameMs: 1_500, idleMs: 20_000 };

describe.each(databases)('MLLP on $kind', ({ kind, open }) => {
  let gateway: Gateway;
  let listener: MllpListener;
  const logged: [LogEvent, LogFields | undefined][] = [];
  const listen = (options: Partial<Parameters<typeof listenMllp>[0]> = {}): Promise<MllpListener> => listenMllp({
    host: '127.0.0.1', port: 0, clients, limits, log: (event, fields) => logged.push([event, fields]), receive: gateway.services.receiveMessage, refuse: gateway.services.refuseFrame,
    tls: { certificate: server.certificate, key: server.key, clientAuthorities: authority.certificate }, ...options,
  });
  const connect = (): Promise<MllpSender> => connectSender(listener.port, { authority, credential: hospital });
  const kept = async (): Promise<{ feed: string; text: string }[]> => (await gateway.database.query<{ feed: string; content: Buffer }>('select feed, content from source_record order by record_id'))
    .map(({ feed, content }) => ({ feed, text: content.toString('latin1') }));

  beforeAll(async () => {
    gateway = await startGateway(await open());
    listener = await listen();
  });
  afterAll(async () => {
    await listener.close(20_000);
    await gateway.close();
  });
  beforeEach(() => logged.splice(0));

  it('answers AA with the sender\'s own control id once the bytes are durable', async () => {
    const sender = await connect();
    const text = message({ id: 'FIRST-1' });
    const answer = await sender.send(text);
    expect(answer).toMatch(/^MSH\|\^~\\&\|\|\|PAS\|RRK\|\d{14}\+0000\|\|ACK\^A01\|[0-9a-f-]{36}\|P\|2\.4\rMSA\|AA\|FIRST-1\r$/);
    expect((await kept()).filter((record) => record.text === text)).toEqual([{ feed: 'uhb-adt', text }]);
    await sender.end();
  });

  it('answers several messages of one connection in order, sent one by one or all at once', async () => {
    const sender = await connect();
    sender.write(Buffer.concat(['A-1', 'A-2', 'A-3'].map((id) => framed(message({ id })))));
    expect([await sender.answer(), await sender.answer(), await sender.answer()].map((text) => /MSA\|(\w+\|[\w-]+)/.exec(text ?? '')?.[1])).toEqual(['AA|A-1', 'AA|A-2', 'AA|A-3']);
    expect(await sender.send(message({ id: 'A-4' }))).toContain('MSA|AA|A-4\r');
    await sender.end();
  });

  it('keeps a message sent twice once, and says AA to both', async () => {
    const [first, second] = [await connect(), await connect()];
    const text = message({ id: 'TWICE' });
    expect([await first.send(text), await second.send(text)].map((answer) => answer?.includes('MSA|AA|TWICE\r'))).toEqual([true, true]);
    expect((await kept()).filter((record) => record.text === text)).toHaveLength(1);
    await Promise.all([first.end(), second.end()]);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['another organisation\'s sender', message({ id: 'W-1', msh: { 3: 'RQ3' } }), /MSA\|AR\|W-1\rERR\|MSH\^1\^4\^204&Unknown key identifier&HL70357\r/],
    ['another version', message({ id: 'W-2', msh: { 11: '2.9' } }), /MSA\|AR\|W-2\rERR\|+MSH\^1\^12\|203\^Unsupported version id\^HL70357\|E\|version-unknown\|/],
    ['a message type this feed does not send', message({ id: 'W-3', event: 'Z99' }), /MSA\|AR\|W-3\rERR\|MSH\^1\^9\^200&Unsupported message type&HL70357\r/],
    ['a date that does not exist', message({ id: 'W-4', pid: { 7: '19380231' } }), /MSA\|AE\|W-4\rERR\|PID\^1\^7\^102&Data type error&HL70357\r/],
    ['nobody it is about', message({ id: 'W-5', pid: { 3: '' } }), /MSA\|AE\|W-5\rERR\|PID\^1\^3\^101&Required field missing&HL70357\r/],
    ['a message cut within its segments', message({ id: 'W-6' }).slice(0, 60), /MSA\|AE\|W-6?/],
    ['text that is not UTF-8', Buffer.from(message({ id: 'W-7', pid: { 5: 'O\u00c9^A' } }), 'latin1'), /MSA\|AE\|W-7\rERR\|\^\^\^102&/],
    ['something that is no message', 'hello', /MSA\|AE\|\rERR\|\^\^\^100&/],
  ])('keeps %s with the reason, and tells the sender the same', async (_, sent, told) => {
    const sender = await connect();
    sender.write(framed(sent));
    expect(await sender.answer()).toMatch(told);
    expect(await sender.send(message({ id: 'AFTER' }))).toContain('MSA|AA|AFTER');
    await gateway.services.worker.idle();
    const [record] = await gateway.database.query<{ state: string; rows: string[] | null }>(
      `select s.state, (select array_agg(r.state) from intake_row r where r.record_id = s.record_id) as rows from source_record s where s.content = $1`, [Buffer.from(sent)]);
    expect([record?.state === 'rejected', record?.rows?.every((state) => state === 'quarantined')]).toContain(true);
    expect(logged.map(([event]) => event)).toContain('mllp-message-refused');
    await sender.end();
  });

  it('says AA to a message that waits for merging, because it is safe', async () => {
    const sender = await connect();
    expect(await sender.send(message({ event: 'A40', id: 'MERGE', pv1: null, more: ['MRG|H999^^^RRK'] }))).toContain('MSA|AA|MERGE\r');
    await sender.end();
  });

  it.each<[string, string, RegExp]>([
    ['a frame with two messages', '\u000bTWO\u001c\r'.replace('TWO', message({ id: 'T-1' }) + message({ id: 'T-2' })), /MSA\|AR\|T-1\rERR\|\^\^\^100&/],
    ['an empty frame', '\u000b\u001c\r', /MSA\|AE\|\rERR/],
    ['a frame that another one cuts off', `\u000b${message({ id: 'CUT' }).slice(0, 90)}\u000b${message({ id: 'NEXT' })}\u001c\r`, /MSA\|AR\|CUT\rERR\|\^\^\^100&/],
  ])('refuses %s, keeps nothing of it and takes the next message', async (_, bytes, told) => {
    const sender = await connect();
    const before = (await kept()).length;
    sender.write(bytes);
    expect(await sender.answer()).toMatch(told);
    if (bytes.includes('NEXT')) expect(await sender.answer()).toContain('MSA|AA|NEXT');
    else expect(await sender.send(message({ id: `NEXT-${before}` }))).toContain('MSA|AA|NEXT-');
    expect((await kept()).length).toBe(before + 1);
    await sender.end();
  });

  it('refuses a frame that is too large and ends the connection', async () => {
    const sender = await connect();
    sender.write(`\u000b${message({ id: 'LARGE' })}${'x'.repeat(50_000)}`);
    expect(await sender.answer()).toContain('MSA|AR|LARGE\r');
    expect(await sender.answer()).toBeNull();
    expect((await kept()).filter(({ text }) => text.includes('LARGE'))).toEqual([]);
  });

  it.each<[string, (sender: MllpSender) => void, string]>([
    ['stops in the middle of a frame', (sender) => sender.write(`\u000b${message({ id: 'HALF' }).slice(0, 80)}`), 'mllp-too-slow'],
    ['drips a frame byte by byte', (sender) => {
      const timer = setInterval(() => sender.write('M'), 100);
      sender.socket.once('close', () => clearInterval(timer));
      sender.write('\u000b');
    }, 'mllp-too-slow'],
    ['sends no MLLP', (sender) => sender.write('x'.repeat(3000)), 'mllp-garbage'],
    ['goes away in the middle of a frame', (sender) => {
      sender.write(`\u000b${message({ id: 'GONE' }).slice(0, 80)}`);
      sender.socket.end();
    }, 'frame-cut'],
  ])('ends the connection of a sender that %s, keeps nothing and takes others', async (_, act, code) => {
    const before = (await kept()).length;
    const sender = await connect();
    act(sender);
    expect(await sender.answer()).toBeNull();
    expect(logged).toContainEqual(['mllp-dropped', { feed: 'uhb-adt', code }]);
    const other = await connect();
    expect(await other.send(message({ id: `O-${code}-${before}` }))).toContain('MSA|AA|');
    expect((await kept()).length).toBe(before + 1);
    await other.end();
  });

  if (kind === 'pglite') {
    it.each([['none', undefined], ['one of an authority nobody named', stranger]])('takes nothing from a sender whose certificate is %s', async (_, credential) => {
      const sender = await connectSender(listener.port, { authority, ...(credential && { credential }) });
      expect(await sender.send(message({ id: 'NOBODY' }))).toBeNull();
      expect((await kept()).filter(({ text }) => text.includes('NOBODY'))).toEqual([]);
    });

    it('takes nothing from a sender whose certificate is no feed\'s', async () => {
      const sender = await connectSender(listener.port, { authority, credential: unbound });
      expect(await sender.send(message({ id: 'UNBOUND' }))).toBeNull();
      expect(logged).toContainEqual(['mllp-refused', { code: 'mllp-certificate-unknown' }]);
      expect((await kept()).filter(({ text }) => text.includes('UNBOUND'))).toEqual([]);
    });

    it('knows a sender by the fingerprint of its certificate, and one without TLS where only this machine can be', async () => {
      const byFingerprint = await listen({ clients: [{ feed: 'uhb-adt', by: { fingerprint: unbound.fingerprint } }] });
      const sender = await connectSender(byFingerprint.port, { authority, credential: unbound });
      expect(await sender.send(message({ id: 'PRINT' }))).toContain('MSA|AA|PRINT');
      await sender.end();
      await byFingerprint.close(20_000);
      const plain = await listen({ tls: null, clients: [{ feed: 'uhb-adt', by: 'loopback' }] });
      const local = await connectSender(plain.port, null);
      expect(await local.send(message({ id: 'PLAIN' }))).toContain('MSA|AA|PLAIN');
      await local.end();
      await plain.close(20_000);
    });

    it('refuses a sender that speaks no TLS', async () => {
      const sender = await connectSender(listener.port, null);
      expect(await sender.send(message({ id: 'CLEAR' }))).toBeNull();
      expect(logged).toContainEqual(['mllp-refused', { code: 'mllp-handshake-failed' }]);
    });

    it('takes no more connections than it may', async () => {
      const senders = await Promise.all(Array.from({ length: limits.connections }, connect));
      const tooMany = await connectSender(listener.port, { authority, credential: hospital });
      expect(await tooMany.answer()).toBeNull();
      expect(logged.map(([, fields]) => fields?.code)).toContain('mllp-connections-too-many');
      await Promise.all(senders.map((sender) => sender.end()));
    });

    it('answers what it has begun when it stops, and takes nothing more', async () => {
      const [begun, mayAnswer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const stopping = await listen({
        receive: async (...args) => {
          begun.resolve();
          await mayAnswer.promise;
          return gateway.services.receiveMessage(...args);
        },
      });
      const sender = await connectSender(stopping.port, { authority, credential: hospital });
      sender.write(Buffer.concat([framed(message({ id: 'LAST' })), framed(message({ id: 'NEVER' }))]));
      await begun.promise;
      const closed = stopping.close(20_000);
      mayAnswer.resolve();
      expect([await sender.answer(), await sender.answer()]).toEqual([expect.stringContaining('MSA|AA|LAST'), null]);
      await closed;
      expect((await kept()).filter(({ text }) => text.includes('NEVER'))).toEqual([]);
    });

    it('answers AR, never AA, while the database cannot keep the bytes', async () => {
      const broken = await startGateway(await open());
      const away = await listen({ receive: broken.services.receiveMessage });
      await broken.close();
      const sender = await connectSender(away.port, { authority, credential: hospital });
      expect(await sender.send(message({ id: 'OUTAGE' }))).toMatch(/MSA\|AR\|OUTAGE\rERR\|\^\^\^207&Application internal error&HL70357\r$/);
      expect(logged.map(([event]) => event)).toContain('mllp-failed');
      await sender.end();
      await away.close(20_000);
    });
  }
});

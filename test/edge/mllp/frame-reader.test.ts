import fc from 'fast-check';
import { FrameReader, type FrameEvent } from '../../../src/edge/mllp/frame-reader.ts';
import { framed } from './mllp-sender.ts';

const read = (chunks: readonly Buffer[], maxBytes = 1000): FrameEvent[] => {
  const reader = new FrameReader(maxBytes);
  return chunks.flatMap((chunk) => [...reader.push(chunk)]);
};
const told = (events: readonly FrameEvent[]): string[] => events.map((event) => ('bytes' in event ? `${event.kind}:${event.bytes.toString('latin1')}` : event.kind));

describe('MLLP frames', () => {
  it('come out whole however the bytes are cut', () => {
    const content = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0b && byte !== 0x1c)));
    fc.assert(fc.property(fc.array(content, { maxLength: 5 }), fc.array(fc.nat(300)), (messages, cuts) => {
      const stream = Buffer.concat(messages.map((message) => framed(message)));
      const places = [0, ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length];
      const chunks = places.slice(1).map((end, index) => stream.subarray(places[index], end));
      expect(told(read(chunks))).toEqual(messages.map((message) => `message:${message.toString('latin1')}`));
    }));
  });

  it.each<[string, string, string[]]>([
    ['line ends and a little garbage before a frame are passed over', '\r\n??\u000ba\u001c\r', ['message:a']],
    ['the CR after FS may be missing', '\u000ba\u001c\u000bb\u001c\r', ['message:a', 'message:b']],
    ['a frame that begins within another one cuts it off, and is whole itself', '\u000bcut \u000bwhole\u001c\r', ['cut:cut ', 'message:whole']],
    ['a frame without an end is nothing yet', '\u000babc', []],
    ['two in one piece are two', '\u000ba\u001c\r\u000bb\u001c\r', ['message:a', 'message:b']],
    ['an empty frame is a message without bytes', '\u000b\u001c\r', ['message:']],
  ])('%s', (_, stream, events) => {
    expect(told(read([Buffer.from(stream)]))).toEqual(events);
    expect(told(read([...Buffer.from(stream)].map((byte) => Buffer.from([byte]))))).toEqual(events);
  });

  it('holds no more than a frame may have, however much comes without an end', () => {
    const reader = new FrameReader(100);
    const events = [...reader.push(Buffer.from('\u000b')), ...Array.from({ length: 50 }).flatMap(() => [...reader.push(Buffer.alloc(50, 'a'))])];
    expect(events[0]).toMatchObject({ kind: 'too-large', bytes: Buffer.alloc(100, 'a') });
    expect(events.filter(({ kind }) => kind === 'message')).toEqual([]);
  });

  it('says so when what comes is no MLLP', () => {
    expect(told(read([Buffer.from(`GET / HTTP/1.1\r\n${'x'.repeat(2000)}`)]))).toEqual(['garbage']);
  });
});

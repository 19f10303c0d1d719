import { connect, type Socket } from 'node:net';

/** A request as it goes over the wire. */
export type WireRequest = Buffer;

export interface Sent {
  requests: number;
  bytes: number;
  seconds: number;
}

export function wireRequest(method: string, url: URL, headers: Readonly<Record<string, string>>, body = ''): WireRequest {
  const lines = Object.entries({ Host: url.host, ...headers, ...(method !== 'GET' && { 'Content-Length': String(Buffer.byteLength(body)) }) });
  return Buffer.from(`${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
}

/**
 * Sends requests over keep-alive connections, each waiting for its answer before the next (no pipelining), until the
 * iterator ends or the time is up. Written on bare sockets because whatever the sender spends is missing to the server
 * it shares the machine with. Any answer but 2xx fails the run: an error is answered faster than a record.
 */
export async function sendRequests(
  url: URL, requests: Iterator<WireRequest>, { connections, seconds = Number.POSITIVE_INFINITY, times }: { connections: number; seconds?: number; /** takes how long each was waited for, in ms */ times?: number[] },
): Promise<Sent> {
  const started = performance.now();
  const end = started + seconds * 1_000;
  const next = (): WireRequest | null => {
    if (performance.now() >= end) return null;
    const { value, done } = requests.next();
    return done ? null : value;
  };
  const counts = await Promise.all(Array.from({ length: connections }, () => drive(url, next, times)));
  return {
    requests: counts.reduce((sum, count) => sum + count.requests, 0), bytes: counts.reduce((sum, count) => sum + count.bytes, 0),
    seconds: (performance.now() - started) / 1_000,
  };
}

/** One connection, until there is no next request. */
function drive(url: URL, next: () => WireRequest | null, times?: number[]): Promise<{ requests: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(url.port), url.hostname);
    let requests = 0;
    let bytes = 0;
    let sentAt = 0;
    const send = (): void => {
      const request = next();
      sentAt = performance.now();
      if (request) socket.write(request);
      else socket.end(() => resolve({ requests, bytes }));
    };
    const reader = createAnswerReader((status, length) => {
      if (status < 200 || status > 299) return void socket.destroy(new Error(`a request was answered with ${status}`));
      requests += 1;
      bytes += length;
      times?.push(performance.now() - sentAt);
      send();
    });
    socket.setNoDelay(true);
    socket.on('connect', send);
    socket.on('data', reader);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed a connection')));
  });
}

/** Finds where each answer ends; every server measured states the length. */
function createAnswerReader(onAnswer: (status: number, length: number) => void): (chunk: Buffer) => void {
  let head: Buffer = Buffer.alloc(0);
  let status = 0;
  let length = 0;
  let missing = -1;
  return (chunk) => {
    let body = chunk;
    if (missing < 0) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const text = head.toString('latin1', 0, end);
      const stated = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
      if (stated === undefined) throw new Error('an answer did not state its length');
      status = Number(text.slice(9, 12));
      length = Number(stated);
      missing = length;
      body = head.subarray(end + 4);
      head = Buffer.alloc(0);
    }
    missing -= body.length;
    if (missing > 0) return;
    missing = -1;
    onAnswer(status, length);
  };
}

/** The same requests over and over. */
export function* inTurn<T>(items: readonly T[]): Generator<T, never> {
  for (let i = 0; ; i = (i + 1) % items.length) {
    const item = items[i];
    if (item === undefined) throw new Error('nothing to send');
    yield item;
  }
}

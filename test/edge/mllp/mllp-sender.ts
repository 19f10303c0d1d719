import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Authority, Credential } from './certificates.ts';

/** A sending system at the other end of a real socket: writes what it is told, and takes answers apart by itself. */
export interface MllpSender {
  socket: Socket;
  /** bytes as they are */
  write: (bytes: string | Buffer) => void;
  /** the next acknowledgement, or null when the gateway ends the connection instead */
  answer: () => Promise<string | null>;
  /** in a frame */
  send: (message: string) => Promise<string | null>;
  end: () => Promise<void>;
}

export const framed = (message: string | Buffer): Buffer => Buffer.concat([Buffer.from([0x0b]), Buffer.from(message), Buffer.from([0x1c, 0x0d])]);

export async function connectSender(port: number, tls: { authority: Authority; credential?: Credential } | null): Promise<MllpSender> {
  const socket = tls === null
    ? connectPlain(port, '127.0.0.1')
    : connectTls({ port, host: '127.0.0.1', ca: tls.authority.certificate, ...(tls.credential && { cert: tls.credential.certificate, key: tls.credential.key }) });
  const answers: string[] = [];
  let ended = false;
  let told: () => void = () => undefined;
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf('\u001c\r'); end >= 0; end = rest.indexOf('\u001c\r')) {
      if (rest[0] !== 0x0b) throw new Error('an answer without a frame');
      answers.push(rest.subarray(1, end).toString('utf8'));
      rest = rest.subarray(end + 2);
    }
    told();
  });
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => {
      ended = true;
      told();
      resolve();
    });
  });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    socket.once(tls === null ? 'connect' : 'secureConnect', () => resolve());
    socket.once('close', () => resolve());
  });
  const sender: MllpSender = {
    socket,
    write: (bytes) => void socket.write(bytes),
    answer: async () => {
      for (;;) {
        const next = answers.shift();
        if (next !== undefined) return next;
        if (ended) return null;
        await new Promise<void>((resolve) => { told = resolve; });
      }
    },
    send: (message) => {
      sender.write(framed(message));
      return sender.answer();
    },
    end: async () => {
      socket.end();
      await gone;
    },
  };
  return sender;
}

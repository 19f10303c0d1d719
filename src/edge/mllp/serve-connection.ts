import type { Socket } from 'node:net';
import type { AnsweredMessage } from '../../flow/intake/receive-message.ts';
import { FrameReader, type FrameEvent } from './frame-reader.ts';

const frame = { start: Buffer.from([0x0b]), end: Buffer.from([0x1c, 0x0d]) };

export interface MllpLimits {
  /** most bytes of one message */
  messageBytes: number;
  connections: number;
  /** longest pause within a frame */
  betweenBytesMs: number;
  /** longest time for a whole frame */
  frameMs: number;
  /** longest pause between frames */
  idleMs: number;
}

export interface ConnectionServices {
  limits: MllpLimits;
  receive: (bytes: Buffer) => Promise<AnsweredMessage>;
  refuse: (reason: 'frame-cut' | 'frame-too-large', beginning: Buffer) => AnsweredMessage;
  /** after the answer was written, or could not be; false: the connection ends here */
  answered: (answer: AnsweredMessage) => boolean;
  /** the connection was ended because of what came, or did not come */
  dropped: (code: 'mllp-garbage' | 'mllp-too-slow' | 'frame-too-large' | 'frame-cut') => void;
}

/**
 * Answers the messages of one connection in order, until the sender ends it. The next bytes are read once the message before
 * is answered, so a sender can never be further ahead than what its socket holds. Ends the connection when a frame is too large or
 * takes too long, and when what comes is no MLLP.
 */
export async function serveConnection(socket: Socket, services: ConnectionServices): Promise<void> {
  const reader = new FrameReader(services.limits.messageBytes);
  const clock = watchTime(socket, reader, services);
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      clock.pause();
      for (const event of reader.push(chunk)) if (!(await answer(socket, event, services))) return;
      clock.wait();
    }
    if (reader.inside) services.dropped('frame-cut');
  } catch {
    if (reader.inside) services.dropped('frame-cut'); // the sender has gone: it was told nothing of this message
  } finally {
    clock.pause();
    socket.destroySoon();
  }
}

/** False: nothing more is read from this connection. */
async function answer(socket: Socket, event: FrameEvent, services: ConnectionServices): Promise<boolean> {
  if (event.kind === 'garbage') {
    services.dropped('mllp-garbage');
    return false;
  }
  const answered = event.kind === 'message' ? await services.receive(event.bytes) : services.refuse(event.kind === 'cut' ? 'frame-cut' : 'frame-too-large', event.bytes);
  let goesOn = false;
  try {
    await write(socket, Buffer.concat([frame.start, answered.acknowledgement, frame.end]));
  } finally {
    goesOn = services.answered(answered);
  }
  if (event.kind === 'too-large') services.dropped('frame-too-large');
  return goesOn && event.kind !== 'too-large';
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Ends the connection when the sender keeps it waiting: within a frame, for a whole frame, or between frames. The gateway's own time does not count. */
function watchTime(socket: Socket, reader: FrameReader, { limits, dropped }: ConnectionServices): { pause: () => void; wait: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let began: number | null = null;
  const pause = (): void => clearTimeout(timer);
  const wait = (): void => {
    began = reader.inside ? (began ?? Date.now()) : null;
    const left = began === null ? limits.idleMs : Math.min(limits.betweenBytesMs, began + limits.frameMs - Date.now());
    timer = setTimeout(() => {
      if (reader.inside) dropped('mllp-too-slow');
      socket.destroy();
    }, Math.max(left, 0));
  };
  wait();
  return { pause, wait };
}

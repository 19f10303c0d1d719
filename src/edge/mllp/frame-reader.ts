const startOfBlock = 0x0b;
const endOfBlock = 0x1c;
/** Bytes that belong to no frame, beyond the line ends senders put between frames. */
const mostGarbage = 1024;

export type FrameEvent =
  /** one whole message */
  | { kind: 'message'; bytes: Buffer }
  /** a new frame began before this one ended: what there is of it */
  | { kind: 'cut'; bytes: Buffer }
  /** more than a frame may hold: its beginning */
  | { kind: 'too-large'; bytes: Buffer }
  /** what arrives is not MLLP */
  | { kind: 'garbage' };

/**
 * Takes MLLP frames out of a stream of bytes, however it is cut: `<VT>` message `<FS><CR>`. A message is whole at its FS;
 * line ends between frames are passed over, and so is a little of anything else. Holds at most one frame in memory.
 * Source: HL7 Minimal Lower Layer Protocol, release 1.
 */
export class FrameReader {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;
  #garbage = 0;
  #inside = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** a frame has begun and not ended */
  get inside(): boolean {
    return this.#inside;
  }

  *push(chunk: Buffer): Generator<FrameEvent> {
    let rest = chunk;
    while (rest.byteLength > 0) {
      const step = this.#inside ? this.#readInside(rest) : this.#readOutside(rest);
      rest = rest.subarray(step.read);
      if (step.event) yield step.event;
    }
  }

  #readOutside(bytes: Buffer): { read: number; event?: FrameEvent } {
    const start = bytes.indexOf(startOfBlock);
    const passed = start < 0 ? bytes : bytes.subarray(0, start);
    for (const byte of passed) if (byte !== 0x0d && byte !== 0x0a) this.#garbage += 1;
    if (this.#garbage > mostGarbage) return { read: bytes.byteLength, event: { kind: 'garbage' } };
    if (start < 0) return { read: bytes.byteLength };
    this.#inside = true;
    return { read: start + 1 };
  }

  #readInside(bytes: Buffer): { read: number; event?: FrameEvent } {
    const marks = [bytes.indexOf(endOfBlock), bytes.indexOf(startOfBlock)].filter((at) => at >= 0);
    const end = marks.length === 0 ? bytes.byteLength : Math.min(...marks);
    this.#parts.push(Buffer.from(bytes.subarray(0, end)));
    this.#size += end;
    if (this.#size > this.#maxBytes) return { read: bytes.byteLength, event: { kind: 'too-large', bytes: this.#take() } };
    if (marks.length === 0) return { read: end };
    const isCut = bytes[end] === startOfBlock;
    const event: FrameEvent = { kind: isCut ? 'cut' : 'message', bytes: this.#take() };
    this.#inside = isCut;
    return { read: end + 1, event };
  }

  #take(): Buffer {
    const whole = Buffer.concat(this.#parts).subarray(0, this.#maxBytes);
    this.#parts = [];
    this.#size = 0;
    this.#garbage = 0;
    this.#inside = false;
    return whole;
  }
}

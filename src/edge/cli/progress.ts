import { Presets, SingleBar } from 'cli-progress';

const lineEveryMs = 10_000;

/** How far bytes have come: a bar with rate and time left at a terminal, otherwise one line every ten seconds. On standard error, so that results stay clean. */
export interface Progress {
  show: (done: number) => void;
  stop: () => void;
}

export function showProgress(total: number, clock: () => Date): Progress {
  const began = clock().getTime();
  const rateOf = (done: number): number => done / Math.max((clock().getTime() - began) / 1000, 0.001);
  if (!process.stderr.isTTY) {
    let last = began;
    return {
      show: (done) => {
        const now = clock().getTime();
        if (now - last < lineEveryMs) return;
        last = now;
        process.stderr.write(`${inMegabytes(done)} of ${inMegabytes(total)} MB, ${inMegabytes(rateOf(done))} MB/s, ${timeLeft((total - done) / rateOf(done))} left\n`);
      },
      stop: () => undefined,
    };
  }
  const bar = new SingleBar({ clearOnComplete: true, stream: process.stderr, format: '{bar} {percentage} %  {rate} MB/s  {eta_formatted} left', formatTime: timeLeft }, Presets.shades_classic);
  bar.start(total, 0, { rate: '0.0' });
  return { show: (done) => bar.update(done, { rate: inMegabytes(rateOf(done)) }), stop: () => bar.stop() };
}

/** Seconds, as minutes or hours where they are many; `? s` while nobody can know: the bar says `INF` or `NULL` then. */
export function timeLeft(seconds: number | string): string {
  if (typeof seconds === 'string' || !Number.isFinite(seconds)) return '? s';
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6_000 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

function inMegabytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}

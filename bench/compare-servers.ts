import { inTurn, sendRequests, type WireRequest } from './send-requests.ts';
import type { Say, Settings } from './settings.ts';

/** One side of a comparison: where to send, and what. */
export interface Side {
  name: string;
  url: URL;
  requests: readonly WireRequest[];
}

/** Requests per second of each side, in the order given: all warmed up, then measured in turns, then the median of each. */
export async function compareServers(sides: readonly Side[], settings: Settings, say: Say): Promise<number[]> {
  const rates = sides.map((): number[] => []);
  const streams = sides.map(({ requests }) => inTurn(requests));
  for (let round = 0; round <= settings.rounds; round += 1) {
    for (const [i, side] of sides.entries()) {
      const stream = streams[i];
      if (!stream) continue;
      const seconds = round === 0 ? settings.warmUpSeconds : settings.seconds;
      const sent = await sendRequests(side.url, stream, { connections: settings.connections, seconds });
      say(`${side.name} ${round === 0 ? 'warm-up' : `round ${round}`}: ${Math.round(sent.requests / sent.seconds)}/s, ${Math.round(sent.bytes / Math.max(1, sent.requests))} bytes each`);
      if (round > 0) rates[i]?.push(sent.requests / sent.seconds);
    }
  }
  return rates.map(median);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}

import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AuditedRefusal, Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';

/** Most of each in a minute; 0: no limit. Counted by each process for itself. */
export interface RateSettings {
  /** requests of one client, and of one person signed in to it */
  clientPerMinute: number;
  /** from one address: what named nobody the gateway knows; and, by itself, requests for tokens that failed and sign-ins begun */
  addressPerMinute: number;
}

/**
 * How much one caller may ask. Over the limit is a Refusal with `retryAfter`; the first one of a minute is written to the
 * audit trail like every refusal, those after it are told to be written already, or a flood of requests would be a flood of
 * entries.
 */
export interface RateLimits {
  /** Refuses an address that failed too often. */
  admit(address: string): Promise<void>;
  /** The address named nobody the gateway knows, or began what may fail. */
  countAddress(address: string): Promise<void>;
  /** What it began did not fail. */
  forgive(address: string): Promise<void>;
  /** One more request of whom the token names. */
  countRequest(requester: Requester): Promise<void>;
}

const windowSeconds = 60;

export function createRateLimits({ clientPerMinute, addressPerMinute }: RateSettings): RateLimits {
  const clients = new RateLimiterMemory({ points: clientPerMinute, duration: windowSeconds });
  const addresses = new RateLimiterMemory({ points: addressPerMinute, duration: windowSeconds });
  return {
    admit: async (address) => {
      const known = addressPerMinute > 0 ? await addresses.get(networkOf(address)) : null;
      if (known === null || known.consumedPoints < addressPerMinute) return;
      await addresses.penalty(networkOf(address));
      throw refusal(known, known.consumedPoints === addressPerMinute, 'too-many-from-address');
    },
    countAddress: async (address) => {
      if (addressPerMinute > 0) await addresses.penalty(networkOf(address));
    },
    forgive: async (address) => {
      if (addressPerMinute > 0) await addresses.reward(networkOf(address));
    },
    countRequest: async ({ client, person }) => {
      if (clientPerMinute === 0) return;
      const over = await clients.consume(JSON.stringify([client, person?.id])).then(() => null, (result: unknown) => result);
      if (over instanceof RateLimiterRes) throw refusal(over, over.consumedPoints === clientPerMinute + 1, 'too-many-requests');
    },
  };
}

/** An address of IPv6 is one of countless its owner has: the network counts. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address.replace(/^::ffff:/, '');
  const [before = '', after] = address.split('::');
  const groups = before === '' ? [] : before.split(':');
  const missing = after === undefined ? 0 : 8 - groups.length - (after === '' ? 0 : after.split(':').length);
  return [...groups, ...Array<string>(missing).fill('0'), ...(after ?? '').split(':')].slice(0, 4).join(':');
}

function refusal({ msBeforeNext }: RateLimiterRes, first: boolean, code: keyof typeof problems): Refusal {
  const problem = { ...problems[code], retryAfter: Math.max(1, Math.ceil(msBeforeNext / 1000)) };
  return first ? new Refusal(problem) : new AuditedRefusal(problem);
}

const problems = {
  'too-many-requests': { category: 'throttled', code: 'too-many-requests', text: 'This client asks more often than it may.', fix: 'Wait as long as Retry-After says, and ask for more at once: larger pages, batches.' },
  'too-many-from-address': { category: 'throttled', code: 'too-many-from-address', text: 'Too many requests from this address named nobody the gateway knows.', fix: 'Wait as long as Retry-After says. Keep a token until it ends, and do not go on with one that was refused.' },
} as const satisfies Record<string, Problem>;

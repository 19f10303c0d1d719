import { createServer, type RequestListener, type Server } from 'node:http';
import { answerClientErrors } from './answer-client-errors.ts';

const checkedEveryMs = 5_000;

/**
 * The HTTP server with its limits: headers within ten seconds and 16 KiB, a whole request within `requestTimeoutMs`, looked at every
 * `checkedEveryMs`. Whoever sends it drop by drop is answered 408 and cut off.
 */
export function openServer(listener: RequestListener, limits: { requestTimeoutMs: number; checkedEveryMs?: number }): Server {
  const { requestTimeoutMs } = limits;
  const server = createServer({
    requestTimeout: requestTimeoutMs, headersTimeout: Math.min(10_000, requestTimeoutMs), connectionsCheckingInterval: limits.checkedEveryMs ?? checkedEveryMs,
    keepAliveTimeout: 65_000, maxHeaderSize: 16_384,
  }, listener);
  server.maxConnections = 10_000;
  answerClientErrors(server);
  return server;
}

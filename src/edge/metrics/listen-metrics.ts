import { hash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Refusal } from '../../fhir/problem.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsListener {
  port: number;
  close: () => Promise<void>;
}

/**
 * `GET /metrics` on a port of its own and nothing else there, for whoever shows the token. Without a token it listens on
 * loopback only (see config-metrics.ts). Every other address, and every other token, is answered with a status and no word.
 */
export async function listenMetrics(metrics: Metrics, { host, port, token }: { host: string; port: number; token: string | null }): Promise<MetricsListener> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8_192 }, (request, response) => {
    void answer(metrics, token, request, response).catch(() => { response.writeHead(500).end(); });
  });
  server.maxConnections = 20;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE'
      ? new Refusal({ category: 'conflict', code: 'port-in-use', text: `Port ${port} is in use on ${host}.`, fix: 'Stop what listens there, or set ONESTORY_METRICS_PORT to another number.' }) : error));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => new Promise((resolve) => {
      server.close(() => { resolve(); });
      server.closeAllConnections();
    }),
  };
}

async function answer(metrics: Metrics, token: string | null, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (token !== null && !shows(request.headers.authorization, token)) return void response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
  if (request.url !== '/metrics') return void response.writeHead(404).end();
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405, { Allow: 'GET, HEAD' }).end();
  const text = await metrics.text();
  response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).end(request.method === 'HEAD' ? undefined : text);
}

/** Compared as hashes: how long it takes tells neither the token nor its length. */
function shows(header: string | undefined, token: string): boolean {
  return timingSafeEqual(hash('sha256', header ?? '', 'buffer'), hash('sha256', `Bearer ${token}`, 'buffer'));
}

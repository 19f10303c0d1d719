import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { Refusal } from '../../fhir/problem.ts';
import type { AnsweredMessage } from '../../flow/intake/receive-message.ts';
import type { Log } from '../log.ts';
import { feedOfCertificate, feedOfLoopback, type MllpClient } from './client-feeds.ts';
import { serveConnection, type MllpLimits } from './serve-connection.ts';

const handshakeTimeoutMs = 10_000;
/** what is under way when the gateway stops may be finished for this long */

export interface MllpOptions {
  host: string;
  port: number;
  /** PEM texts; null: no TLS, which only loopback may do without */
  tls: { certificate: string; key: string; clientAuthorities: string } | null;
  clients: readonly MllpClient[];
  limits: MllpLimits;
  /** takes a message of a feed in, and says how it is acknowledged */
  receive: (feed: string, message: { bytes: Buffer; credential: string; address: string }) => Promise<AnsweredMessage>;
  refuse: (reason: 'frame-cut' | 'frame-too-large', beginning: Buffer) => AnsweredMessage;
  log: Log;
}

export interface MllpListener {
  port: number;
  /** takes no more connections, finishes the message each has begun to answer, cuts what is not done after `drainMs`, and ends */
  close: (drainMs: number) => Promise<void>;
}

/** Listens for HL7 v2 messages by MLLP. With TLS a sender shows a certificate of the named authorities, and the certificate fixes the feed. */
export async function listenMllp(options: MllpOptions): Promise<MllpListener> {
  const open = new Set<{ socket: Socket; done: Promise<void>; stop: () => void }>();
  const server = createServer(options, (socket) => {
    const client = socket instanceof TLSSocket ? feedOfCertificate(options.clients, socket) : feedOfLoopback(options.clients);
    if (!client) {
      options.log('mllp-refused', { code: 'mllp-certificate-unknown' });
      return void socket.destroy();
    }
    const connection = serve(options, socket, client);
    open.add(connection);
    void connection.done.then(() => open.delete(connection));
  });
  server.maxConnections = options.limits.connections;
  server.on('drop', () => options.log('mllp-refused', { code: 'mllp-connections-too-many' }));
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: async (drainMs) => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of open) connection.stop();
      const forced = setTimeout(() => { for (const { socket } of open) socket.destroy(); }, drainMs);
      await Promise.all([...open].map(({ done }) => done));
      await closed;
      clearTimeout(forced);
    },
  };
}

function createServer({ tls, log }: MllpOptions, serveSocket: (socket: Socket) => void): Server {
  if (!tls) return createPlainServer(serveSocket);
  const server = createTlsServer({
    cert: tls.certificate, key: tls.key, ca: tls.clientAuthorities, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2', handshakeTimeout: handshakeTimeoutMs,
  }, serveSocket);
  server.on('tlsClientError', (_error, socket) => {
    log('mllp-refused', { code: 'mllp-handshake-failed' });
    socket.destroy();
  });
  return server;
}

function serve(options: MllpOptions, socket: Socket, { feed, credential }: { feed: string; credential: string }): { socket: Socket; done: Promise<void>; stop: () => void } {
  const { log } = options;
  let busy = false;
  let stopping = false;
  const address = socket.remoteAddress ?? '';
  socket.on('error', () => undefined);
  const done = serveConnection(socket, {
    limits: options.limits,
    receive: async (bytes) => {
      busy = true;
      return options.receive(feed, { bytes, credential, address });
    },
    refuse: options.refuse,
    answered: ({ code, problems: [problem], error }) => {
      if (error !== undefined) log('mllp-failed', { feed, error });
      if (code !== 'AA') log('mllp-message-refused', { feed, ...(problem && { code: problem.code }) });
      busy = false;
      return !stopping;
    },
    dropped: (code) => log('mllp-dropped', { feed, code }),
  });
  return {
    socket, done,
    stop: () => {
      stopping = true;
      if (!busy) socket.destroy();
    },
  };
}

function listen(server: Server, { host, port }: MllpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE'
      ? new Refusal({ category: 'conflict', code: 'port-in-use', text: `Port ${port} is in use on ${host}.`, fix: 'Stop what listens there, or set ONESTORY_MLLP_PORT to another number.' })
      : error));
    server.listen(port, host, resolve);
  });
}

import type { TLSSocket } from 'node:tls';

/** Who may connect, and as which feed. */
export interface MllpClient {
  feed: string;
  /** SHA-256 of the certificate in hexadecimal digits, its subject's common name, or `loopback` where there is no TLS */
  by: { fingerprint: string } | { commonName: string } | 'loopback';
}

/** The feed of a connection's certificate, and how the audit trail names the certificate; null: no feed is bound to it. */
export function feedOfCertificate(clients: readonly MllpClient[], socket: TLSSocket): { feed: string; credential: string } | null {
  const certificate = socket.getPeerCertificate();
  if (!socket.authorized || typeof certificate.fingerprint256 !== 'string') return null;
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const names = [certificate.subject.CN].flat();
  const client = clients.find(({ by }) => by !== 'loopback' && ('fingerprint' in by ? by.fingerprint === fingerprint : names.length === 1 && names[0] === by.commonName));
  return client ? { feed: client.feed, credential: `certificate:${fingerprint}` } : null;
}

/** The feed of a connection without TLS, which only this machine can make. */
export function feedOfLoopback(clients: readonly MllpClient[]): { feed: string; credential: string } | null {
  const client = clients.find(({ by }) => by === 'loopback');
  return client ? { feed: client.feed, credential: 'loopback' } : null;
}

import { resolve } from 'node:path';
import { isLoopback, type Settings } from './config-settings.ts';

/** How HL7 v2 messages come by MLLP. */
export interface MllpConfig {
  readonly host: string;
  readonly port: number;
  /** absolute paths of PEM files; null: no TLS, on loopback only */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string; readonly authoritiesFile: string } | null;
  readonly clients: readonly MllpClientConfig[];
}

/** Which certificate is which feed: by its SHA-256 (hexadecimal digits), or by its subject's common name. */
export interface MllpClientConfig {
  readonly feed: string;
  readonly by: { readonly fingerprint: string } | { readonly commonName: string } | 'loopback';
}

const clientForm = 'feed=sha256:FINGERPRINT, feed=cn:COMMON-NAME, or without TLS feed=loopback';

/** Null where no port is set. Refused: an open address without TLS, TLS without all its files, senders nobody named or named in two ways. */
export function readMllp(settings: Settings): MllpConfig | null {
  const host = settings.host('ONESTORY_MLLP_HOST', '127.0.0.1');
  const port = settings.integer('ONESTORY_MLLP_PORT', 0, 1, 65_535);
  const tls = readTls(settings);
  const clients = readClients(settings, tls !== null);
  if (settings.text('ONESTORY_MLLP_PORT') === null) return null;
  if (tls === null && !isLoopback(host)) {
    settings.refuse('ONESTORY_MLLP_HOST', 'Messages beyond this machine need TLS.', '127.0.0.1, ::1 or localhost', 'Set the certificate, key and authorities of the listener, or leave the host as it is.');
  }
  if (clients.length === 0) settings.refuse('ONESTORY_MLLP_CLIENTS', 'Nobody could send to this listener.', clientForm);
  return { host, port, tls, clients };
}

function readTls(settings: Settings): MllpConfig['tls'] {
  const names = ['ONESTORY_MLLP_CERT_FILE', 'ONESTORY_MLLP_KEY_FILE', 'ONESTORY_MLLP_CA_FILE'] as const;
  const [certificateFile, keyFile, authoritiesFile] = names.map((name) => settings.text(name));
  if (certificateFile && keyFile && authoritiesFile) return { certificateFile: resolve(certificateFile), keyFile: resolve(keyFile), authoritiesFile: resolve(authoritiesFile) };
  for (const name of names) {
    if ((certificateFile ?? keyFile ?? authoritiesFile) !== null && settings.text(name) === null) settings.refuse(name, 'TLS needs a certificate, its key and the authorities of the senders.', names.join(', '));
  }
  return null;
}

function readClients(settings: Settings, withTls: boolean): MllpClientConfig[] {
  const entries = (settings.text('ONESTORY_MLLP_CLIENTS') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  const clients = entries.flatMap((entry): MllpClientConfig[] => {
    const [, feed = '', how = ''] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(entry) ?? [];
    const by = readBinding(how);
    if (feed !== '' && by !== null && (by === 'loopback') !== withTls) return [{ feed, by }];
    settings.refuse('ONESTORY_MLLP_CLIENTS', 'An entry does not say which certificate is which feed.', clientForm);
    return [];
  });
  const bound = clients.map(({ by }) => JSON.stringify(by));
  if (new Set(bound).size < bound.length) settings.refuse('ONESTORY_MLLP_CLIENTS', 'One certificate is bound to two feeds.', 'a certificate for each feed');
  return clients;
}

function readBinding(how: string): MllpClientConfig['by'] | null {
  if (how === 'loopback') return how;
  const [, fingerprint] = /^sha256:((?:[0-9a-f]{2}:?){32})$/i.exec(how) ?? [];
  if (fingerprint !== undefined) return { fingerprint: fingerprint.replaceAll(':', '').toLowerCase() };
  const [, commonName] = /^cn:(\S+)$/.exec(how) ?? [];
  return commonName === undefined ? null : { commonName };
}

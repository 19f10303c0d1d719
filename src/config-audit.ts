import { resolve } from 'node:path';
import { readWitnessKey } from './audit/cosignature.ts';
import { isLoopback, type Settings } from './config-settings.ts';

/** How the audit log shows itself to partners. */
export interface AuditConfig {
  /** null = as it was, or from the base address */
  readonly origin: string | null;
  /** name of the log before it was put back from a backup; null = it never was */
  readonly restartedFrom: string | null;
  /** the name a log has whose operator chose none */
  readonly usualOrigin: string;
  /** absolute paths of PEM files; null stands for the key kept in the database */
  readonly keyFiles: readonly (string | null)[];
  readonly checkpointMinutes: number;
  /** absolute; null = checkpoints are fetched and not brought */
  readonly checkpointDir: string | null;
  readonly witnesses: readonly WitnessConfig[];
  /** addresses each checkpoint is posted to */
  readonly hooks: readonly string[];
}

/** Who signs that they saw a checkpoint. */
export interface WitnessConfig {
  /** no trailing slash */
  readonly url: string;
  /** as C2SP writes it */
  readonly key: string;
}

const inDatabase = 'database';

/** Refused: an origin that cannot stand in a signed note, keys named twice. */
export function readAudit(settings: Settings, baseUrl: string): AuditConfig {
  const origin = settings.text('ONESTORY_AUDIT_ORIGIN');
  if (origin !== null && !/^[\x21-\x2a\x2c-\x7e]{1,200}$/.test(origin)) {
    settings.refuse('ONESTORY_AUDIT_ORIGIN', 'This cannot be the name of a log.', 'at most 200 printable ASCII characters, no space and no plus sign, such as onestory.example.nhs.uk/audit');
  }
  const names = (settings.text('ONESTORY_AUDIT_KEY_FILES') ?? inDatabase).split(',').map((name) => name.trim()).filter((name) => name !== '');
  if (new Set(names).size < names.length) settings.refuse('ONESTORY_AUDIT_KEY_FILES', 'A key is named twice.', 'each key once');
  const folder = settings.text('ONESTORY_CHECKPOINT_DIR');
  return {
    origin, restartedFrom: settings.text('ONESTORY_AUDIT_RESTARTED_FROM'), usualOrigin: `${baseUrl.replace(/^https?:\/\//, '')}/audit`,
    keyFiles: names.map((name) => (name === inDatabase ? null : resolve(name))),
    checkpointMinutes: settings.integer('ONESTORY_CHECKPOINT_MINUTES', 60, 1, 60),
    checkpointDir: folder === null ? null : resolve(folder),
    witnesses: readWitnesses(settings),
    hooks: readHooks(settings),
  };
}

/** Which of them may be reached at all is asked when they are, as for any other address something is posted to. */
function readHooks(settings: Settings): string[] {
  const given = (settings.text('ONESTORY_CHECKPOINT_HOOKS') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  const open = (settings.text('ONESTORY_HOOK_HOSTS') ?? '').split(/[\s,]+/); // what is wrong with it is told where it is read
  const urls = given.flatMap((entry) => URL.parse(entry) ?? []).filter((url) => url.username === '' && url.hash === '' && (url.protocol === 'https:' || (url.protocol === 'http:' && (open.includes(url.host) || open.includes(url.hostname)))));
  if (urls.length < given.length || new Set(given).size < given.length) settings.refuse('ONESTORY_CHECKPOINT_HOOKS', 'An address cannot be read, or is named twice.', 'https addresses, comma separated');
  return urls.map(({ href }) => href);
}

function readWitnesses(settings: Settings): WitnessConfig[] {
  const given = (settings.text('ONESTORY_CHECKPOINT_WITNESSES') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  const witnesses = given.flatMap((entry): WitnessConfig[] => {
    const [, address = '', key = ''] = /^([^#]+)#(.+)$/.exec(entry) ?? [];
    const url = URL.parse(address);
    const reachable = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) && url.username === '' && url.search === '';
    return reachable && readWitnessKey(key) ? [{ url: `${url.origin}${url.pathname}`.replace(/\/+$/, ''), key }] : [];
  });
  if (witnesses.length < given.length || new Set(witnesses.map(({ key }) => key)).size < witnesses.length) {
    settings.refuse('ONESTORY_CHECKPOINT_WITNESSES', 'A witness cannot be read, or is named twice.', 'https address, #, and the witness\'s key as C2SP writes it, comma separated');
  }
  return witnesses;
}

import { isIP } from 'node:net';

import type { ConfigName } from './config-variables.ts';
import { configVariables } from './config-variables.ts';
import type { Problem } from './fhir/problem.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** True for 127.0.0.0/8, ::1 and `localhost`; any other name could resolve to anything. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Reads single variables of an environment and collects what is wrong with them, so that all mistakes can be shown at
 * once. A reader of a wrong value answers its default; the caller must look at `problems` before using any.
 */
export class Settings {
  readonly problems: Problem[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** `sentence` never quotes the value: it may be a secret. */
  refuse(name: string, sentence: string, expected: string, fix?: string): void {
    this.problems.push({
      category: 'invalid', code: 'config-invalid', text: `${name}: ${sentence}`, at: { field: name }, expected, ...(fix === undefined ? {} : { fix }),
    });
  }

  /** trimmed; null where absent or empty */
  text(name: ConfigName): string | null {
    return this.#env[name]?.trim() || null;
  }

  host(name: ConfigName, otherwise: string): string {
    const value = this.text(name) ?? otherwise;
    if (isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value)) return value;
    this.refuse(name, 'This is not a host name or an IP address.', 'a host name or an IP address, without a port');
    return otherwise;
  }

  integer(name: ConfigName, otherwise: number, least: number, most: number): number {
    const value = this.text(name);
    if (value === null) return otherwise;
    const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    this.refuse(name, 'This is not a whole number in range.', `${least} to ${most}`);
    return otherwise;
  }

  boolean(name: ConfigName, otherwise: boolean): boolean {
    return this.choice(name, ['true', 'false'], otherwise ? 'true' : 'false') === 'true';
  }

  choice<T extends string>(name: ConfigName, choices: readonly T[], otherwise: T): T {
    const value = this.text(name);
    if (value === null) return otherwise;
    const found = choices.find((choice) => choice === value.toLowerCase());
    if (found === undefined) this.refuse(name, 'This is not one of the choices.', choices.join(', '));
    return found ?? otherwise;
  }

  list(name: ConfigName, choices: readonly string[], otherwise: readonly string[]): readonly string[] {
    const value = this.text(name);
    if (value === null) return otherwise;
    const items = value.split(/[\s,]+/).filter((item) => item !== '');
    if (items.length > 0 && items.every((item) => choices.includes(item))) return items;
    this.refuse(name, 'An entry of this list is not one of the choices.', choices.join(', '));
    return otherwise;
  }

  /** names of hosts, or addresses, each with a port or without */
  hosts(name: ConfigName): readonly string[] {
    const items = (this.text(name) ?? '').toLowerCase().split(/[\s,]+/).filter((item) => item !== '');
    if (items.every((item) => /^(?:[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(item))) return items;
    this.refuse(name, 'This is not a list of hosts.', 'names of hosts, each with a port or without, separated by commas');
    return [];
  }

  /** addresses and networks such as 10.1.0.0/16, comma separated; `loopback` is this machine */
  networks(name: ConfigName): readonly string[] {
    const items = (this.text(name) ?? '').split(/[\s,]+/).filter((item) => item !== '');
    const wrong = items.some((item) => {
      const [, address = '', , bits] = /^([^/]+)(\/(\d{1,3}))?$/.exec(item) ?? [];
      return item !== 'loopback' && (isIP(address) === 0 || Number(bits ?? 1) < 1 || Number(bits ?? 1) > (isIP(address) === 4 ? 32 : 128));
    });
    if (!wrong) return items;
    this.refuse(name, 'An entry of this list is no address and no network.', 'addresses such as 10.1.2.3, networks such as 10.1.0.0/16, or loopback');
    return [];
  }

  /** an address without credentials, query, fragment or trailing slash */
  url(name: ConfigName, protocols: readonly string[]): string | null {
    const url = this.#parsedUrl(name, protocols);
    if (url === null) return null;
    if (url.username !== '' || url.password !== '' || url.search !== '') {
      this.refuse(name, 'Credentials and queries have no place in this address.', 'scheme, host, port and path only');
    }
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  }

  /** an address that may carry credentials: passed on exactly as given */
  secretUrl(name: ConfigName, protocols: readonly string[]): string | null {
    return this.#parsedUrl(name, protocols) === null ? null : this.text(name);
  }

  /** Our own prefix is a promise that the name means something. */
  refuseUnknown(): void {
    const known: string[] = configVariables.map((variable) => variable.name).filter((name) => name.startsWith('ONESTORY_'));
    for (const name of Object.keys(this.#env)) {
      if (name.startsWith('ONESTORY_') && !known.includes(name)) this.refuse(name, 'No setting has this name.', known.join(', '));
    }
  }

  #parsedUrl(name: ConfigName, protocols: readonly string[]): URL | null {
    const value = this.text(name);
    if (value === null) return null;
    const url = URL.parse(value);
    if (url !== null && protocols.includes(url.protocol) && url.hash === '') return url;
    this.refuse(name, 'This is not an address of the right kind.', `an address starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
    return null;
  }
}

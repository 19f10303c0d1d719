import { BlockList, isIP } from 'node:net';
import type { Problem } from '../../fhir/problem.ts';

/**
 * Addresses nothing is sent to unless a setting names the host: this machine, private networks, link-local (where clouds
 * answer with credentials), shared, documentation, benchmark, multicast and reserved ranges, and forms of IPv6 that carry an IPv4
 * address. Source: IANA special-purpose address registries.
 */
const closed = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24],
  ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const) closed.addSubnet(network, prefix, 'ipv4');
/** Of IPv6 only what is global unicast may be reached, without what is special in it. */
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const) closed.addSubnet(network, prefix, 'ipv6');

/** Whether an IP address may be connected to. What is no address may not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, 'ipv4');
  return family === 6 && global6.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

/** Hosts, or `host:port`, that may be reached in a private network and without TLS. */
export type PermittedHosts = readonly string[];

export function isPermitted(url: URL, permitted: PermittedHosts): boolean {
  return permitted.includes(url.hostname.toLowerCase()) || permitted.includes(url.host.toLowerCase());
}

/** What can be said of an address before anybody looks up its name. */
export function checkHookAddress(endpoint: string, permitted: PermittedHosts): Problem | null {
  const url = URL.parse(endpoint);
  if (url && isPermitted(url, permitted)) return null;
  const host = (url?.hostname ?? '').replace(/^\[|\]$/g, '');
  return url?.protocol === 'https:' && (isIP(host) === 0 || isPublicAddress(host)) ? null : notReached;
}

const notReached: Problem = {
  category: 'unprocessable', code: 'subscription-endpoint', text: 'Notifications are not sent to this address.', at: { pointer: '/channel/endpoint' },
  expected: 'an https address outside private networks', fix: 'Ask the operator to name the host in ONESTORY_HOOK_HOSTS, if it is to be reached all the same.',
};

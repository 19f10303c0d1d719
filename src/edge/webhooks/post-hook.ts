import { lookup as lookUpName, type LookupAddress } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { PostHook } from '../../flow/partners/tell-subscriber.ts';
import { checkHookAddress, isPermitted, isPublicAddress, type PermittedHosts } from './hook-address.ts';

/**
 * Posts notifications. The address a name stands for is checked where the connection is made, so that a name which
 * stands for another one a moment later leads nowhere; redirects are answers like any other and not followed; of an answer
 * only the status is read. Nothing of it, nor of the headers, is logged.
 */
export function createPostHook(permitted: PermittedHosts, resolve: typeof lookUpName = lookUpName): PostHook {
  return ({ url: address, headers, contentType, body, timeoutMs }) => new Promise((settle) => {
    const url = URL.parse(address);
    if (!url || checkHookAddress(address, permitted)) return settle('hook-address-closed');
    const limit = AbortSignal.timeout(timeoutMs);
    const options: RequestOptions = {
      method: 'POST', agent: false, signal: limit, maxHeaderSize: 16_384, ...(!isPermitted(url, permitted) && { lookup: publicOnly(resolve) }),
      headers: { ...Object.fromEntries(headers.map(splitHeader)), 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body), 'User-Agent': 'OneStory' },
    };
    const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      settle(status >= 200 && status < 300 ? null : status >= 300 && status < 400 ? 'hook-redirected' : 'hook-refused');
    });
    sent.on('error', (error: NodeJS.ErrnoException) => { settle(limit.aborted ? 'hook-slow' : error.code === closedCode ? 'hook-address-closed' : 'hook-unreachable'); });
    sent.end(body);
  });
}

const closedCode = 'ERR_HOOK_CLOSED';

/** All of a name's addresses must be open: one that is not would be tried when another does not answer. */
function publicOnly(resolve: typeof lookUpName): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const addresses: LookupAddress[] = error ? [] : found;
      const [first] = addresses;
      if (error || !first) return done(error ?? new Error('no address'), '');
      if (!addresses.every(({ address }) => isIP(address) !== 0 && isPublicAddress(address))) return done(Object.assign(new Error('closed'), { code: closedCode }), '');
      if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

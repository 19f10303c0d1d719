import { Agent, request as httpRequest } from 'node:http';
import { decodeJwt } from 'jose';
import { readClaims } from '../../src/edge/http/oauth/read-claims.ts';
import type { Requester } from '../../src/fhir/sharing.ts';
import type { Gateway } from '../gateway.ts';
import type { TwinRequest } from './twin-arms.ts';
import { drawnEnding, type TwinWorlds } from './twin-worlds.ts';

/** What an answer says, whichever world gave it: addresses and page tokens by what they mean. */
export interface Said {
  status: number;
  /** names and values in the order they were sent */
  headers: [string, string][];
  text: string;
  pages: unknown[];
  next?: string;
  etag?: string;
}

export interface Difference {
  who: string;
  request: TwinRequest;
  /** how many links were followed before the answers differed */
  page: number;
  /** both answers around the first character in which they differ */
  plain: string;
  fuller: string;
}

/** Connections stay open: a request costs no handshake. */
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const shownAround = 200;
const requesters = new Map<string, Requester>();

export interface Asking {
  worlds: TwinWorlds;
  /** how many links of one answer are followed */
  maxPages: number;
  /** counts what sorts of answers came */
  met: Map<string, number>;
}

/** Puts a request to both worlds at once, with its pages, and what was read once more with the version it had; null when they answer alike. */
export async function difference({ worlds, maxPages, met }: Asking, who: string, asked: TwinRequest): Promise<Difference | null> {
  let [here, there] = [asked, asked];
  let etag: string | undefined;
  for (let page = 0; ; page += 1) {
    const [plain, fuller] = await Promise.all([ask(worlds.plain, who, here), ask(worlds.fuller, who, there)]);
    if (compared(plain) !== compared(fuller)) return { who, request: asked, page, ...around(compared(plain), compared(fuller)) };
    const sort = sortOf(plain, page);
    met.set(sort, (met.get(sort) ?? 0) + 1);
    etag = plain.etag;
    if (plain.next === undefined || fuller.next === undefined || page >= maxPages) break;
    [here, there] = [{ method: 'GET', path: plain.next }, { method: 'GET', path: fuller.next }];
  }
  const held = etag !== undefined && asked.headers?.['If-None-Match'] === undefined;
  return held ? difference({ worlds, maxPages, met }, who, { ...asked, headers: { ...asked.headers, 'If-None-Match': etag ?? '' } }) : null;
}

/** The links themselves are sealed anew for every answer; what is in them was compared. */
function compared({ next, ...said }: Said): string {
  return JSON.stringify([said, next === undefined]);
}

function around(plain: string, fuller: string): Pick<Difference, 'plain' | 'fuller'> {
  const at = [...plain].findIndex((character, i) => character !== fuller[i]);
  const part = (text: string): string => text.slice(Math.max(0, (at < 0 ? plain.length : at) - shownAround), (at < 0 ? plain.length : at) + shownAround);
  return { plain: part(plain), fuller: part(fuller) };
}

function sortOf({ status, text }: Said, page: number): string {
  return `${page > 0 ? 'page ' : ''}${status}${text.includes('"entry"') ? ' with entries' : ''}${text.includes('"withheld"') ? ' and a notice' : ''}`;
}

async function ask(gateway: Gateway, who: string, asked: TwinRequest): Promise<Said> {
  const { status, headers, text } = await send(gateway, await gateway.token(who), asked);
  const requester = await requesterOf(gateway, who);
  const pages: unknown[] = [];
  const neutral = (value: string): string => value.replaceAll(gateway.url, 'https://gateway').replace(/_page=([\w-]+)/g, (_, token: string) => {
    pages.push([token.length, gateway.services.openPage(requester, token)]);
    return '_page=*';
  });
  const next = /"relation":"next","url":"([^"]+)"/.exec(text)?.[1]?.slice(gateway.url.length);
  const etag = headers.find(([name]) => name === 'ETag')?.[1];
  return {
    status, headers: headers.filter(([name]) => name !== 'Date').map(([name, value]) => [name, name === 'Location' || name === 'Set-Cookie' ? withoutChance(neutral(value)) : neutral(value)]), pages,
    text: withoutLots(asked.path, status, neutral(text)),
    ...(next !== undefined && { next }), ...(etag !== undefined && asked.method === 'GET' && status === 200 && { etag }),
  };
}

function withoutLots(path: string, status: number, text: string): string {
  if (path.endsWith('$break-glass')) return withoutClock(text);
  return status === 303 ? withoutChance(text) : text.includes('"code":"break-glass"') ? withoutDrawnIds(withoutClock(text)) : text;
}

/** One Task is drawn for each organisation concerned, and more may be concerned than the reader knows. */
function withoutDrawnIds(text: string): string {
  return text.replace(new RegExp(`[0-9a-f-]{24}${drawnEnding}`, 'g'), 'drawn');
}

/** A sign-in that begins draws lots. */
function withoutChance(text: string): string {
  return text.replace(/(state=|nonce=|code_challenge=|onestory-sign-in-)[\w-]+/g, '$1*').replace(/=[\w-]{20,}\.[\w.-]+/g, '=*').replace(/127\.0\.0\.1%3A\d+/g, '*').replace(/Expires=[^;]+/, 'Expires=*');
}

/** Until when emergency access holds is by each database's clock, and its reference is drawn. */
function withoutClock(text: string): string {
  return text.replace(/"valueInstant":"[^"]+"/, '"valueInstant":"*"').replace(/EA-[0-9A-F]{16}/g, 'EA-*');
}

function send(gateway: Gateway, token: string, { method, path, headers = {}, body }: TwinRequest): Promise<{ status: number; headers: [string, string][]; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    const sent = httpRequest({ hostname, port, method, path, agent, headers: { 'X-Request-ID': 'twin', ...headers, Authorization: `Bearer ${token}`, ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }) } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part)).on('error', reject).on('end', () => resolve({
        status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8'),
        headers: response.rawHeaders.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, response.rawHeaders[i + 1] ?? '']] : [])),
      }));
    });
    sent.on('error', reject).end(body);
  });
}

/** The token's own claims, as the gateway reads them. */
async function requesterOf(gateway: Gateway, who: string): Promise<Requester> {
  const kept = requesters.get(who);
  if (kept) return kept;
  const read = readClaims(decodeJwt(await gateway.token(who)));
  if ('problem' in read) throw new Error(read.problem.code);
  requesters.set(who, read.requester);
  return read.requester;
}

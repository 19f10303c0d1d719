import { readJson } from '../../fhir/read-json.ts';
import { isJsonObject, textOf, type JsonObject } from '../../fhir/json.ts';

/** What came of asking for one page. `again`: asking again may help, after this long at least. */
export type FetchedPage =
  | { kind: 'page'; bytes: Uint8Array; next: string | null; at: string }
  | PullFailed;

export interface PullFailed {
  kind: 'failed';
  code: PullFailure;
  again: boolean;
  waitMs: number;
  /** HTTP status of a refusal */
  status?: number;
}

export type PullFailure = 'pull-unreachable' | 'pull-slow' | 'pull-busy' | 'pull-refused' | 'pull-too-large' | 'pull-not-fhir' | 'pull-outcome' | 'pull-foreign-link';

export interface PageRequest {
  url: string;
  /** where pages may be: a link that leads elsewhere is never followed */
  base: string;
  token: string | null;
  timeoutMs: number;
  maxBytes: number;
  stop: AbortSignal;
}

/** A Bundle as it came, read once. */
export interface FetchedBundle {
  kind: 'bundle';
  bytes: Uint8Array;
  value: JsonObject;
  response: Response;
}

/**
 * Asks for one page of a search and reads it within its limits of time and size. The bytes are handed on as they came: a
 * FHIR client that parses them would already have changed numbers and spaces. Redirects are not followed.
 */
export async function fetchPage(request: PageRequest): Promise<FetchedPage> {
  const fetched = await fetchBundle(request);
  return fetched.kind === 'bundle' ? pageOf(fetched, request.base) : fetched;
}

/** The same for any Bundle; with a body it is posted. `headers` are those the source asks for beside the usual ones. */
export async function fetchBundle({ url, token, timeoutMs, maxBytes, stop, body, headers }: Omit<PageRequest, 'base'> & { body?: string; headers?: Record<string, string> }): Promise<FetchedBundle | PullFailed> {
  const slow = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      redirect: 'error', signal: AbortSignal.any([slow, stop]), ...(body !== undefined && { method: 'POST', body }),
      headers: { ...headers, Accept: 'application/fhir+json', ...(body !== undefined && { 'Content-Type': 'application/fhir+json' }), ...(token !== null && { Authorization: `Bearer ${token}` }) },
    });
    if (response.status === 429 || response.status >= 500) return await drained(response, failed('pull-busy', true, retryAfterMs(response.headers.get('Retry-After'))));
    if (response.status !== 200) return await drained(response, { ...failed('pull-refused', false), status: response.status });
    const bytes = await readLimited(response, maxBytes);
    return bytes === null ? failed('pull-too-large', false) : bundleOf(bytes, response);
  } catch {
    return failed(slow.aborted ? 'pull-slow' : 'pull-unreachable', true);
  }
}

function bundleOf(bytes: Uint8Array, response: Response): FetchedBundle | PullFailed {
  const read = readJson(bytes, { maxBytes: bytes.byteLength, maxEntries: 5_000_000 });
  if ('problem' in read) return failed('pull-not-fhir', false);
  if (read.value['resourceType'] === 'OperationOutcome') return failed('pull-outcome', false);
  return read.value['resourceType'] === 'Bundle' ? { kind: 'bundle', bytes, value: read.value, response } : failed('pull-not-fhir', false);
}

function pageOf({ bytes, value, response }: FetchedBundle, base: string): FetchedPage {
  const link = nextLink(value);
  const next = link === null ? null : URL.parse(link, `${base}/`);
  if (link !== null && !(next && next.href.startsWith(new URL(`${base}/`).href)) && next?.href !== new URL(base).href && !next?.href.startsWith(`${new URL(base).href}?`)) return failed('pull-foreign-link', false);
  return { kind: 'page', bytes, next: next?.href ?? null, at: sourceTime(value, response) };
}

/** When the source made the page, by its own clock: what it learns later must be asked for again. */
function sourceTime(bundle: JsonObject, response: Response): string {
  const { meta } = bundle;
  const said = isJsonObject(meta) ? textOf(meta['lastUpdated']) : '';
  const at = new Date(said === '' ? response.headers.get('Date') ?? '' : said);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

function nextLink({ link }: JsonObject): string | null {
  const next = (Array.isArray(link) ? link : []).find((each) => isJsonObject(each) && each['relation'] === 'next');
  return isJsonObject(next) && typeof next['url'] === 'string' ? next['url'] : null;
}

async function readLimited(response: Response, maxBytes: number): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += (part as Uint8Array).byteLength;
    if (size > maxBytes) return null; // leaving the loop cancels the rest
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts);
}

async function drained(response: Response, answer: PullFailed): Promise<PullFailed> {
  await response.body?.cancel();
  return answer;
}

/** RFC 9110: seconds, or a date. */
function retryAfterMs(header: string | null): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : new Date(header).getTime() - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function failed(code: PullFailure, again: boolean, waitMs = 0): PullFailed {
  return { kind: 'failed', code, again, waitMs };
}

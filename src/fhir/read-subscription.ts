import type { Subscription } from '@medplum/fhirtypes';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import type { Problem } from './problem.ts';
import { subscriptionTopics, topicOf, type SubscriptionTopicCode } from './subscription-topics.ts';

const backport = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';

/** What a Subscription asks for. */
export interface ReadSubscription {
  topic: SubscriptionTopicCode;
  endpoint: string;
  /** `Name: value` */
  headers: string[];
  payload: 'application/fhir+json' | 'application/json';
  content: 'empty' | 'id-only';
  /** seconds; null: none */
  heartbeat: number | null;
  /** seconds an answer may take */
  timeout: number;
  /** most events in one notification */
  mostEvents: number;
  /** instant; null: no end */
  end: string | null;
  /** whether it is to be told of anything */
  wanted: boolean;
}

export const hiddenHeader = '*';
const limits = { heartbeat: [60, 86_400], timeout: [1, 20], mostEvents: [1, 50], headers: 10 } as const;
/** What we set ourselves, and what would say something else about the connection. */
const ownHeaders = /^(?:content-.*|host|connection|transfer-encoding|expect|te|trailer|upgrade|proxy-.*|keep-alive)$/i;
const header = /^([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}): ?([\u0020-\u007e]{0,4000})$/;

/** The Subscription read by the R5 Subscriptions Backport (R4), or everything about it that is not served here. Filters are none: a topic is about the organisation's own. */
export function readSubscription(resource: JsonObject): { subscription: ReadSubscription } | { problems: Problem[] } {
  const given = resource as unknown as Subscription;
  const problems: Problem[] = [];
  const refuse = (pointer: string, expected: string): void => { problems.push({ category: 'unprocessable', code: 'subscription-unsupported', text: 'The subscription asks for something that is not offered here.', at: { pointer }, expected }); };
  const topic = topicOf(textOf(resource['criteria']));
  const { channel } = given as Partial<Subscription>;
  const [content, payload] = [extensionOf(resource, ['channel', '_payload'], 'backport-payload-content'), channel?.payload ?? 'application/fhir+json'];
  const endpoint = channel?.endpoint ?? '';
  if (!topic) refuse('/criteria', subscriptionTopics.map(({ url }) => url).join(', '));
  if (extensionOf(resource, ['_criteria'], 'backport-filter-criteria') !== undefined) refuse('/_criteria/extension', 'no filter');
  if (channel?.type !== 'rest-hook') refuse('/channel/type', 'rest-hook');
  if (content !== 'empty' && content !== 'id-only') refuse('/channel/_payload/extension', 'backport-payload-content with the code id-only or empty');
  if (payload !== 'application/fhir+json' && payload !== 'application/json') refuse('/channel/payload', 'application/fhir+json');
  if (!isHook(endpoint)) refuse('/channel/endpoint', 'an https address without user, password and fragment, at most 500 characters');
  const headers: readonly string[] = Array.isArray(channel?.header) ? channel.header : [];
  if (channel?.header !== undefined && !(Array.isArray(channel.header) && channel.header.every((line) => typeof line === 'string'))) refuse('/channel/header', 'a list of texts');
  headers.forEach((line, i) => { if (i >= limits.headers || ownHeaders.test(header.exec(line)?.[1] ?? 'host')) refuse(`/channel/header/${i}`, `"Name: value", at most ${limits.headers}, none that belongs to the connection`); });
  if (!['requested', 'active', 'off'].includes(textOf(resource['status']))) refuse('/status', 'requested, or off');
  const number = (name: string, [least, most]: readonly [number, number]): number | undefined => {
    const value = extensionOf(resource, ['channel'], name);
    if (value !== undefined && !(typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)) refuse('/channel/extension', `${name} from ${least} to ${most}`);
    return typeof value === 'number' ? value : undefined;
  };
  const subscription = {
    endpoint, headers: [...headers], heartbeat: number('backport-heartbeat-period', limits.heartbeat) ?? null, timeout: number('backport-timeout', limits.timeout) ?? 10, mostEvents: number('backport-max-count', limits.mostEvents) ?? limits.mostEvents[1],
    end: given.end ?? null, wanted: textOf(resource['status']) !== 'off', content: content as ReadSubscription['content'], payload: payload as ReadSubscription['payload'],
  };
  return problems.length > 0 || !topic ? { problems } : { subscription: { ...subscription, topic: topic.code } };
}

/** Http is refused later, unless a setting names the host. */
function isHook(endpoint: string): boolean {
  const url = endpoint.length <= 500 ? URL.parse(endpoint) : null;
  return url !== null && ['https:', 'http:'].includes(url.protocol) && url.username === '' && url.password === '' && url.hash === '';
}

/** Value of an extension of the backport at this place. */
function extensionOf(resource: JsonObject, path: readonly string[], name: string): Json | undefined {
  let at: Json | undefined = resource;
  for (const step of path) at = isJsonObject(at) ? at[step] : undefined;
  const list = isJsonObject(at) && Array.isArray(at['extension']) ? at['extension'] : [];
  const found = list.find((each) => isJsonObject(each) && each['url'] === `${backport}/${name}`);
  return isJsonObject(found) ? Object.entries(found).find(([member]) => member.startsWith('value'))?.[1] : undefined;
}

/** The resource as it is kept and read: what the header lines say is a secret of the receiver. */
export function withoutSecrets(resource: JsonObject, status: string, error: string | null): JsonObject {
  const { channel, status: _status, error: _error, meta: _meta, text: _text, ...rest } = resource;
  const { header: lines, ...others } = isJsonObject(channel) ? channel : {};
  return {
    ...rest, status, ...(error !== null && { error }),
    channel: { ...others, ...(Array.isArray(lines) && { header: lines.map((line) => `${nameOf(textOf(line))}: ${hiddenHeader}`) }) },
  };
}

/** Whether a header line's value is to be what it was. */
export function asksForKept(given: readonly string[]): boolean {
  return given.some((line) => line === `${nameOf(line)}: ${hiddenHeader}`);
}

/** Header lines as they are sent: one whose value is `*` keeps what it was. */
export function keptHeaders(given: readonly string[], standing: readonly string[]): string[] {
  return given.map((line) => (line === `${nameOf(line)}: ${hiddenHeader}` ? standing.find((other) => nameOf(other).toLowerCase() === nameOf(line).toLowerCase()) ?? line : line));
}

function nameOf(line: string): string {
  return header.exec(line)?.[1] ?? '';
}

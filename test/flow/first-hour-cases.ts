import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertionOf, partnerKey } from '../edge/oauth/partner.ts';
import { ask } from '../edge/http/asking.ts';
import { until } from '../patience.ts';
import { openReceiver, type HookReceiver } from './hook-receiver.ts';
import type { SystemWorld } from './system-world.ts';

/** docs/first-hour.md, sent as it stands there, block by block in its order. */

const page = readFileSync(join(import.meta.dirname, '../../docs/first-hour.md'), 'utf8');
const blocks = [...page.matchAll(/^```http( arrives)?\n([^]*?)^```$/gm)].map(([, arrives, text = '']) => ({ arrives: arrives !== undefined, text }));
const client = 'bchc-plans';
const numberSystem = 'https://fhir.nhs.uk/Id/nhs-number';

export function firstHourCases(current: () => SystemWorld): void {
  let receiver: HookReceiver;
  beforeAll(async () => { receiver = await openReceiver(); });
  afterAll(() => receiver.close());

  it('is as the page says, request by request', async () => {
    const { gateway } = current();
    const key = await partnerKey();
    const known = new Map([['base', `${gateway.url}/fhir`], ['issuer', `${gateway.url}/oauth`], ['hook', `${receiver.url}/hook`], ['lead', await gateway.token('governance-lead')], ['key', JSON.stringify(key.open)], ['number', await numberOf(current())]]);
    for (const [at, { arrives, text }] of blocks.entries()) {
      if (text.includes('{assertion}')) known.set('assertion', await assertionOf(gateway.url, client, key));
      const name = `${at + 1}: ${text.split('\n')[0] ?? ''}`;
      if (arrives) expectLike(await nextNotification(current(), receiver), text, known, name);
      else await sendBlock(current(), text, known, name);
    }
    expect(blocks.length).toBeGreaterThan(20);
  });
}

/** Somebody the community trust has a record of and looks after, and whom their number names alone. */
async function numberOf({ gateway }: SystemWorld): Promise<string> {
  const rows = await gateway.database.query<{ body: string }>(
    `select v.body from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version join sharing_class s on s.class_id = r.class_id
     where r.type = 'Patient' and not r.deleted and s.custodian like '%|RYW' and s.labels = '{}'
       and exists (select from relationship x where x.citizen_id = r.citizen_id and x.organisation like '%|RYW' and x.until > now())
       and not exists (select from choice_rule c where c.citizen_id = r.citizen_id) order by r.citizen_id`);
  for (const { body } of rows) {
    const { identifier = [] } = JSON.parse(body) as { identifier?: { system: string; value: string }[] };
    const number = identifier.find(({ system }) => system === numberSystem)?.value ?? '';
    const { total } = (await (await gateway.search('Patient', { identifier: `${numberSystem}|${number}` }, 'bchc-integration')).json()) as { total: number };
    if (total === 1) return number;
  }
  throw new Error('nobody is named by their number');
}

async function nextNotification({ gateway }: SystemWorld, receiver: HookReceiver): Promise<unknown> {
  await until(async () => {
    await gateway.services.subscribers.look();
    return receiver.received.length > 0;
  }, 'a notification');
  return receiver.received.shift()?.bundle;
}

type Known = Map<string, string>;

async function sendBlock({ gateway }: SystemWorld, text: string, known: Known, name: string): Promise<void> {
  const [request = '', answer = ''] = text.split(/\n(?=HTTP\/1\.1 )/);
  const { first, headers, body } = read(request, known);
  const [method = '', address = ''] = first.split(' ');
  const asked = { method, path: address.replace(gateway.url, ''), headers, ...(body !== '' && { body: headers['Content-Type']?.includes('form') ? new URLSearchParams(body).toString() : body }) };
  const wanted = read(answer, new Map());
  const status = Number(wanted.first.split(' ')[1]);
  let found = await ask(gateway, asked);
  if (status === 200 && found.status === 202) await until(async () => (found = await ask(gateway, asked)).status !== 202, name);
  expect([name, found.status, found.status === status ? '' : found.text]).toEqual([name, status, '']);
  for (const [header, value] of Object.entries(wanted.headers)) expectText(String(found.headers[header.toLowerCase()]), value, known, name);
  if (wanted.body !== '') expectLike(JSON.parse(found.text), wanted.body, known, name);
}

/** First line, headers, and what follows an empty line. */
function read(text: string, known: Known): { first: string; headers: Record<string, string>; body: string } {
  const [head = '', ...rest] = text.split('\n\n');
  const [first = '', ...lines] = filled(head, known).split('\n').filter((line) => line !== '');
  return { first, headers: Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])), body: filled(rest.join('\n\n').trim(), known) };
}

function filled(text: string, known: Known): string {
  return text.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => known.get(name) ?? whole);
}

/** Everything that is written is there; a list is compared as far as it is written, and after `…` anywhere in it. */
function expectLike(found: unknown, written: string, known: Known, name: string): void {
  like(found, JSON.parse(written.replaceAll('…,', '"…",')), known, name);
}

function like(found: unknown, wanted: unknown, known: Known, name: string): void {
  if (typeof wanted === 'string') return expectText(String(found), wanted, known, name);
  if (Array.isArray(wanted) && wanted[0] === '…') {
    const list = found as Record<string, unknown>[];
    for (const each of wanted.slice(1) as Record<string, unknown>[]) like(list.find((other) => other['name'] === each['name']), each, known, name);
  } else if (typeof wanted === 'object' && wanted !== null) {
    expect([name, typeof found]).toEqual([name, 'object']);
    for (const [member, each] of Object.entries(wanted)) like((found as Record<string, unknown>)[member], each, known, `${name} ${member}`);
  } else expect([name, found]).toEqual([name, wanted]);
}

/** `…` is anything, `{name}` what is known by it, or is from now on. */
function expectText(found: string, wanted: string, known: Known, name: string): void {
  const names: string[] = [];
  const form = filled(wanted, known).split(/(\{[a-z]+\}|…)/).map((part) => {
    if (part === '…') return '.*';
    const [, unknown] = /^\{([a-z]+)\}$/.exec(part) ?? [];
    if (unknown === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    names.push(unknown);
    return '(.+)';
  }).join('');
  const match = new RegExp(`^${form}$`).exec(found);
  expect([name, match === null ? found : '']).toEqual([name, match === null ? wanted : '']);
  for (const [at, each] of names.entries()) known.set(each, match?.[at + 1] ?? '');
}

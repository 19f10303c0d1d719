import type { Bundle } from '@medplum/fhirtypes';
import { planOf, sending, type Send } from '../edge/http/writing.ts';
import type { Gateway } from '../gateway.ts';
import { checkRegister, type RegisterStep } from './check-register.ts';

export interface RegisterRun {
  steps: number;
  written: number;
  refused: number;
  /** requests that others came between too often, or that an outage met */
  failed: number;
  violations: string[];
}

interface Register {
  id: string;
  version: number;
}

const title = (resource: unknown): string => (resource as { title?: string }).title ?? '';

/** Clients that read and write a few plans through several gateways of one record for so long, or until enough versions are written: single updates and transactions of two. */
export async function runRegister(gateways: readonly Gateway[], { who, clients, registers: count, ms, enough = Number.POSITIVE_INFINITY }: { who: string; clients: number; registers: number; ms: number; enough?: number }): Promise<RegisterRun> {
  const sends = gateways.map((gateway) => sending(gateway, who));
  const first = sends[0] as Send;
  const citizen = await somebodyOf(gateways[0] as Gateway);
  const registers: Register[] = [];
  for (let n = 0; n < count; n += 1) registers.push(await first('POST', 'CarePlan', planOf(citizen, `register-${n}`, { title: 'begun' })));
  const steps: RegisterStep[] = [];
  let failed = 0;
  const until = performance.now() + ms;
  const goesOn = (): boolean => performance.now() < until && (steps.filter(({ did }) => did.kind === 'written').length < enough || !steps.some(({ did }) => did.kind === 'refused'));
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    const send = sends[client % sends.length] as Send;
    for (let turn = 0; goesOn(); turn += 1) failed += await take(send, { citizen, registers, client, turn, steps });
  }));
  const histories = new Map(await Promise.all(registers.map(async ({ id }): Promise<[string, string[]]> => [id, await historyOf(first, id)])));
  const kinds = Map.groupBy(steps, ({ did }) => did.kind);
  return { steps: steps.length, written: kinds.get('written')?.length ?? 0, refused: kinds.get('refused')?.length ?? 0, failed, violations: checkRegister(steps, histories) };
}

/** Somebody the hospital keeps a record of. */
async function somebodyOf({ database }: Gateway): Promise<string> {
  const [row] = await database.query<{ citizen: string }>(`select citizen_id as citizen from citizen_row r join sharing_class c on c.class_id = r.class_id where r.type = 'Patient' and c.custodian like '%|RRK' limit 1`);
  if (!row) throw new Error('the hospital keeps a record of nobody');
  return row.citizen;
}

interface Turn {
  citizen: string;
  registers: readonly Register[];
  client: number;
  turn: number;
  steps: RegisterStep[];
}

/** Reads two registers, then writes one of them, or both at once. Returns how many requests failed. */
async function take(send: Send, { citizen, registers, client, turn, steps }: Turn): Promise<number> {
  const [one, other] = [registers[(client + turn) % registers.length], registers[(client + turn + 1) % registers.length]] as [Register, Register];
  const seen = [await look(send, one, steps), await look(send, other, steps)];
  const value = `${client}-${turn}`;
  const resources = [one, other].map(({ id }, i) => ({ ...planOf(citizen, `register-${registers.findIndex((each) => each.id === id)}`, { title: value }), id, from: seen[i] ?? 0 }));
  const began = performance.now();
  const both = turn % 3 === 0;
  const [resource] = resources;
  const answer = both
    ? await send('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: resources.map(({ from, ...body }) => ({ resource: body, request: { method: 'PUT', url: `CarePlan/${body.id}`, ifMatch: `W/"${from}"` } })) })
    : await send('PUT', `CarePlan/${resource?.id ?? ''}`, { ...resource, from: undefined }, { 'If-Match': `W/"${resource?.from ?? 0}"` });
  const ended = performance.now();
  if (answer.status === 412 && !both) steps.push({ register: one.id, began, ended, did: { kind: 'refused', value, from: seen[0] ?? 0 } });
  if (answer.status === 412) return 0;
  if (answer.status !== 200) return 1;
  for (const { id, from } of both ? resources : resources.slice(0, 1)) steps.push({ register: id, began, ended, did: { kind: 'written', version: from + 1, value, from, together: both ? value : null } });
  return 0;
}

async function look(send: Send, { id }: Register, steps: RegisterStep[]): Promise<number> {
  const began = performance.now();
  const { body } = await send('GET', `CarePlan/${id}`);
  const version = Number(body?.meta?.versionId ?? 0);
  steps.push({ register: id, began, ended: performance.now(), did: { kind: 'read', version, value: title(body) } });
  return version;
}

async function historyOf(send: Send, id: string): Promise<string[]> {
  const values: string[] = [];
  for (let next: string | undefined = `CarePlan/${id}/_history?_count=200`; next !== undefined;) {
    const bundle = (await send('GET', next)).body as unknown as Bundle;
    values.push(...(bundle.entry ?? []).map(({ resource }) => title(resource)));
    next = bundle.link?.find(({ relation }) => relation === 'next')?.url.split('/fhir/')[1];
  }
  return values.reverse();
}

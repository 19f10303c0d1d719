import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { OperationOutcome } from '@medplum/fhirtypes';
import type { AuditEntry } from '../../../src/audit/types.ts';
import type { Gateway } from '../../gateway.ts';

/** Ways to ask the gateway badly, and to see afterwards what it wrote down. */

export interface Question {
  method?: string;
  path: string;
  /** persona or feed; null = no token */
  who?: string | null;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** A request as it is written: `fetch` would mend what these tests send broken. The answer counts as soon as it is whole, sent or not. */
export async function ask(gateway: Gateway, { method = 'GET', path, who = null, headers = {}, body }: Question): Promise<Answer> {
  const token = who === null ? {} : { Authorization: `Bearer ${await gateway.token(who)}` };
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: hostname, port, method, path, headers: { ...token, ...headers }, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString('utf8') });
        request.destroy();
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    void send(request, body).catch(() => undefined); // the gateway may hang up on a body it refused
  });
}

async function send(request: ReturnType<typeof httpRequest>, body: Question['body']): Promise<void> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return void request.end(body);
  for await (const part of body) {
    if (request.destroyed) return;
    if (!request.write(part)) await setTimeout(5);
  }
  request.end();
}

/** The stable code of a refusal; anything but an OperationOutcome of this form is named instead. */
export function codeOf({ text, headers }: Answer): string {
  if (!/^application\/fhir\+json/.test(headers['content-type'] ?? '')) return `not FHIR JSON: ${headers['content-type'] ?? 'no type'}`;
  const outcome = JSON.parse(text) as OperationOutcome;
  if (outcome.resourceType !== 'OperationOutcome') return `not an OperationOutcome: ${String((outcome as { resourceType?: string }).resourceType)}`;
  return outcome.issue[0]?.details?.coding?.[0]?.code ?? 'no code';
}

/** Everything the audit trail has written since: the entry with its place. */
export async function auditSince(gateway: Gateway, seq: number): Promise<{ seq: number; text: string; entry: AuditEntry }[]> {
  const rows = await gateway.database.query<{ seq: string; entry: string }>('select seq, entry from audit_entry where seq > $1 order by seq', [seq]);
  return rows.map((row) => ({ seq: Number(row.seq), text: row.entry, entry: JSON.parse(row.entry) as AuditEntry }));
}

export async function lastSeq(gateway: Gateway): Promise<number> {
  const [row] = await gateway.database.query<{ seq: string }>('select coalesce(max(seq), 0) as seq from audit_entry');
  return Number(row?.seq ?? 0);
}

/** Asks and gives the answer with the entries it left. */
export async function askAudited(gateway: Gateway, question: Question): Promise<{ answer: Answer; entries: AuditEntry[]; code: string }> {
  const before = await lastSeq(gateway);
  const answer = await ask(gateway, question);
  const entries = (await auditSince(gateway, before)).map(({ entry }) => entry);
  return { answer, entries, code: answer.status >= 400 ? codeOf(answer) : '' };
}

const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number';

/** The citizen's id as this persona finds it. */
export async function citizenOf(gateway: Gateway, who: string, nhsNumber: string): Promise<string> {
  const bundle = (await (await gateway.search('Patient', { identifier: `${nhsNumberSystem}|${nhsNumber}` }, who)).json()) as { entry?: { resource?: { id?: string } }[] };
  const id = bundle.entry?.[0]?.resource?.id;
  if (id === undefined) throw new Error('no such citizen for this persona');
  return id;
}

/** Meanwhile the audit store takes no entry like this one. */
export async function refusingEntries<Result>({ database }: Pick<Gateway, 'database'>, like: string, work: () => Promise<Result>): Promise<Result> {
  await database.query("create or replace function refuse_some() returns trigger language plpgsql as $$ begin raise exception 'not this one' using errcode = '53100'; end $$");
  await database.query(`create trigger refuse_some before insert on audit_entry for each row when (new.entry like '${like}') execute function refuse_some()`);
  try {
    return await work();
  } finally {
    await database.query('drop trigger refuse_some on audit_entry');
  }
}

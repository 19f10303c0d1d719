import type { OperationOutcome, Task } from '@medplum/fhirtypes';
import type { Problem } from '../../src/fhir/problem.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { nhsNumberAt } from '../../src/demo/nhs-number.ts';
import { countIntake } from '../../src/store/intake/intake-queue.ts';
import type { Gateway } from '../gateway.ts';

/** What became of a file: its Task as the sender reads it, and its rows as the gateway keeps them. */
export interface IntakeOutcome {
  taskId: string;
  task: Task;
  counts: Record<string, number>;
  /** told to the sender: code, and where */
  told: [code: string, where: string][];
  /** the same in the words its people read */
  words: string[];
  recordId: number;
  rows: { row: number; line: number; state: string; problems: Problem[] }[];
}

const codeOf = (concept: { coding?: { code?: string }[] } | undefined): string => concept?.coding?.[0]?.code ?? '';

/** Posts a file as its feed, waits until it is worked off, and holds its counts and those of everything to the reconciliation. */
export async function sendFile(gateway: Gateway, feed: string, part: string, content: string | Uint8Array): Promise<IntakeOutcome> {
  const response = await gateway.send(feed, part, content);
  if (response.status !== 202 && response.status !== 200) throw new Error(`intake answered ${response.status} ${await response.text()}`);
  return outcomeOf(gateway, feed, response.headers.get('Content-Location')?.split('/').at(-1) ?? '');
}

/** The outcome as it is now: rows that waited may have been taken up since. */
export async function outcomeOf(gateway: Gateway, feed: string, taskId: string): Promise<IntakeOutcome> {
  const task = (await (await gateway.get(`/fhir/Task/${taskId}`, feed)).json()) as Task;
  const counts = Object.fromEntries((task.output ?? []).filter(({ valueInteger }) => valueInteger !== undefined).map(({ type, valueInteger }) => [codeOf(type), valueInteger ?? 0]));
  const problems = (task.contained ?? []).find((each): each is OperationOutcome => each.resourceType === 'OperationOutcome')?.issue ?? [];
  const [record] = await gateway.database.query<{ id: string }>('select record_id as id from source_record where task_id = $1', [taskId]);
  const rows = await gateway.database.query<IntakeOutcome['rows'][number]>(
    'select row_no as row, line, state, problems from intake_row where record_id = $1 order by row_no', [record?.id]);
  const { received, states } = await countIntake(gateway.database);
  const sum = Object.values(states).reduce((a, b) => a + b, 0);
  if (received !== sum) throw new Error(`received ${received}, accounted for ${sum}`);
  const settled = ['stored', 'unchanged', 'pending', 'quarantined', 'rejected'].reduce((total, state) => total + (counts[state] ?? Number.NaN), 0);
  if (counts['received'] !== settled || counts['received'] !== rows.length) throw new Error(`the Task does not reconcile: ${JSON.stringify(counts)}, ${rows.length} rows`);
  return {
    taskId, task, counts, rows, recordId: Number(record?.id ?? 0),
    words: problems.map(({ details }) => details?.text ?? ''),
    told: problems.map(({ details, diagnostics = '' }) => [codeOf(details), /^Where: (.*?)\.(?: |$)/.exec(diagnostics)?.[1] ?? '']),
  };
}

/** A row of the record as it stands. */
export interface StoredRow {
  citizen: string;
  id: string;
  type: string;
  version: number;
  recordId: number;
  row: number;
  resource: JsonObject;
}

/** All that is stored about people, contact details put back, in a fixed order: compared before and after. */
export async function storedRows(gateway: Gateway, type?: string): Promise<StoredRow[]> {
  const rows = await gateway.database.query<Omit<StoredRow, 'resource'> & { body: string; fragments: [string, string][] | null }>(
    `select r.citizen_id as citizen, r.id, r.type, r.version, v.record_id::int as "recordId", v.row_no as row, v.body,
       (select json_agg(json_build_array(f.path, f.body)) from citizen_fragment f where f.id = r.id and f.version = r.version) as fragments
     from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version
     where $1::text is null or r.type = $1 order by r.type, r.id`, [type ?? null]);
  return rows.map(({ body, fragments, ...row }) => ({
    ...row, resource: { ...(JSON.parse(body) as JsonObject), ...Object.fromEntries((fragments ?? []).map(([path, text]) => [path.slice(1), JSON.parse(text) as JsonObject])) },
  }));
}

/** Versions a row of a file left, current or not. */
export async function versionsOf(gateway: Gateway, recordId: number, row: number): Promise<number> {
  const [found] = await gateway.database.query<{ n: string }>('select count(*) as n from citizen_version where record_id = $1 and row_no = $2', [recordId, row]);
  return Number(found?.n ?? 0);
}

export async function citizenCount(gateway: Gateway): Promise<number> {
  const [found] = await gateway.database.query<{ n: string }>('select count(*) as n from citizen');
  return Number(found?.n ?? 0);
}

/** A number of the test range nobody of the demo has. */
export function testNumber(n: number): string {
  return nhsNumberAt(500_000 + n) ?? '';
}

import pg from 'pg';

/** The tables a message ends in, with their columns and types as they are. */
const tables = {
  source_record: { feed: 'text', part: 'text', sha256: 'bytea', content: 'bytea', size: 'int', received_at: 'timestamptz', client: 'text', task_id: 'uuid', state: 'text', received_rows: 'int' },
  intake_row: { record_id: 'bigint', row_no: 'int', line: 'int', feed: 'text', part: 'text', person_key: 'text', content: 'text', message_id: 'text', state: 'text' },
  citizen_version: { citizen_id: 'uuid', id: 'uuid', version: 'int', body: 'text', deleted: 'boolean', updated_at: 'timestamptz', record_id: 'bigint', row_no: 'int' },
  citizen_row: {
    citizen_id: 'uuid', id: 'uuid', type: 'text', version: 'int', class_id: 'int', deleted: 'boolean', updated_at: 'timestamptz', from_at: 'timestamptz', to_at: 'timestamptz',
    sort_text: 'text', tokens: 'bigint[]', directory_ids: 'uuid[]', content_hash: 'bytea',
  },
  citizen_fragment: { citizen_id: 'uuid', id: 'uuid', version: 'int', path: 'text', body: 'text', class_id: 'int', target: 'uuid', tokens: 'bigint[]' },
} as const;
type Table = keyof typeof tables;
const order = Object.keys(tables) as Table[];

/** Rows of one source record, by table, each value as a parameter takes it. */
export type StoredRows = Record<Table, Record<string, unknown>[]>[];

/** Everything stored of what was received, by the source record that brought it. */
export async function readStoredRows(query: (text: string) => Promise<Record<string, unknown>[]>): Promise<StoredRows> {
  const from: Record<Table, string> = {
    source_record: 'source_record t', intake_row: 'intake_row t',
    citizen_version: 'citizen_version t',
    citizen_row: 'citizen_row t join citizen_version v on v.citizen_id = t.citizen_id and v.id = t.id and v.version = t.version',
    citizen_fragment: 'citizen_fragment t join citizen_version v on v.citizen_id = t.citizen_id and v.id = t.id and v.version = t.version',
  };
  const byRecord = new Map<string, StoredRows[number]>();
  for (const table of order) {
    const record = table === 'citizen_row' || table === 'citizen_fragment' ? 'v.record_id' : 't.record_id';
    const columns = Object.entries<string>(tables[table]).map(([name, type]) => `t.${name}${type === 'bytea' ? '' : '::text'} as ${name}`);
    for (const row of await query(`select ${record} as of_record, ${columns.join(', ')} from ${from[table]} order by ${record}`)) {
      const key = String(row['of_record']);
      const rows = byRecord.get(key) ?? { source_record: [], intake_row: [], citizen_version: [], citizen_row: [], citizen_fragment: [] };
      byRecord.set(key, rows);
      rows[table].push(row);
    }
  }
  return [...byRecord.values()];
}

/** Seconds to insert them, one transaction per source record, one statement per table. */
export async function rawInsert(databaseUrl: string, batches: StoredRows): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const started = performance.now();
  for (const batch of batches) {
    await client.query('begin');
    for (const table of order) await insertRows(client, table, batch[table]);
    await client.query('commit');
  }
  const seconds = (performance.now() - started) / 1_000;
  await client.end();
  return seconds;
}

/** Arrays of arrays cannot be unnested row by row, so each travels as text. */
async function insertRows(client: pg.Client, table: Table, rows: readonly Record<string, unknown>[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.entries<string>(tables[table]);
  const names = columns.map(([name]) => name).join(', ');
  const sent = columns.map(([, type], i) => `$${i + 1}::${type.endsWith('[]') ? 'text' : type}[]`).join(', ');
  const taken = columns.map(([name, type]) => (type.endsWith('[]') ? `${name}::${type}` : name)).join(', ');
  await client.query({
    name: table, text: `insert into ${table} (${names}) select ${taken} from unnest(${sent}) as r(${names})`,
    values: columns.map(([name]) => rows.map((row) => row[name])),
  });
}

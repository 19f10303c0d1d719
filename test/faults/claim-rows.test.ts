import { randomUUID } from 'node:crypto';
import { databases, freshPostgres } from '../databases.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { claimRows, finishRecords, finishRows } from '../../src/store/intake/intake-queue.ts';
import { patienceMs } from '../patience.ts';
import { saveSourceRecord, saveSplit } from '../../src/store/intake/source-records.ts';

const people = 6;
const records = 40;
const workers = 8;
const feed = 'uhb-adt';

/** A queue as the splitter lays it out: in every record one row of each person. */
async function fillQueue(database: Database): Promise<void> {
  for (let recordId = 1; recordId <= records; recordId += 1) {
    await database.transaction((connection) => saveSplit(connection, [], Array.from({ length: people }, (_, person) => ({
      recordId, row: person + 1, line: 1, feed, part: '', personKey: `H${person}`, content: 'x', messageId: null, messageIdAt: '', sha256: null, state: 'pending' as const, problems: '[]',
    }))));
  }
}

/** One worker: takes a few rows of a few people, thinks, settles them. Notes every row it settled, in the order of its commits. */
async function work(database: Database, settled: { personKey: string; recordId: number }[], idle: () => boolean): Promise<void> {
  while (!idle()) {
    const done = await database.transaction(async (connection) => {
      const rows = await claimRows(connection, { people: 3, rowsEach: 2, held: [] });
      await finishRows(connection, rows.map((row) => ({ ...row, outcome: 'stored' as const, problems: '[]' })));
      settled.push(...rows.map(({ personKey, recordId }) => ({ personKey, recordId })));
      return rows;
    });
    if (done.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe.each(databases)('rows taken by many workers at once, on $kind', ({ open }) => {
  it('are each settled once, in order of receipt per person, and none is left behind', async () => {
    const database = await open();
    try {
      await fillQueue(database);
      const settled: { personKey: string; recordId: number }[] = [];
      const until = Date.now() + patienceMs;
      await Promise.all(Array.from({ length: workers }, () => work(database, settled, () => settled.length >= people * records || Date.now() > until)));
      for (const [, rows] of Map.groupBy(settled, ({ personKey }) => personKey)) {
        expect(rows.map(({ recordId }) => recordId)).toEqual(Array.from({ length: records }, (_, n) => n + 1));
      }
      expect(settled).toHaveLength(people * records);
      expect(await database.query('select * from intake_person')).toEqual([]);
      expect(await database.query(`select * from intake_row where state = 'pending'`)).toEqual([]);
    } finally {
      await database.close();
    }
  });
});

describe('a record whose last rows two workers settle at the same moment, on postgresql', () => {
  it('is closed by the one that commits last', async () => {
    const database = await openPostgres(await freshPostgres());
    try {
      const received = { feed, part: '', sha256: Buffer.alloc(32), content: Buffer.from('x'), receivedAt: new Date(0), client: feed };
      await saveSourceRecord(database, received, { id: randomUUID(), body: '{}', index: { tokens: [], fragmentTokens: new Map(), values: [], from: null, to: null, sortText: null, codes: [] } });
      await database.transaction((connection) => saveSplit(connection, [{ recordId: 1, rows: 2, problems: '[]', state: 'split' }], [1, 2].map((row) => ({
        recordId: 1, row, line: row, feed, part: '', personKey: `H${row}`, content: 'x', messageId: null, messageIdAt: '', sha256: null, state: 'pending' as const, problems: '[]',
      }))));
      let bothSettled: () => void = () => undefined;
      const met = new Promise<void>((resolve) => { bothSettled = resolve; });
      let settledWorkers = 0;
      const settle = (): Promise<number> => database.transaction(async (connection) => {
        const rows = await claimRows(connection, { people: 1, rowsEach: 1, held: [] });
        await finishRows(connection, rows.map((row) => ({ ...row, outcome: 'stored' as const, problems: '[]' })));
        settledWorkers += 1;
        if (settledWorkers === 2) bothSettled();
        await met;
        return (await finishRecords(connection, [1])).length;
      });
      expect((await Promise.all([settle(), settle()])).sort()).toEqual([0, 1]);
      expect(await database.query('select state from source_record')).toEqual([{ state: 'done' }]);
    } finally {
      await database.close();
    }
  });
});

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Grant } from '../../src/consent/types.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { listMark, listToken } from '../../src/fhir/search-token.ts';
import { readGeneration, saveGrant } from '../../src/store/door/grants.ts';
import { lookAtEverything } from '../../src/store/door/look-up.ts';
import { moveRows } from '../../src/store/record/move-rows.ts';
import { reclassRows, saveRows, type RowChange } from '../../src/store/record/record-writer.ts';
import { loadVersions, replaceFragments } from '../../src/store/record/stored-versions.ts';
import { databases, freshPostgres } from '../databases.ts';
import { untilBlocked } from '../patience.ts';

const noId = '00000000-0000-0000-0000-000000000000';

function change(citizen: string, id: string, classId: number, version = 1, fragmentClass = classId, tokens: bigint[] = []): RowChange {
  return {
    citizen, id, type: 'CarePlan', version, classId, contentHash: Buffer.alloc(0), body: '{}', updatedAt: new Date(), recordId: 1, row: 1, directoryIds: [],
    index: { tokens, fragmentTokens: new Map(), values: [], from: null, to: null, sortText: null, codes: [] },
    fragments: [{ path: '/address', body: '[]', classId: fragmentClass, target: null, tokens: [] }],
  };
}

/** Counts as the tally has them, and as they are; classes that count nothing left out of both. */
async function tallies(database: Database): Promise<{ kept: unknown[]; counted: unknown[] }> {
  const kept = await database.query(
    `select t.citizen_id, k.class_id, k.within, k.n from citizen_tally t, unnest(t.class_id, t.within, t.n) k (class_id, within, n) where k.n > 0 order by 1, 2, 3 nulls first`);
  const counted = await database.query(
    `select citizen_id, class_id, within, count(*)::int as n from (
       select citizen_id, class_id, null::int as within from citizen_row where not deleted
       union all select f.citizen_id, f.class_id, r.class_id from citizen_fragment f join citizen_row r on r.citizen_id = f.citizen_id and r.id = f.id and r.version = f.version
         where f.target is null and not r.deleted) c group by 1, 2, 3 order by 1, 2, 3 nulls first`);
  return { kept, counted };
}

/** Places in kept lists as the table has them, and as the rows' tokens say. */
async function places(database: Database): Promise<{ kept: unknown[]; said: unknown[] }> {
  const kept = await database.query('select citizen_id, id, list::text, at from list_place order by 1, 2, 3');
  const rows = await database.query<{ citizen_id: string; id: string; tokens: string[]; at: Date }>('select citizen_id, id, tokens::text[] as tokens, updated_at as at from citizen_row where not deleted order by 1, 2');
  const said = rows.flatMap(({ tokens, ...row }) => tokens.filter((token) => (BigInt(token) & listMark.bits) === listMark.value).sort().map((list) => ({ ...row, list })));
  return { kept, said };
}

const lists = [listToken('EpisodeOfCare', 1n, 2n), listToken('EpisodeOfCare', 3n, 2n), listToken('Task', 1n, 2n)];

describe.each(databases)('the tally of a citizen, on $kind', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  it('and the places of rows in lists are what is there after any writes: new rows and versions, rows and parts moved to other classes, people who become one, rows that end', async () => {
    const citizens = [randomUUID(), randomUUID()];
    const ids = Array.from({ length: 6 }, () => randomUUID() as string);
    const versions = new Map<string, number>();
    const owners = new Map(ids.map((id, i) => [id, citizens[i % 2] ?? '']));
    const write = fc.record({ which: fc.nat(5), classId: fc.integer({ min: 1, max: 4 }), part: fc.integer({ min: 1, max: 4 }), how: fc.constantFrom('save', 'save', 'save', 'reclass', 'reclass-part', 'move', 'end'), bears: fc.subarray([...lists, 5n]) });
    await fc.assert(fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 6 }), async (writes) => {
      await database.transaction(async (connection) => {
        for (const { which, classId, part, how, bears } of writes) {
          const id = ids[which] ?? '';
          const citizen = owners.get(id) ?? '';
          const version = (versions.get(id) ?? 0) + 1;
          if (how === 'reclass') await reclassRows(connection, [{ citizen, id, classId }]);
          else if (how === 'end') await connection.query('update citizen_row set deleted = true where id = $1', [id]);
          else if (how === 'move') {
            const into = citizens.find((each) => each !== citizen) ?? '';
            await moveRows(connection, { from: citizen, into, origins: null, at: new Date(), tokens: { from: [], into: [] } });
            for (const [each, owner] of owners) if (owner === citizen) {
              owners.set(each, into);
              if (versions.has(each)) versions.set(each, (versions.get(each) ?? 0) + 1);
            }
          }
          else if (how === 'reclass-part') {
            const stored = await loadVersions(connection, [{ citizen, id }]);
            await replaceFragments(connection, stored.map((each) => ({ ...each, fragments: each.fragments.map((fragment) => ({ ...fragment, classId, tokens: [] })) })));
          }
          else {
            await saveRows(connection, [change(citizen, id, classId, version, part, bears)]);
            versions.set(id, version);
          }
        }
      });
      const { kept, counted } = await tallies(database);
      expect(kept).toEqual(counted);
      const listed = await places(database);
      expect(listed.kept).toEqual(listed.said);
    }), { numRuns: 40 });
  });
});

describe('the tally of a citizen whom two processes write about at once', () => {
  it('holds what both wrote, and both are found', async () => {
    const url = await freshPostgres();
    const [one, other] = [await openPostgres(url, 2), await openPostgres(url, 2)];
    try {
      const citizen = randomUUID();
      const grant: Grant = {
        key: 'sees-both', organisation: 'org', role: 'nurse', purpose: 'TREAT', person: null, citizen: null, client: 'demo', generation: await readGeneration(one), validUntil: null,
        exempt: [], open: [1, 2], related: [], explicit: [], explicitRelated: [], directory: false, governance: false, rules: new Map(),
      };
      await saveGrant(one, grant);
      for (const [first, second] of [[1, 2], [2, 1]] as const) {
        const wrote = Promise.withResolvers<undefined>();
        const mayCommit = Promise.withResolvers<undefined>();
        const slow = one.transaction(async (connection) => {
          await saveRows(connection, [{ ...change(citizen, randomUUID(), first), fragments: [] }]);
          wrote.resolve(undefined);
          await mayCommit.promise;
        });
        await wrote.promise;
        const fast = other.transaction((connection) => saveRows(connection, [{ ...change(citizen, randomUUID(), second), fragments: [] }]));
        await untilBlocked(one);
        mayCommit.resolve(undefined);
        await Promise.all([slow, fast]);
        const { kept, counted } = await tallies(one);
        expect(kept).toEqual(counted);
      }
      const looked = await lookAtEverything(one, 'sees-both', citizen, { type: '', id: noId }, 10);
      expect(typeof looked === 'symbol' ? looked : looked.rows.map(({ classId }) => classId).sort()).toEqual([1, 1, 2, 2]);
    } finally {
      await one.close();
      await other.close();
    }
  });
});

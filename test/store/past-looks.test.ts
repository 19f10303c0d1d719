import { randomUUID } from 'node:crypto';
import { sealEntries } from '../../src/flow/audit/seal-entries.ts';
import { openAuditTrail } from '../../src/store/audit/audit-trail.ts';
import type { Database } from '../../src/store/database.ts';
import { withPastLooks, type Gathered } from '../../src/store/door/past-looks.ts';
import { entryOf } from '../audit/log-of.ts';
import { databases } from '../databases.ts';

const since = new Date('2026-10-01T00:00:00.000Z');
const [before, after] = ['2026-09-30T23:59:59.999Z', '2026-10-02T00:00:00.000Z'];

/** Looks at one person each, written in this order. */
async function write(database: Database, instants: readonly string[]): Promise<void> {
  const trail = openAuditTrail(database, sealEntries);
  const who = { client: 'viewer', organisation: 'urn:x|1', organisationName: 'X', role: 'doctor' };
  for (const at of instants) await trail.append({ ...entryOf(1), id: randomUUID(), at, who, interaction: 'read', query: `CarePlan/${randomUUID()}`, citizen: randomUUID(), status: 200 });
}

describe.each(databases)('past looks, on $kind', ({ open }) => {
  it('are those since an instant by their own time, wherever a clock that jumped has put them', async () => {
    const database = await open();
    try {
      const shares: number[] = [];
      const gathered = (): Promise<Gathered> => withPastLooks(database, (looks) => looks.gather(since, { repeatable: ['read'], many: ['notify'], aboutNobody: [] }, (done) => { shares.push(done); }));
      expect(await gathered()).toEqual({ looks: 0, nobody: 0, notJudged: 0 });
      await write(database, [after, before, after, since.toISOString(), before, before, before, before, before, after]);
      expect(await gathered()).toEqual({ looks: 4, nobody: 0, notJudged: 0 });
      expect(shares).toEqual([1]);
    } finally {
      await database.close();
    }
  });
});

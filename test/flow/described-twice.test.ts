import type { LogEvent } from '../../src/edge/log.ts';
import { databases } from '../databases.ts';
import { startGateway } from '../gateway.ts';
import { message } from '../intake/adt.ts';

it.each(databases)('one file that describes people twice is one batch, and the last word counts, on $kind', async ({ open }) => {
  const events: LogEvent[] = [];
  const gateway = await startGateway(await open(), { log: (event) => { events.push(event); } });
  try {
    const about = (key: string, id: string, family: string): string => message({ event: 'A28', id, at: `2024010${id.slice(-1)}120000`, pid: { 3: `${key}^^^RRK`, 5: `${family}^${key === 'T1' ? 'ANN' : 'GORDON'}`, 7: key === 'T1' ? '19500203' : '19811110', 8: key === 'T1' ? '2' : '1', 11: `${key} LANE^^^^B${key.slice(1)}3 8XX` }, pv1: null });
    const response = await gateway.send('uhb-adt', '', about('T1', 'T-1', 'BEFORE') + about('T2', 'U-1', 'EARLY') + about('T1', 'T-2', 'AFTER') + about('T2', 'U-2', 'LATE'));
    expect(response.ok).toBe(true);
    expect(events.filter((event) => event === 'intake-retried' || event === 'worker-failed')).toEqual([]);
    const kept = await gateway.database.query<{ person_key: string; family: string; rule: string }>(
      `select person_key, facts->>'family' as family, rule from source_person p where person_key in ('T1', 'T2') order by person_key`);
    expect(kept.map(({ person_key: key, family, rule }) => [key, family, rule])).toEqual([['T1', 'after', 'link-new-02'], ['T2', 'late', 'link-new-02']]);

    const keys = (): Promise<{ person: string; keys: string[] }[]> => gateway.database.query(
      `select person_key as person, array_agg(encode(hash, 'hex') order by hash) as keys from source_person p join person_key k using (citizen_id, id) where person_key in ('T1', 'T2') group by 1 order by 1`);
    const before = await keys();
    await gateway.send('uhb-adt', '', about('T1', 'T-3', 'AGAIN'));
    const after = await keys();
    expect(after[1]).toEqual(before[1]);
    expect(new Set(after[0]?.keys).isSupersetOf(new Set(before[0]?.keys))).toBe(false); // she is not found by the name she had
    expect(after[0]?.keys.length).toBe(before[0]?.keys.length);
  } finally {
    await gateway.close();
  }
});

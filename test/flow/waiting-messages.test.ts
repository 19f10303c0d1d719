import { rmSync } from 'node:fs';
import { listWaiting, replayWaiting } from '../../src/flow/waiting-messages.ts';
import { databases } from '../databases.ts';
import { openWorks, type Works } from '../faults/open-works.ts';
import { message } from '../intake/adt.ts';
import { editableMappings, integrationOf, request, untilReplay } from './replay-works.ts';

const person = (key: string): Record<number, string> => ({ 3: `${key}^^^RRK`, 5: `WAITER^${key}`, 7: '19380211', 32: 'NSTS04' });
const merge = (event: string, id: string, losing: string): string => message({ event, id, at: '20240501090000', pid: person('KEPT'), pv1: null, more: [`MRG|${losing}^^^RRK`] });
const bad = message({ event: 'A40', id: 'BAD', pid: person('KEPT'), pv1: null, more: ['MRG|KEPT^^^RRK'] });

describe.each(databases)('messages that ask for a merge, on $kind', ({ open }) => {
  let works: Works;
  beforeAll(async () => {
    works = await openWorks(await open());
    for (const key of ['KEPT', 'LOST', 'OTHER']) await works.post('uhb-adt', '', message({ event: 'A28', id: `NEW-${key}`, pid: person(key), pv1: null }));
    await works.post('uhb-adt', '', merge('A40', 'M1', 'LOST') + merge('A47', 'M2', 'OLDER'));
    await works.post('uhb-adt', '', bad + merge('A40', 'M3', 'OTHER'));
    await works.post('uhb-adt', '', message({ event: 'A31', id: 'LATER', at: '20240601090000', pid: { ...person('KEPT'), 15: 'EN' }, pv1: null }));
    await works.services.worker.idle();
  }, 90_000);
  afterAll(() => works.close());

  const waiting = async (): Promise<[string, string | null][]> => (await listWaiting(works.database, { feed: 'uhb-adt', most: 100 })).map(({ type, messageId }) => [type, messageId]);
  const states = async (): Promise<Record<string, number>> => Object.fromEntries((await works.database.query<{ state: string; n: string }>(
    'select state, count(*) as n from intake_row group by state order by state')).map(({ state, n }) => [state, Number(n)]));

  it('wait in the order they came, and are told without whom they are about', async () => {
    expect(await waiting()).toEqual([['ADT^A40', 'M1'], ['ADT^A47', 'M2'], ['ADT^A40', 'M3']]);
    const told = await listWaiting(works.database, { most: 100 });
    expect(JSON.stringify(told)).not.toMatch(/KEPT|LOST|WAITER/);
    expect(await listWaiting(works.database, { after: told[0]!, most: 1 })).toEqual([told[1]]);
    expect(await listWaiting(works.database, { feed: 'uhb-ref', most: 100 })).toEqual([]);
  });

  it('do not hold up what came after them; a bad one is in quarantine with its reason', async () => {
    expect(await states()).toEqual({ 'awaiting-merge': 3, quarantined: 1, stored: 4 });
    const [row] = await works.database.query<{ problems: { code: string }[] }>(`select problems from intake_row where state = 'quarantined'`);
    expect(row?.problems.map(({ code }) => code)).toEqual(['merge-same-identifier']);
  });

  it('wait again after a replay while nothing can be done: none is lost, none done twice', async () => {
    const before = await works.database.query('select count(*) as n from citizen_version');
    expect(await replayWaiting(works.database, 'uhb-ref')).toBe(0);
    expect(await replayWaiting(works.database, 'uhb-adt')).toBe(3);
    expect(await states()).toEqual({ pending: 3, quarantined: 1, stored: 4 });
    works.services.worker.wake();
    await works.services.worker.idle();
    expect(await waiting()).toEqual([['ADT^A40', 'M1'], ['ADT^A47', 'M2'], ['ADT^A40', 'M3']]);
    expect(await states()).toEqual({ 'awaiting-merge': 3, quarantined: 1, stored: 4 });
    expect(await works.database.query('select count(*) as n from citizen_version')).toEqual(before);
    expect(await works.database.query(`select 1 from source_record where state <> 'done'`)).toEqual([]);
  });

  it('are done after a replay once the gateway can', async () => {
    const maps = editableMappings();
    maps.edit('hl7v2-adt/schema.json', (text) => text.replace(/("A47": .*), "parked": "awaiting-merge" }/, '$1 }'));
    await works.services.close();
    const again = await openWorks(works.database, { mappings: maps.folder });
    works = again;
    try {
      const { replay } = works.services.feedWork;
      await replay.start(integrationOf(), 'uhb-adt', request);
      const { candidate } = await untilReplay(works.services, 'uhb-adt', 'ready');
      await replay.approve(integrationOf(), 'uhb-adt', candidate, request);
      await untilReplay(works.services, 'uhb-adt', 'done');
      expect(await waiting()).toEqual([['ADT^A40', 'M1'], ['ADT^A40', 'M3']]);
      expect(await states()).toMatchObject({ 'awaiting-merge': 2, quarantined: 1 });
    } finally {
      rmSync(maps.folder, { recursive: true });
    }
  }, 120_000);
});

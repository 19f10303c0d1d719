import type { Requester } from '../../src/fhir/sharing.ts';
import { databases } from '../databases.ts';
import { openWorks, type Works } from '../faults/open-works.ts';
import { message } from '../intake/adt.ts';
import { council, editableMappings, integrationOf, request, untilReplay, type EditableMappings } from './replay-works.ts';

const hospital = integrationOf();
const sent = [1, 2, 3].map((n) => message({ id: `S${n}`, event: 'A28', at: `2024030${n}081000`, pid: { 3: `H${n % 2}^^^RRK`, 5: `OKAFOR^ALICE^${'A'.repeat(n)}`, 8: n === 3 ? 'Q' : '2' }, pv1: null }));
const broken = message({ id: 'S9', event: 'A28', pid: { 7: '19381301' }, pv1: null });

/** Everything that could tell of a record, a row or their number. */
const told = ['citizen', 'citizen_row', 'citizen_version', 'citizen_tally', 'source_person', 'person_key', 'intake_row', 'intake_person', 'message_seen', 'fold_state', 'ledger_count', 'unmapped_code', 'relationship', 'choice'];

describe.each(databases)('a feed in shadow, on $kind', ({ open }) => {
  let maps: EditableMappings;
  let works: Works;
  beforeEach(async () => {
    maps = editableMappings();
    maps.edit('feeds.yaml', (text) => text.replace('    kind: hl7v2-adt\n', '    kind: hl7v2-adt\n    shadow: true\n'));
    works = await openWorks(await open(), { mappings: maps.folder, replayTogether: { people: 1, rows: 1 } });
  });
  afterEach(() => works.close());

  const send = async (...messages: string[]): Promise<void> => {
    for (const each of messages) await works.post('uhb-adt', '', each);
    await works.services.worker.idle();
  };
  const counted = async (): Promise<Record<string, number>> => Object.fromEntries(await Promise.all(told.map(async (table) => {
    const [{ n = -1 } = {}] = await works.database.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    return [table, n] as const;
  })));
  const covering = async (rows: number): Promise<Awaited<ReturnType<typeof untilReplay>>> => {
    for (;;) {
      const report = await untilReplay(works.services, 'uhb-adt', 'ready');
      if (report.progress.rowsDone === rows) return report;
      await new Promise((resolve) => { setTimeout(resolve, 25); });
    }
  };

  it('is received, mapped and counted, and nothing of it is anywhere until it is approved; then it is in the record', async () => {
    const nothing = await counted();
    await send(...sent, broken);
    const report = await covering(4);
    expect(report).toMatchObject({ onboarding: true, counts: { resource: 2, 'new-problem': 2 } });
    expect(report.differences.map(({ kind, subject, place, count }) => [kind, subject, place, count])).toEqual([
      ['new-problem', 'code-not-in-table', 'PID-8.1', 1], ['new-problem', 'date-not-real', 'PID-7', 1], ['resource', 'Patient', 'added', 2],
    ]);
    expect(await counted()).toEqual(nothing);
    await expect(works.services.feedWork.replay.start(hospital, 'uhb-adt', request)).rejects.toThrow('replay-open');
    await expect(works.services.feedWork.replay.giveUp(hospital, 'uhb-adt', request)).rejects.toThrow('replay-not-open');

    await send(message({ id: 'S4', event: 'A28', at: '20240304081000', pid: { 3: 'H4^^^RRK' }, pv1: null }));
    await covering(5);
    await works.services.feedWork.replay.approve(hospital, 'uhb-adt', report.candidate, request);
    await untilReplay(works.services, 'uhb-adt', 'done');
    const states = await works.database.query<{ state: string; n: number }>('select state, count(*)::int as n from intake_row group by state order by state');
    expect(Object.fromEntries(states.map(({ state, n }) => [state, n]))).toEqual({ quarantined: 1, stored: 3, unchanged: 1 });
    expect(await counted()).toMatchObject({ source_person: 3, unmapped_code: 1, message_seen: 4 });
    const [{ waiting = -1 } = {}] = await works.database.query<{ waiting: number }>("select count(*)::int as waiting from source_record where state not in ('done', 'rejected')");
    expect(waiting).toBe(0);
    await send(sent[0] ?? '', message({ id: 'S5', event: 'A28', at: '20240305081000', pid: { 3: 'H5^^^RRK' }, pv1: null }));
    expect(await counted()).toMatchObject({ source_person: 4 });
  });

  it('is told of to its own organisation only', async () => {
    await send(...sent);
    const seenBy = async (who: Requester): Promise<string[]> => (await works.services.feedWork.report(who, null, request)).map(({ feed }) => feed);
    expect(await seenBy(hospital)).toContain('uhb-adt');
    expect(await seenBy(integrationOf(council))).toEqual(['bcc-cld']);
    await expect(works.services.feedWork.replay.show(integrationOf(council), 'uhb-adt', request)).rejects.toThrow('feed-unknown');
    await expect(works.services.feedWork.workList(integrationOf(council), 'uhb-adt', 0, request)).rejects.toThrow('feed-unknown');
  });

  it('follows its folder: a map mended before the approval is what is tried and what goes live', async () => {
    await send(...sent);
    const { candidate } = await covering(3);
    maps.edit('hl7v2-adt/tables/sex.csv', (text) => `${text}Q,http://hl7.org/fhir/administrative-gender,other,Other,local\n`);
    const { database } = works;
    await works.services.close();
    works = await openWorks(database, { mappings: maps.folder });
    const report = await covering(3);
    expect(report.candidate).not.toBe(candidate);
    expect(report.counts).toEqual({ resource: 2, 'new-problem': 0, 'solved-problem': 0 });
  });
});

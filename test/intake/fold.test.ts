import fc from 'fast-check';
import { foldRow, unfoldRow } from '../../src/intake/fold.ts';
import type { FoldState, RowInput } from '../../src/intake/types.ts';
import { inputOf, message, type MessageFacts } from './adt.ts';

interface Sent {
  by: string;
  input: RowInput;
}

function sent(facts: MessageFacts): Sent {
  return { by: facts.id ?? 'M1', input: inputOf(message(facts)) };
}

function foldAll(messages: readonly Sent[]): Map<string, FoldState> {
  return messages.reduce((states, { input, by }) => foldRow(states, input, by), new Map<string, FoldState>());
}

/** What the map would read after these messages, seen by the last of them. */
function recordAfter(...facts: MessageFacts[]): Record<string, unknown> {
  const messages = facts.map(sent);
  const last = messages.at(-1);
  return last ? unfoldRow(foldAll(messages), last.input) : {};
}

describe('folding messages', () => {
  it('keeps what a message does not mention and forgets what it clears', () => {
    const record = recordAfter(
      { id: 'M1', at: '20240301080000', pid: { 13: '0121 496 0123', 15: 'EN' }, pv1: { 10: '430' } },
      { event: 'A08', id: 'M2', at: '20240301090000', pid: { 13: '""', 5: 'OKAFOR^ALICIA^^^^^L' } },
    );
    expect(record).toMatchObject({ person: { PID: { f5: [{ c2: 'ALICIA' }], f15: [{ c1: 'EN' }] } }, visit: { PV1: { f10: [{ c1: '430' }] } } });
    expect(record).not.toHaveProperty('person.PID.f13');
  });

  it('does not let an older message undo what a newer one cleared or said', () => {
    const record = recordAfter(
      { event: 'A08', id: 'M2', at: '20240301090000', pid: { 13: '""', 8: '1' } },
      { id: 'M1', at: '20240301080000', pid: { 13: '0121 496 0123', 8: '2' } },
    );
    expect(record).toMatchObject({ person: { PID: { f8: [{ c1: '1' }] } } });
    expect(record).not.toHaveProperty('person.PID.f13');
  });

  it('takes repeating segments as one list', () => {
    const record = recordAfter(
      { id: 'M1', at: '20240301080000', more: ['NK1|1|A^B', 'NK1|2|C^D'] },
      { event: 'A08', id: 'M2', at: '20240301090000', more: ['NK1|1|E^F'] },
    );
    expect(record).toMatchObject({ person: { NK1: [{ f2: [{ c1: 'E', c2: 'F' }] }] } });
    expect(recordAfter({ id: 'M1', more: ['NK1|1|A^B'] }, { event: 'A08', id: 'M2', at: '20240302', more: ['NK1|1|""'] })).not.toHaveProperty('person.NK1');
  });

  it('takes the status of a visit only from events that set one', () => {
    const visit = { id: 'M1', at: '20240301080000' };
    expect(recordAfter({ ...visit, event: 'A08' })).not.toHaveProperty('visit.status');
    expect(recordAfter(visit, { event: 'A03', id: 'M2', at: '20240305' }, { event: 'A08', id: 'M3', at: '20240306' })).toMatchObject({ visit: { status: 'finished' } });
    expect(recordAfter({ event: 'A03', id: 'M2', at: '20240305' }, visit)).toMatchObject({ visit: { status: 'finished' } });
    expect(recordAfter(visit, { event: 'A11', id: 'M2', at: '20240302' })).toMatchObject({ visit: { status: 'cancelled' } });
  });

  it('remembers every place of a visit, from when until when', () => {
    const record = recordAfter(
      { event: 'A02', id: 'M3', at: '20240304100000', pv1: { 3: 'RRK^W5' } },
      { id: 'M1', at: '20240301080000', pv1: { 3: 'OPAL' } },
      { event: 'A02', id: 'M2', at: '20240302100000', pv1: { 3: 'RRK^W12' } },
      { event: 'A08', id: 'M4', at: '20240304110000', pv1: { 3: 'RRK^W5' } },
    );
    expect(record['visit']).toHaveProperty('moves', [
      { at: '2024-03-01T08:00:00Z', until: '2024-03-02T10:00:00Z', f3: [{ c1: 'OPAL' }] },
      { at: '2024-03-02T10:00:00Z', until: '2024-03-04T10:00:00Z', f3: [{ c1: 'RRK', c2: 'W12' }] },
      { at: '2024-03-04T10:00:00Z', f3: [{ c1: 'RRK', c2: 'W5' }] },
    ]);
  });

  it('takes back the transfer that is named, and its place with it', () => {
    const stay: MessageFacts[] = [
      { id: 'M1', at: '20240301080000', pv1: { 3: 'RRK^W12' } },
      { event: 'A02', id: 'M2', at: '20240302100000', pv1: { 3: 'OPAL' } },
      { event: 'A02', id: 'M3', at: '20240303100000', pv1: { 3: 'RRK^W5' } },
    ];
    const cancelled = recordAfter(...stay, { event: 'A12', id: 'M4', at: '20240303120000', of: '20240302100000', pv1: { 3: '' } });
    expect(cancelled).toMatchObject({ visit: { status: 'in-progress', moves: [{ f3: [{ c2: 'W12' }] }, { f3: [{ c2: 'W5' }] }], withdrawn: [{ at: '2024-03-02T10:00:00Z', f3: [{ c1: 'OPAL' }] }] } });
    const last = recordAfter(...stay, { event: 'A12', id: 'M4', at: '20240303120000', pv1: { 3: '' } });
    expect(last).toMatchObject({ visit: { moves: [{ f3: [{ c2: 'W12' }] }, { f3: [{ c1: 'OPAL' }] }], withdrawn: [{ f3: [{ c2: 'W5' }] }] } });
  });

  it('takes back the same event once, however often that is said', () => {
    const stay: MessageFacts[] = [{ id: 'M1', at: '20240301080000', pv1: { 3: 'RRK^W12' } }, { event: 'A02', id: 'M2', at: '20240302100000', pv1: { 3: 'OPAL' } }, { event: 'A02', id: 'M3', at: '20240303100000', pv1: { 3: 'RRK^W5' } }];
    const again: MessageFacts[] = ['M4', 'M5'].map((id) => ({ event: 'A12', id, at: '20240303120000', of: '20240303100000', pv1: { 3: '' } }));
    expect(recordAfter(...stay, ...again)).toMatchObject({ visit: { moves: [{ f3: [{ c2: 'W12' }] }, { f3: [{ c1: 'OPAL' }] }] } });
  });

  it('goes back to what was before a discharge that is taken back, whatever the message repeats, and keeps a new one', () => {
    const stay: MessageFacts[] = [{ id: 'M1', at: '20240301080000' }, { event: 'A03', id: 'M2', at: '20240305150000', pv1: { 37: '19', 45: '20240305150000' } }];
    const back: MessageFacts = { event: 'A13', id: 'M3', at: '20240305170000', of: '20240305150000', pv1: { 37: '19', 45: '20240305150000' } };
    const record = recordAfter(...stay, back);
    expect(record).toMatchObject({ visit: { status: 'in-progress' } });
    expect(record).not.toHaveProperty('visit.PV1.f37');
    expect(record).not.toHaveProperty('visit.PV1.f45');
    expect(recordAfter(back, ...stay)).toEqual({ ...record, event: 'A03' });
    expect(recordAfter(...stay, back, { event: 'A03', id: 'M4', at: '20240307150000', pv1: { 37: '55', 45: '20240307150000' } })).toMatchObject({ visit: { status: 'finished', PV1: { f37: [{ c1: '55' }] } } });
    expect(recordAfter(back)).toMatchObject({ visit: { status: 'in-progress' } });
  });

  it('goes back to leave when the discharge from leave is taken back', () => {
    expect(recordAfter({ id: 'M1', at: '20240301080000' }, { event: 'A21', id: 'M2', at: '20240302080000' }, { event: 'A03', id: 'M3', at: '20240303080000' },
      { event: 'A13', id: 'M4', at: '20240303090000', of: '20240303080000' })).toMatchObject({ visit: { status: 'onleave' } });
  });

  it('knows a deleted person again only from a newer message', () => {
    const deleted = { event: 'A29', id: 'M2', at: '20240302080000', pv1: null } satisfies MessageFacts;
    const older = { event: 'A31', id: 'M1', at: '20240301080000', pv1: null } satisfies MessageFacts;
    expect(recordAfter(deleted, older)).toMatchObject({ person: { status: 'deleted' } });
    expect(recordAfter(deleted, { ...older, id: 'M3', at: '20240303080000' })).toMatchObject({ person: { status: 'active' } });
  });

  it('shows what was said of fitness for discharge in turn', () => {
    const fit = (id: string, at: string, flag: string, since = ''): MessageFacts => ({ event: 'A08', id, at, more: [`ZU1${'|'.repeat(22)}${flag}||${since}`] });
    expect(recordAfter(fit('M1', '20240301080000', 'Y', '20240301'), fit('M3', '20240303080000', 'N'), fit('M2', '20240302080000', 'Y', '20240301'))['visit']).toHaveProperty('fitness', [
      { at: '2024-03-01T08:00:00Z', until: '2024-03-03T08:00:00Z', f22: [{ c1: 'Y' }], f24: [{ c1: '20240301' }] },
      { at: '2024-03-03T08:00:00Z', f22: [{ c1: 'N' }] },
    ]);
  });

  it('remembers when a person last objected and last agreed', () => {
    const objection = { event: 'A31', id: 'M1', at: '20240301', pv1: null, more: ['ZU8||2'] } satisfies MessageFacts;
    const unknown = { event: 'A31', id: 'M2', at: '20240302', pv1: null, more: ['ZU8||3'] } satisfies MessageFacts;
    const cleared = { event: 'A31', id: 'M3', at: '20240303', pv1: null, more: ['ZU8||""'] } satisfies MessageFacts;
    expect(recordAfter(objection, unknown)).toMatchObject({ person: { dissent: { at: '2024-03-01T00:00:00Z' } } });
    expect(recordAfter(objection, unknown)).not.toHaveProperty('person.consent');
    expect(recordAfter(objection, cleared)).toMatchObject({ person: { dissent: {}, consent: { at: '2024-03-03T00:00:00Z' } } });
  });

  it('leaves the given states alone', () => {
    const before = foldAll([sent({ id: 'M1' })]);
    const copy = structuredClone(before);
    foldRow(before, sent({ event: 'A03', id: 'M2', at: '20250101' }).input, 'M2');
    expect(before).toEqual(copy);
  });

  it('ends in the same record whatever order the messages of a visit arrive in, and when they come twice', () => {
    const value = fc.constantFrom('', '""', 'A', 'B', 'C');
    const facts = fc.record({
      event: fc.constantFrom('A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A08', 'A11', 'A12', 'A13', 'A21', 'A22', 'A23', 'A29', 'A31', 'A38'),
      at: fc.constantFrom('20240301080000', '20240301090000', '20240302', '20240303', '20240304'),
      of: fc.constantFrom('20240301080000', '20240302', '20240303'),
      pid: fc.record({ 5: fc.constantFrom('OKAFOR^ALICE', 'OKAFOR^ALLY'), 13: value, 15: value }),
      pv1: fc.record({ 3: fc.constantFrom('OPAL', 'RRK^W5', 'RRK^W12'), 10: value }),
      zu8: value,
      kin: value,
    });
    const visit = fc.array(facts, { minLength: 1, maxLength: 7 }).map((list) =>
      list.map(({ zu8, kin, ...rest }, index) => sent({ ...rest, id: `M${index % 5}`, more: [`ZU8||${zu8}`, ...(kin === '' ? [] : [`NK1|1|${kin}`])] })));
    const orders = visit.chain((messages) => fc.tuple(fc.constant(messages), fc.shuffledSubarray(messages, { minLength: messages.length })));
    fc.assert(fc.property(orders, ([messages, shuffled]) => {
      const [first, second] = [foldAll(messages), foldAll(shuffled)];
      expect(second).toEqual(first);
      expect(foldAll([...messages, ...shuffled])).toEqual(first);
      for (const { input } of messages) expect(unfoldRow(second, input)).toEqual(unfoldRow(first, input));
    }), { numRuns: 400 });
  });
});

import { heldUnder, type HeldLooks } from '../../src/audit/hold-back.ts';
import { gatherLooks, kindOf, outcomeOf } from '../../src/audit/tell-looks.ts';
import { interactionsTold } from '../../src/audit/audit-actions.ts';
import { entryColumns, entryRow } from '../../src/audit/report-row.ts';
import type { AuditEntry } from '../../src/audit/types.ts';

const trust = 'https://fhir.nhs.uk/Id/ods-organization-code|RYW';
const nurse: AuditEntry = {
  id: '1', at: '2026-03-28T09:00:00.000Z', request: 'r', who: { client: 'app', person: { id: 'n1', name: 'Grace Ward' }, organisation: trust, organisationName: 'The Trust', role: 'nurse' }, purpose: 'TREAT',
  interaction: 'everything', query: 'Patient/c/$everything', citizen: 'c', outcome: 'permitted', status: 200, disclosed: ['CarePlan/1/_history/1'], custodians: [trust],
  decisions: [{ effect: 'permit', rule: '4', agreement: 'a', version: '1', clause: '2', sentence: 'Because.', count: 1 }], withheld: [],
};
const linesOf = (...entries: [AuditEntry, Record<string, number>?][]) => {
  const gathered = gatherLooks(100);
  for (const [entry, categories = {}] of entries) expect(gathered.add(entry, categories)).toBe(true);
  return gathered.lines();
};

describe('looks as lines', () => {
  it('joins what one person did in one London day for one purpose, and adds up what was seen', () => {
    const [line, ...more] = linesOf([{ ...nurse, at: '2026-03-28T14:00:00.000Z', interaction: 'read' }, { plan: 1 }], [nurse, { plan: 2, identity: 1 }]);
    expect(more).toEqual([]);
    expect(line).toEqual({
      first: '2026-03-28T09:00:00.000Z', last: '2026-03-28T14:00:00.000Z', looks: 2, by: 'person', organisation: trust, organisationName: 'The Trust', role: 'nurse', purpose: 'TREAT', kind: 'look', outcome: 'shown',
      emergency: [], categories: { plan: 3, identity: 1 }, keptBack: false, reasons: [{ effect: 'permit', rule: '4', agreement: 'a', version: '1', clause: '2' }],
    });
  });

  it.each<[string, Partial<AuditEntry>]>([
    ['another day in London, though the same in UTC', { at: '2026-03-29T23:30:00.000Z' }], ['another person', { who: { ...nurse.who, person: { id: 'n2', name: 'Grace Ward' } } }],
    ['another role', { who: { ...nurse.who, role: 'doctor' } }], ['another purpose', { purpose: 'HOPERAT' }], ['another outcome', { outcome: 'denied', disclosed: [] }],
    ['emergency access', { emergency: ['EA-1'] }], ['another kind', { interaction: 'create' }],
  ])('keeps apart %s', (_, change) => {
    expect(linesOf([{ ...nurse, at: '2026-03-29T12:00:00.000Z' }], [{ ...nurse, at: '2026-03-29T13:00:00.000Z', ...change }])).toHaveLength(2);
  });

  it('tells a system\'s lists of a day in one line, and its look at somebody in another', () => {
    const list = { ...nurse, who: { client: 'uhb-adt', organisation: trust }, interaction: 'search-type', query: 'CarePlan?status=active', listed: ['c'] };
    expect(linesOf([list], [{ ...list, at: '2026-03-28T11:00:00.000Z' }], [{ ...list, interaction: 'notify' }], [{ ...nurse, who: list.who }]).map(({ kind, looks }) => [kind, looks])).toEqual([['list', 3], ['look', 1]]);
  });

  it('takes no line more than there is room for, and goes on counting in those it has', () => {
    const gathered = gatherLooks(1);
    expect([gathered.add(nurse, {}), gathered.add({ ...nurse, purpose: 'COC' }, {}), gathered.add(nurse, {})]).toEqual([true, false, true]);
    expect(gathered.lines().map(({ looks }) => looks)).toEqual([2]);
  });

  it.each<[Partial<AuditEntry>, string, string]>([
    [{}, 'look', 'shown'], [{ disclosed: [] }, 'look', 'nothing-shown'], [{ outcome: 'denied' }, 'look', 'refused'], [{ outcome: 'failed' }, 'look', 'failed'], [{ interaction: 'create' }, 'written', 'recorded'],
    [{ interaction: 'search-type', query: 'Patient?identifier=*' }, 'search', 'shown'], [{ interaction: 'search-type', query: 'AuditEvent?patient=*' }, 'oversight', 'recorded'], [{ interaction: 'search-type', query: 'CarePlan?patient=*' }, 'look', 'shown'],
    [{ interaction: 'search-type', query: 'CarePlan?status=active', listed: ['c'] }, 'list', 'shown'], [{ interaction: 'search-type', query: 'CarePlan?status=active' }, 'list', 'shown'], // as one hit was filed before 0.8.0
    [{ interaction: 'search-type', query: 'CarePlan?subject:Patient.identifier=*' }, 'look', 'shown'], [{ interaction: 'search-type', query: 'Patient?name=*', listed: ['c', 'd'] }, 'list', 'shown'],
    ...['export-file', 'notify', 'history-type'].map((interaction): [Partial<AuditEntry>, string, string] => [{ interaction, listed: ['c'] }, 'list', 'shown']), [{ interaction: 'update', listed: ['c', 'd'] }, 'written', 'recorded'],
    [{ interaction: 'break-glass' }, 'emergency', 'recorded'], [{ interaction: 'constructor' }, 'other', 'recorded'],
  ])('%j is a %s, %s', (change, kind, outcome) => {
    const entry = { ...nurse, ...change };
    expect([kindOf(entry), outcomeOf(entry)]).toEqual([kind, outcome]);
  });

  it('names who did not show who they are, and a system', () => {
    expect(linesOf([{ ...nurse, who: { client: 'unauthenticated' } }], [{ ...nurse, who: { client: 'uhb-adt', organisation: trust } }]).map(({ by }) => by)).toEqual(['nobody', 'system']);
    expect(linesOf([{ ...nurse, who: { client: 'onestory' } }]).map(({ by, organisation }) => [by, organisation])).toEqual([['system', null]]); // joined two records by rule
  });
});

describe('a look held back', () => {
  const held: HeldLooks = { organisation: trust, person: null, from: new Date('2026-03-01'), until: new Date('2026-04-01'), rule: 'crime', decidedBy: 'o1' };
  it.each<[string, HeldLooks[], string | null]>([
    ['is within the time', [held], 'crime'], ['is not before it', [{ ...held, from: new Date('2026-03-29') }], null], ['is not at its end', [{ ...held, until: new Date(nurse.at) }], null],
    ['is from its first instant', [{ ...held, from: new Date(nurse.at) }], 'crime'], ['has no end yet', [{ ...held, until: null }], 'crime'], ['is of the person named', [{ ...held, person: 'n1' }], 'crime'],
    ['is not of who decided it', [{ ...held, decidedBy: 'n1' }], null], ['is of nobody else', [{ ...held, person: 'n2' }], null], ['is of the organisation named', [{ ...held, organisation: 'x|y' }], null], ['is none where nothing was decided', [], null],
  ])('%s', (_, decisions, rule) => {
    expect(heldUnder(nurse, decisions)).toBe(rule);
  });
});

describe('an entry as a row of a report', () => {
  it('has every column, and rules with their clauses', () => {
    const row = entryRow({ ...nurse, withheld: [{ custodian: trust, category: 'plan', count: 2 }], listed: ['d'], emergency: ['EA-1'] });
    expect(Object.keys(row)).toEqual([...entryColumns]);
    expect(row).toMatchObject({ citizens: 'c d', records: '1', keptBack: '2', permittedBy: 'rule-4:a/1/2', deniedBy: '', emergency: 'EA-1', code: '' });
  });
});

it('searches by action for what the actions say: every interaction once', () => {
  const all = interactionsTold(() => true);
  const byAction = ['C', 'R', 'U', 'D', 'E'].flatMap((code) => interactionsTold(({ action }) => action === code));
  expect(byAction.sort()).toEqual([...all].sort());
  expect(all).toEqual(expect.arrayContaining(['read', 'break-glass', 'reconstruct', 'access-report', 'unsupported']));
});

/** What is filed under no citizen. */
const aboutNobody = /^(agreement-|audit-(checkpoint|export|redact|restart)$|case-(list|take|ask|answer|note|close|reopen)$|client-|export(-status|-delete)?$|feed-|legal-hold-list$|linkage-|replay-|redacted$|retention-|sandbox$|subscription-status$|watched-list$|told-once-count$|transform$|unsupported$|validate$)/;
it('has words of its own for whatever an entry about a citizen may say', () => {
  expect(interactionsTold(() => true).filter((interaction) => kindOf({ interaction, query: '' }) === 'other' && !aboutNobody.test(interaction))).toEqual([]);
});

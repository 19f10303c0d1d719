import { interactionsTold } from '../../../src/audit/audit-actions.ts';
import { judgeLate, judgeLooks, weighOf, type Oddity } from '../../../src/audit/cases/judge-looks.ts';
import { looksOf, type Look } from '../../../src/audit/cases/look-of.ts';
import { normalFrom, oneInOf, pointsOf, rateOf } from '../../../src/audit/cases/normal.ts';
import type { KnownPerson, LookFacts, Watched } from '../../../src/audit/cases/odd-looks.ts';
import { sayOddity, sayRarity } from '../../../src/audit/cases/say-oddity.ts';
import { scoreCase } from '../../../src/audit/cases/score-case.ts';
import type { AuditEntry } from '../../../src/audit/types.ts';
import { shippedCaseRule } from './shipped-case-rule.ts';

/** What makes a look odd, one signal at a time, and what does not. */

const rule = shippedCaseRule();
const [hospital, council] = ['urn:a|hospital', 'urn:a|council'];

const entry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  id: 'e1', at: '2026-07-01T12:30:00.000Z', request: 'r', who: { client: 'viewer', person: { id: 'u1', name: 'Dr Ann Hadley' }, organisation: hospital, role: 'doctor' }, purpose: 'TREAT', interaction: 'story', query: 'Patient/c1/$story',
  citizen: 'c1', outcome: 'permitted', status: 200, disclosed: ['Patient/p1/_history/1'], custodians: [council], decisions: [], withheld: [], ...change,
});
const look = (change: Partial<Look> = {}): Look => ({ ...looksOf(entry(), rule)[0] as Look, ...change });

const facts = (change: { person?: Partial<KnownPerson>; watched?: Watched[]; share?: number; self?: { citizen: string; homes: KnownPerson['homes'] } } = {}): LookFacts => ({
  people: new Map([['c1', { names: [], homes: [], ...change.person }], ...(change.self ? [[change.self.citizen, { names: [], homes: change.self.homes }] as const] : [])]),
  watched: new Map([['c1', change.watched ?? []]]), staff: new Map(change.self ? [[`${hospital} u1`, [change.self.citizen]]] : []),
  nameOf: () => ({ family: 'hadley', given: 'ann' }), shareOf: () => change.share ?? 0,
});
const nothing = normalFrom(rule, new Map());
const odd = (looks: readonly Look[], known: LookFacts = facts(), normal = nothing): Oddity[] => judgeLooks(looks, { rule, facts: known, normalOf: () => normal, days: new Map() }).oddities;
const told = (oddities: readonly Oddity[]): string[] => oddities.map(({ signal, keeper, facts: said }) => [signal, keeper, ...Object.values(said)].join(' '));

describe('an entry', () => {
  it.each<[string, Partial<AuditEntry>, boolean]>([
    ['of an opened record', {}, true],
    ['of a refusal', { outcome: 'denied', disclosed: [], custodians: [] }, true],
    ['of a search for somebody who is not there', { interaction: 'search-type', query: 'Patient?identifier=*', disclosed: [], custodians: [] }, true],
    ['of a known person\'s records of which there are none', { interaction: 'search-type', query: 'CarePlan?patient=*', disclosed: [] }, false],
    ['of a list of several people', { interaction: 'search-type', query: 'Patient?birthdate=1970', listed: ['c1', 'c2'] }, false],
    ['of a summary of nobody', { interaction: 'summary', query: 'Patient/$summary?identifier=*', disclosed: [] }, true],
    ['of documents there are none of', { interaction: 'docref', query: 'DocumentReference/$docref?patient=c1', disclosed: [] }, false],
    ['of a system', { who: { client: 'feed', organisation: hospital, role: 'integration' } }, false],
    ['of oversight', { purpose: 'HOPERAT' }, false],
    ['of a write', { interaction: 'update' }, false],
    ['of a fault of ours', { outcome: 'failed', disclosed: [] }, false],
    ['of nobody known', { who: { client: 'unauthenticated' } }, false],
  ])('%s is judged: %#', (_, change, judged) => {
    expect(looksOf(entry(change), rule).length > 0).toBe(judged);
  });

  it.each(['CarePlan?patient=*', 'Patient?_id=*', 'Patient?_count=5&identifier=*', 'Encounter?subject:Patient=*', 'Task?patient.identifier=*'])('of several people who were named is a look at each: %s', (query) => {
    const { citizen: _, ...several } = entry({ interaction: 'search-type', query, listed: ['c1', 'c2'] });
    expect(looksOf(several, rule).map(({ citizen, entry: of }) => [citizen, of])).toEqual([['c1', 'e1'], ['c2', 'e1']]);
  });

  it('of every way to ask about people is judged, or there is a reason why not', () => {
    const notJudged: Readonly<Record<string, string>> = {
      'search-system': 'refused', export: 'for systems', 'export-status': 'of a job', 'export-file': 'for systems', 'subscription-status': 'of a subscription', 'subscription-events': 'for systems', sandbox: 'made-up people',
      unsupported: 'refused', notify: 'for systems', 'access-report': 'oversight', 'explain-access': 'about sharing', reconstruct: 'oversight', 'agreement-what-if': 'oversight', 'break-glass': 'is reviewed by itself', 'end-break-glass': 'is reviewed by itself',
    };
    const asked = interactionsTold(({ subtype, moves }) => moves === 'out' && subtype.some(({ system }) => system === 'http://hl7.org/fhir/restful-interaction'));
    expect(asked.filter((interaction) => !rule.interactions.includes(interaction) && !(interaction in notJudged))).toEqual([]);
    expect(rule.interactions.filter((interaction) => !asked.includes(interaction))).toEqual([]);
  });

  it('is of a day and an hour in London, whatever the clocks do', () => {
    expect([entry({ at: '2026-07-01T23:30:00.000Z' }), entry({ at: '2026-01-01T23:30:00.000Z' }), entry({ at: '2026-10-25T01:30:00.000Z' }), entry({ at: '2026-07-04T10:00:00.000Z' })].map((each) => {
      const [found] = looksOf(each, rule);
      return `${found?.day ?? ''} ${found?.slot ?? ''}`;
    })).toEqual(['2026-07-02 w00', '2026-01-01 w23', '2026-10-25 e01', '2026-07-04 e11']);
  });
});

describe('a look', () => {
  it('at a stranger on no list, of another name, is not odd', () => {
    expect(odd([look()], facts({ person: { names: [{ family: 'rudge', given: 'ann', by: council }] } }))).toEqual([]);
  });

  it('at somebody of the same rare surname is put to who says that name and whose data was seen, and to nobody else', () => {
    const names = [{ family: 'hadley', given: 'joan', by: council }, { family: 'hadley', given: 'joan', by: 'urn:a|elsewhere' }];
    expect(told(odd([look()], facts({ person: { names } })))).toEqual([`same-surname ${council}`]);
    expect(odd([look()], facts({ person: { names }, share: 0.01 }))).toEqual([]);
    expect(told(odd([look()], facts({ person: { names: [{ family: 'hadley', given: 'ann', by: council }] } })))).toEqual([`own-record ${council} name`]);
  });

  it('at oneself or a colleague is known by the employer\'s list, and told to the employer alone', () => {
    const staff = (person: string, by = hospital): Watched => ({ kind: 'staff', by, forAll: false, person });
    expect(told(odd([look()], facts({ watched: [staff('u1')] })))).toEqual([`own-record ${hospital} list`]);
    expect(told(odd([look()], facts({ watched: [staff('u2')] })))).toEqual([`colleague ${hospital}`]);
    expect(odd([look()], facts({ watched: [staff('u1', council)] }))).toEqual([]);
  });

  it('at the same address needs an employer that says where the looker lives, and data that says where the other does', () => {
    const self = { citizen: 'me', homes: [{ home: 'B1 1', by: hospital }] };
    expect(told(odd([look()], facts({ self, person: { homes: [{ home: 'B1 1', by: council }] } })))).toEqual([`same-address ${hospital}`]);
    expect(odd([look()], facts({ self, person: { homes: [{ home: 'B1 1', by: 'urn:a|elsewhere' }] } }))).toEqual([]);
    expect(odd([look()], facts({ self, person: { homes: [{ home: 'B1 2', by: council }] } }))).toEqual([]);
    expect(odd([look()], facts({ self: { ...self, homes: [{ home: 'B1 1', by: council }] }, person: { homes: [{ home: 'B1 1', by: council }] } }))).toEqual([]); // what others say of its staff is not for the employer
  });

  it('at somebody prominent is told to whose list it is, and to all where it is for all', () => {
    const prominent = (by: string, forAll = false): Watched => ({ kind: 'prominent', by, forAll, person: null });
    const seen = look({ custodians: [council, 'urn:a|third'] });
    expect(told(odd([seen], facts({ watched: [prominent(council)] })))).toEqual([`prominent ${council}`]);
    expect(odd([seen], facts({ watched: [prominent('urn:a|other')] }))).toEqual([]);
    expect(told(odd([seen], facts({ watched: [prominent('urn:a|board', true)] })))).toEqual([`prominent ${council}`, 'prominent urn:a|third']);
  });

  it('that showed nothing is put to the looker\'s own organisation', () => {
    expect(told(judgeLate([look({ custodians: [] })], { rule, normalOf: () => nothing, timesOf: () => [] }).oddities)).toEqual([`no-relationship ${hospital} 90 30`]);
  });

  it.each<[string, Partial<Look>, [from: string, until: string][], boolean]>([
    ['with nothing ever', {}, [], true], ['during care', {}, [['2026-06-01', '2026-08-01']], false], ['89 days after it', {}, [['2026-01-01', '2026-04-03']], false], ['100 days after it', {}, [['2026-01-01', '2026-03-20']], true],
    ['29 days before it', {}, [['2026-07-30', '2027-01-01']], false], ['40 days before it', {}, [['2026-08-12', '2027-01-01']], true], ['in an emergency', { underEmergency: true }, [], false],
  ])('%s lacks a relationship: %#', (_, change, times, lacks) => {
    expect(judgeLate([look(change)], { rule, normalOf: () => nothing, timesOf: () => times.map(([from, until]) => ({ from: new Date(from), until: new Date(until) })) }).oddities.length > 0).toBe(lacks);
  });
});

describe('a day', () => {
  const usual = normalFrom(rule, new Map([['days', 300], ['looks', 3000], ['opened:10', 290], ['opened:30', 9], ['opened:80', 1], ['missed:2', 300], ['slot:w13', 2990], ['slot:w03', 2]]));
  const many = (n: number, change: (i: number) => Partial<Look>): Look[] => Array.from({ length: n }, (_, i) => look({ entry: `e${i}`, ...change(i) }));

  it('with more people than is usual there is odd once, however many follow', () => {
    expect(usual.usual).toEqual({ opened: 30, missed: 2 });
    expect(told(odd(many(120, (i) => ({ citizen: `c${i}` })), facts(), usual))).toEqual([`unusual-volume ${hospital} 46 30 99`]);
    expect(odd(many(120, () => ({ citizen: 'c2' })), facts(), usual)).toEqual([]);
    expect(odd(many(120, (i) => ({ citizen: `c${i}` })), facts(), nothing)).toEqual([]);
  });

  it('of asking again and again for who is not there is odd', () => {
    expect(told(odd(many(30, () => ({ citizen: null, custodians: [] })), facts(), usual))).toEqual([`enumeration ${hospital} 20 2 99`]);
    expect(odd(many(19, () => ({ citizen: null, custodians: [] })), facts(), usual)).toEqual([]);
  });

  it('at an hour at which nobody there looks is odd, where the hours are known', () => {
    expect(told(odd([look({ slot: 'w03' }), look({ slot: 'w03' })], facts(), usual))).toEqual([`unusual-hours ${hospital} 3 0 0.67`]);
    expect(odd([look({ slot: 'w13' })], facts(), usual)).toEqual([]);
    expect(odd([look({ slot: 'w03' })], facts(), nothing)).toEqual([]);
  });

  it('goes on where it was: what was odd before is not told again', () => {
    const days = new Map();
    const judge = (looks: readonly Look[]): Oddity[] => judgeLooks(looks, { rule, facts: facts(), normalOf: () => usual, days }).oddities;
    expect([judge(many(20, () => ({ citizen: null }))).length, judge(many(20, () => ({ citizen: null }))).length]).toEqual([1, 0]);
    const { tallies } = judgeLooks(many(3, () => ({ citizen: null })), { rule, facts: facts(), normalOf: () => usual, days: structuredClone(days) });
    expect(tallies.map(({ what, n }) => `${what} ${n}`).sort()).toEqual(['missed:40 -1', 'missed:43 1']);
  });
});

describe('points', () => {
  it('are what is rare there: what nearly everybody does says nothing', () => {
    const rare = normalFrom(rule, new Map([['late-looks', 100_000], ['signal:no-relationship', 100]]));
    const common = normalFrom(rule, new Map([['late-looks', 100_000], ['signal:no-relationship', 95_000]]));
    expect(pointsOf(rule, 'no-relationship', rateOf(rule, rare, 'no-relationship'))).toBeGreaterThan(7);
    expect(pointsOf(rule, 'no-relationship', rateOf(rule, common, 'no-relationship'))).toBeLessThan(0.2);
    expect(pointsOf(rule, 'no-relationship', 1.2)).toBe(0);
    expect([oneInOf(rule, rare, 'no-relationship', 0.001), oneInOf(rule, nothing, 'no-relationship', 0.001)]).toEqual([1000, null]);
  });

  it('of one citizen add up, those of several do not, and coming back adds a little', () => {
    const standing = (citizen: string, signal: Oddity['signal'], points: number, days = 1) => ({ citizen, about: '', signal, points, days });
    expect(scoreCase([standing('a', 'no-relationship', 5), standing('a', 'same-surname', 4), standing('b', 'prominent', 6)], rule)).toBe(9);
    expect(scoreCase([standing('a', 'no-relationship', 5, 3)], rule)).toBe(9);
    expect(scoreCase([standing('a', 'no-relationship', 5, 99)], rule)).toBe(11);
    expect(scoreCase([], rule)).toBe(0);
  });

  it('are said in sentences that name nobody', () => {
    expect(sayOddity({ signal: 'unusual-hours', facts: { hour: 23, weekend: 1, perThousand: 0.4 } })).toBe('They looked between 23:00 and 00:00 on a weekend, when 0.4 in 1,000 looks of their organisation are made.');
    expect([sayRarity({ signal: 'colleague', oneIn: 1250 }), sayRarity({ signal: 'unusual-volume', oneIn: 40 }), sayRarity({ signal: 'no-relationship', oneIn: 1 }), sayRarity({ signal: 'prominent', oneIn: null })]).toEqual(
      ['In their organisation about 1 look in 1,250 is like that.', 'In their organisation about 1 person’s day in 40 is like that.', 'In their organisation most are like that.', 'How rare that is in their organisation is not known yet.']);
  });
});

it('emergency access nobody reviewed says less where emergencies are every day\'s work', () => {
  const usedIn = (emergencies: number): ReturnType<typeof weighOf> => weighOf(rule, normalFrom(rule, new Map([['looks', 10_000], ['emergency-looks', emergencies]])), 'unreviewed-emergency');
  expect([usedIn(0).points > rule.openAt, usedIn(2_000).points < rule.openAt, usedIn(2_000).points > 0]).toEqual([true, true, true]);
  expect(sayRarity({ signal: 'unreviewed-emergency', ...usedIn(2_000) })).toBe('In their organisation about 1 look in 5 is made in an emergency.');
  expect(judgeLooks([look({ underEmergency: true }), look()], { rule, facts: facts(), normalOf: () => nothing, days: new Map() }).tallies.filter(({ what }) => what === 'emergency-looks' || what === 'looks').map(({ n }) => n)).toEqual([2, 1]);
});

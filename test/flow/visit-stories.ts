import { segment, type MessageFacts } from '../intake/adt.ts';

/** What happened to somebody's visits, by name, in the order it happened, as a hospital's messages tell it. */
export type VisitStory = Record<string, MessageFacts>;

export interface ToldVisits {
  story: VisitStory;
  /** whose each visit is in the end, by its number then */
  visits: Record<string, string>;
}

/** A visit on ward W12; nothing beside it that a later message would say again. */
export const visit = (number: string, more: Record<number, string> = {}): Record<number, string> => ({ 2: 'I', 3: 'RRK^W12^B4^RRK15', 10: '300', 19: `${number}^^^RRK`, 44: '20240301081000', ...more });
export const at = (hour: number): string => `20240301${String(hour).padStart(2, '0')}0000`;
export const prior = (key: string, number: string, account = ''): string => segment('MRG', { 1: `${key}^^^RRK`, 3: account, 5: number });
export const pid = (key: string, who: Record<number, string>, more: Record<number, string> = {}): Record<number, string> => ({ 3: `${key}^^^RRK`, ...who, ...more });
const later = (number: string, more: Record<number, string>): Record<number, string> => ({ ...visit(number, more), 44: '' });
const known = (key: string, who: Record<number, string>, hour: number): MessageFacts => ({ event: 'A28', at: at(hour), pid: pid(key, who), pv1: null });
const frailty = { 3: 'OPAL^FRAILTY^CH1^RRK15' };
const home = { 14: '19' };

/** Two people of a story, who are nobody of another one. */
const people = (family: string, other: string, day: string): [Record<number, string>, Record<number, string>] => [
  { 5: `${family}^ALMA^^^^^L`, 7: `193802${day}`, 8: '2' }, { 5: `${other}^ERIC^^^^^L`, 7: `195501${day}`, 8: '1' },
];

/** Stories that end the same however their messages are ordered. */
export const visitStories: Readonly<Record<string, ToldVisits>> = {
  'A40: a stay goes on under the number that stays': told('A', people('FENWICK', 'ABARA', '03'), { V1: 'L' }, ([one]) => ({
    registered: known('AL', one, 1), kept: known('AK', one, 2),
    admitted: { event: 'A01', at: at(3), pid: pid('AL', one), pv1: visit('AV1', home) },
    joined: { event: 'A40', at: at(4), pid: pid('AK', one), pv1: null, more: [prior('AL', '')] },
    moved: { event: 'A02', at: at(5), pid: pid('AK', one), pv1: later('AV1', frailty) },
    corrected: { event: 'A08', at: at(6), pid: pid('AL', one), pv1: later('AV1', { 3: '', 10: '430' }) },
  })),
  'A45: a stay was somebody else\'s': told('B', people('GOODALL', 'BIELSKI', '07'), { V1: 'K' }, ([one, another]) => ({
    registered: known('BL', one, 1), kept: known('BK', another, 2),
    admitted: { event: 'A01', at: at(3), pid: pid('BL', one), pv1: visit('BV1', home), more: [segment('ZU1', { 15: '20240229', 16: '20240228' })] },
    given: { event: 'A45', at: at(4), pid: pid('BK', another), pv1: visit('BV1'), more: [prior('BL', 'BV1')] },
    moved: { event: 'A02', at: at(5), pid: pid('BK', another), pv1: later('BV1', frailty) },
    stale: { event: 'A08', at: at(6), pid: pid('BL', one), pv1: later('BV1', { 3: '', 10: '430' }) },
  })),
  'A50: a stay has another number': told('C', people('HARDACRE', 'CHOWDHURY', '11'), { V2: 'K' }, ([one]) => ({
    registered: known('CK', one, 1),
    admitted: { event: 'A01', at: at(3), pid: pid('CK', one), pv1: visit('CV1', home) },
    numbered: { event: 'A50', at: at(4), pid: pid('CK', one), pv1: visit('CV2'), more: [prior('CK', 'CV1')] },
    moved: { event: 'A02', at: at(5), pid: pid('CK', one), pv1: later('CV2', frailty) },
    stale: { event: 'A08', at: at(6), pid: pid('CK', one), pv1: later('CV1', { 3: '', 10: '430' }) },
  })),
  'A42: one stay was told under two numbers': told('D', people('IBBOTSON', 'DRAKE', '16'), { V2: 'K' }, ([, another]) => ({
    registered: known('DK', another, 1),
    admitted: { event: 'A01', at: at(3), pid: pid('DK', another), pv1: visit('DV1', home) },
    again: { event: 'A01', at: at(3), pid: pid('DK', another), pv1: visit('DV2', { 8: 'G1^REFERRER' }) },
    joined: { event: 'A42', at: at(4), pid: pid('DK', another), pv1: visit('DV2'), more: [prior('DK', 'DV1')] },
    moved: { event: 'A02', at: at(5), pid: pid('DK', another), pv1: later('DV2', frailty) },
  })),
  'A44: the stays of one account go, also one told late, and those of another stay': told('E', people('JELLICOE', 'ELLIOTT', '21'), { V1: 'K', V3: 'K', V9: 'L' }, ([one, another]) => ({
    registered: known('EL', one, 1), kept: known('EK', another, 2),
    first: { event: 'A01', at: at(3), pid: pid('EL', one, { 18: 'ACC1' }), pv1: visit('EV1', home) },
    other: { event: 'A01', at: at(3), pid: pid('EL', one, { 18: 'ACC2' }), pv1: visit('EV9') },
    given: { event: 'A44', at: at(4), pid: pid('EK', another), pv1: null, more: [prior('EL', '', 'ACC1')] },
    second: { event: 'A01', at: at(5), pid: pid('EL', one, { 18: 'ACC1' }), pv1: visit('EV3') },
    moved: { event: 'A02', at: at(6), pid: pid('EK', another), pv1: later('EV1', frailty) },
  })),
  'A45, A50 and A40 after each other': told('F', people('KITCHENER', 'FARAH', '26'), { V2: 'K' }, ([one, another]) => ({
    registered: known('FL', one, 1), kept: known('FK', another, 2), elder: known('FM', another, 2),
    admitted: { event: 'A01', at: at(3), pid: pid('FL', one), pv1: visit('FV1', home), more: [segment('ZU1', { 15: '20240229', 16: '20240228' })] },
    given: { event: 'A45', at: at(4), pid: pid('FK', another), pv1: visit('FV1'), more: [prior('FL', 'FV1')] },
    moved: { event: 'A02', at: at(5), pid: pid('FK', another), pv1: later('FV1', frailty) },
    stale: { event: 'A08', at: at(6), pid: pid('FL', one), pv1: later('FV1', { 3: '', 10: '430' }) },
    numbered: { event: 'A50', at: at(7), pid: pid('FK', another), pv1: visit('FV2'), more: [prior('FK', 'FV1')] },
    joined: { event: 'A40', at: at(8), pid: pid('FM', another), pv1: null, more: [prior('FK', '')] },
    fit: { event: 'A08', at: at(9), pid: pid('FM', another), pv1: later('FV2', { 3: '' }), more: [segment('ZU1', { 22: 'Y', 24: '20240301090000' })] },
  })),
};

const una = { 5: 'UNMERGE^UNA^^^^^L', 7: '19310331', 8: '2' };
const saidOf = (id: string, event: string, key: string, hour: number, number: string, more: Record<number, string>): MessageFacts => ({ id: `U-${id}`, event, at: at(hour), pid: pid(key, una), pv1: later(number, { 3: '', 10: '', ...more }) });

/** Two numbers are one by mistake and are told apart again; meanwhile, and late, each visit is spoken of under the other's number. */
export const parted: readonly MessageFacts[] = [
  { id: 'U-in1', event: 'A01', at: at(3), pid: pid('UL', una), pv1: visit('UV1') }, { id: 'U-in2', event: 'A01', at: at(3), pid: pid('UK', una), pv1: visit('UV2') },
  { id: 'U-one', event: 'A40', at: at(4), pid: pid('UK', una), pv1: null, more: [prior('UL', '')] },
  saidOf('ward', 'A02', 'UK', 5, 'UV1', frailty), saidOf('doctor', 'A08', 'UL', 5, 'UV2', { 10: '430' }),
  { id: 'U-two', event: 'A37', at: at(6), pid: pid('UK', una), pv1: null, more: ['PID|1||UL^^^RRK||UNMERGE^UNA'] },
  saidOf('own1', 'A08', 'UL', 7, 'UV1', home), saidOf('late', 'A08', 'UK', 5, 'UV1', { 10: '710' }), saidOf('own2', 'A08', 'UK', 7, 'UV2', home),
];

type People = ReturnType<typeof people>;

function told(prefix: string, who: People, visits: Record<string, string>, story: (who: People) => VisitStory): ToldVisits {
  return {
    story: Object.fromEntries(Object.entries(story(who)).map(([name, facts]) => [name, { ...facts, id: `${prefix}-${name}` }])),
    visits: Object.fromEntries(Object.entries(visits).map(([number, key]) => [`${prefix}${number}`, `${prefix}${key}`])),
  };
}

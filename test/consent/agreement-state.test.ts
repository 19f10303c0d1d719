import { agreementState, nextBoundary } from '../../src/consent/agreement-state.ts';
import { clausesInForce } from '../../src/consent/clauses-in-force.ts';
import { agreement, bchc, clause, end, inForce, justBefore, now, start, uhb } from './sharing-cases.ts';

const signed = inForce([clause()]);
const late = new Date('2026-03-01T00:00:00Z');

describe('the state of an agreement', () => {
  it.each([
    ['draft until every party a clause names has signed', { ...signed, signedBy: [uhb], activatedAt: null }, now, 'draft'],
    ['draft though activated, while a party is missing and its period has not begun', { ...signed, signedBy: [uhb] }, justBefore(start), 'draft'],
    ['signed once they have, whoever else has not', { ...signed, signedBy: [uhb, bchc], activatedAt: null }, now, 'signed'],
    ['signed until somebody activates it', { ...signed, activatedAt: null }, now, 'signed'],
    ['signed still when its period ended without anybody activating it', { ...signed, activatedAt: null }, end, 'signed'],
    ['in force with a clause that waits for its party', { ...signed, signedBy: [uhb] }, now, 'in-force'],
    ['signed until the instant of activation', { ...signed, activatedAt: late }, justBefore(late), 'signed'],
    ['in force from the instant of activation', { ...signed, activatedAt: late }, late, 'in-force'],
    ['signed just before its period begins', { ...signed, activatedAt: new Date(0) }, justBefore(start), 'signed'],
    ['in force at the instant its period begins', signed, start, 'in-force'],
    ['in force to the last millisecond', signed, justBefore(end), 'in-force'],
    ['lapsed at the very instant its period ends', signed, end, 'lapsed'],
    ['in force until it is terminated', { ...signed, terminatedAt: late }, justBefore(late), 'in-force'],
    ['terminated from that instant', { ...signed, terminatedAt: late }, late, 'terminated'],
    ['terminated for good', { ...signed, terminatedAt: late }, end, 'terminated'],
    ['lapsed even when somebody terminates it afterwards', { ...signed, terminatedAt: end }, end, 'lapsed'],
  ])('is %s', (_, registered, at, state) => expect(agreementState(registered, at)).toBe(state));
});

describe('the next instant at which an agreement changes by itself', () => {
  it.each([
    ['its start, before it', signed, justBefore(start), start],
    ['its end, once it has started', signed, start, end],
    ['a termination ahead', { ...signed, terminatedAt: late }, start, late],
    ['an activation ahead', { ...signed, activatedAt: late }, start, late],
    ['never, once it has lapsed', signed, end, null],
    ['never, for a draft', { ...signed, activatedAt: null }, start, null],
  ])('is %s', (_, registered, at, boundary) => expect(nextBoundary(registered, at)).toEqual(boundary));
});

describe('a clause in force', () => {
  it.each([
    ['gives nothing until the giver has signed', [bchc], []],
    ['gives nothing until the receiver has signed', [uhb], []],
    ['needs no signature of a party it does not name', [uhb, bchc], ['1.1']],
  ])('%s', (_, signedBy, numbers) => {
    expect(clausesInForce([{ ...signed, signedBy }], now).map((placed) => placed.clause.number)).toEqual(numbers);
  });

  it('is cited by agreement, version and number, 4.2 before 4.10', () => {
    const numbered = ['4.10', '4.2', '4'].map((number) => clause({ number }));
    const cited = clausesInForce([
      inForce([], { agreement: agreement(numbered, { version: '10.0' }) }), inForce([], { agreement: agreement([clause()], { version: '9.1' }) }),
    ], now);
    expect(cited.map((placed) => `${placed.agreement.version} ${placed.clause.number}`)).toEqual(['9.1 1.1', '10.0 4', '10.0 4.2', '10.0 4.10']);
  });
});

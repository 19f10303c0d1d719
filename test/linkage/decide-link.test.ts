import fc from 'fast-check';
import { decideLink as decide } from '../../src/linkage/decide-link.ts';
import { pairGrader } from '../../src/linkage/grade-pair.ts';
import { shippedRule } from './shipped-rule.ts';
import type { Candidate, LinkDecision, PersonFacts } from '../../src/linkage/types.ts';

const grade = pairGrader(shippedRule());
const decideLink = (facts: PersonFacts, candidates: readonly Candidate[]): LinkDecision => decide(facts, candidates, grade);

const uhb = 'https://fhir.bicp.example/Id/uhb/person';
const bchc = 'https://fhir.bicp.example/Id/bchc/person';

const alice: PersonFacts = {
  nhsNumber: '9990000743', nhsNumberStatus: '01', local: [{ system: uhb, value: 'H1' }], family: 'okafor', given: ['alice'],
  otherFamily: [], otherGiven: [], birthDate: '1938-02-11', gender: 'female', postcode: 'B138XX',
};
/** Alice as the community trust has her. */
const aliceElsewhere: PersonFacts = { ...alice, local: [{ system: bchc, value: 'C1' }] };
const abdul: PersonFacts = {
  nhsNumber: '9990000379', nhsNumberStatus: '01', local: [{ system: uhb, value: 'H2' }], family: 'rahman', given: ['abdul', 'karim'],
  otherFamily: [], otherGiven: [], birthDate: '1945-06-30', gender: 'male', postcode: 'B112AA',
};

function without<K extends keyof PersonFacts>(facts: PersonFacts, ...keys: K[]): PersonFacts {
  return Object.fromEntries(Object.entries(facts).filter(([key]) => !(keys as string[]).includes(key))) as unknown as PersonFacts;
}
const unnumbered = without(aliceElsewhere, 'nhsNumber', 'nhsNumberStatus');
const citizenA: Candidate = { citizen: 'a', facts: [alice] };
const citizenB: Candidate = { citizen: 'b', facts: [abdul] };
const untracedA: Candidate = { citizen: 'a', facts: [without(alice, 'nhsNumber', 'nhsNumberStatus')] };
const silentA: Candidate = { citizen: 'a', facts: [without({ ...alice, given: [] }, 'family', 'birthDate')] };

const certain = (rule: string) => ({ kind: 'certain', citizen: 'a', rule });
const refused = (code: string, rule: string) => ({ kind: 'refused', code, rule });
const possible = (rule: string, ...candidates: string[]) => ({ kind: 'possible', candidates, rule });

const cases: [string, PersonFacts, Candidate[], Partial<Extract<LinkDecision, object>> | object][] = [
  // numbers
  ['a number that is not one is refused', { ...alice, nhsNumber: '9990000744' }, [citizenA], refused('nhs-number-invalid', 'link-nhs-invalid')],
  ['a junk number is refused', { ...alice, nhsNumber: '9999999999' }, [], refused('nhs-number-invalid', 'link-nhs-invalid')],
  ['nobody found, with a number: a new citizen', alice, [], { kind: 'new', traced: true, rule: 'link-new-01' }],
  ['nobody found, without a number: a new citizen, not traced', unnumbered, [], { kind: 'new', traced: false, rule: 'link-new-02' }],
  ['verified number, everything agrees', aliceElsewhere, [citizenA], certain('link-nhs-01')],
  ['verified number, married since', { ...aliceElsewhere, family: 'bello' }, [citizenA], certain('link-nhs-01')],
  ['verified number, short form of the first name', { ...aliceElsewhere, given: ['beth'] }, [{ citizen: 'a', facts: [{ ...alice, given: ['elizabeth'] }] }], certain('link-nhs-01')],
  ['verified number, a digit of the birth date mistyped', { ...aliceElsewhere, birthDate: '1938-02-17' }, [citizenA], certain('link-nhs-01')],
  ['verified number, married since, and a letter of the first name mistyped', { ...aliceElsewhere, family: 'bello', given: ['alicce'] }, [citizenA], possible('link-nhs-06', 'a')],
  ['verified number, day and month swapped', { ...aliceElsewhere, birthDate: '1938-11-02' }, [citizenA], possible('link-nhs-06', 'a')],
  ['verified number, another birth date, same name', { ...aliceElsewhere, birthDate: '1951-09-27' }, [citizenA], possible('link-nhs-06', 'a')],
  ['verified number of the parent of one name, born a generation earlier on one day', { ...aliceElsewhere, birthDate: '1968-02-11' }, [citizenA], possible('link-nhs-06', 'a')],
  ['verified number of the parent of one name, of whom the year alone is known', { ...aliceElsewhere, birthDate: '1968' }, [citizenA], possible('link-nhs-06', 'a')],
  ['verified number, a stranger of one birthday', { ...aliceElsewhere, family: 'kowalski', given: ['jan'], gender: 'male' }, [citizenA], possible('link-nhs-06', 'a')],
  ['verified number, another name, no birth date sent', without({ ...aliceElsewhere, family: 'kowalski', given: ['jan'] }, 'birthDate'), [citizenA], possible('link-nhs-06', 'a')],
  ['verified number shared by parent and child, the parent once more', aliceElsewhere, [citizenA, { citizen: 'b', facts: [{ ...alice, local: [], birthDate: '1968-02-11' }] }], certain('link-nhs-02')],
  ['verified number shared by parent and child, a third of that name', { ...aliceElsewhere, birthDate: '1994-05-06' }, [citizenA, { citizen: 'b', facts: [{ ...alice, local: [], birthDate: '1968-02-11' }] }], possible('link-nhs-06', 'a', 'b')],
  ['verified number, same birth date, no name sent', without({ ...aliceElsewhere, given: [] }, 'family'), [citizenA], certain('link-nhs-01')],
  ['verified number, names and birth date both of somebody else', { ...abdul, local: [], nhsNumber: '9990000743' }, [citizenA], refused('nhs-number-of-another-person', 'link-nhs-04')],
  ['verified number of the twin', { ...aliceElsewhere, given: ['grace'] }, [citizenA], refused('nhs-number-of-another-person', 'link-nhs-04')],
  ['verified number of the twin brother', { ...aliceElsewhere, given: ['paul'], gender: 'male' }, [{ citizen: 'a', facts: [{ ...alice, given: ['paula'] }] }], refused('nhs-number-of-another-person', 'link-nhs-04')],
  ['verified number, twins with one first name and different next names', { ...aliceElsewhere, given: ['muhammad', 'ali'] }, [{ citizen: 'a', facts: [{ ...alice, given: ['mohammed', 'hassan'] }] }], refused('nhs-number-of-another-person', 'link-nhs-04')],
  ['verified number, nothing known of the holder to compare', aliceElsewhere, [silentA], possible('link-nhs-03', 'a')],
  ['number not traced (02), birth date and name agree', { ...aliceElsewhere, nhsNumberStatus: '02' }, [citizenA], certain('link-nhs-02')],
  ['number without status, birth date and name agree', without(aliceElsewhere, 'nhsNumberStatus'), [citizenA], certain('link-nhs-02')],
  ['number not traced, another birth date', { ...aliceElsewhere, nhsNumberStatus: '02', birthDate: '1951-09-27' }, [citizenA], refused('nhs-number-of-another-person', 'link-nhs-04')],
  ['number not traced, another first name', { ...aliceElsewhere, nhsNumberStatus: '05', given: ['joyce'] }, [citizenA], refused('nhs-number-of-another-person', 'link-nhs-04')],
  ['number not traced, birth date agrees, only an initial', { ...aliceElsewhere, nhsNumberStatus: '02', given: ['a'] }, [citizenA], possible('link-nhs-03', 'a')],
  ['number verified here but not there: birth date and name needed', { ...aliceElsewhere, family: 'bello' }, [{ citizen: 'a', facts: [{ ...alice, nhsNumberStatus: '02' }] }], possible('link-nhs-03', 'a')],
  ['two citizens share the number, one is this person and the other is not', aliceElsewhere, [citizenA, { citizen: 'b', facts: [{ ...abdul, nhsNumber: '9990000743' }] }], certain('link-nhs-02')],
  ['two citizens share the number, both could be this person', aliceElsewhere, [citizenA, { ...citizenA, citizen: 'c' }], possible('link-nhs-03', 'a', 'c')],
  ['the holder carries another verified number too', aliceElsewhere, [{ citizen: 'a', facts: [alice, { ...alice, nhsNumber: '9990001111' }] }], refused('nhs-number-of-another-person', 'link-nhs-05')],
  // the partner's own identifier
  ['own identifier known', alice, [citizenA], certain('link-local-01')],
  ['own identifier known, identified at last under another name', { ...alice, family: 'bello', given: ['joy'], birthDate: '1940-01-02' }, [citizenA], certain('link-local-01')],
  ['own identifier known, no number sent', without(alice, 'nhsNumber', 'nhsNumberStatus'), [citizenA], certain('link-local-01')],
  ['own identifier known, number learnt', alice, [untracedA], certain('link-local-01')],
  ['own identifier, number now of another citizen', { ...alice, nhsNumber: '9990000379' }, [citizenA, citizenB], refused('nhs-number-of-another-person', 'link-local-03')],
  ['own identifier without a number so far, number now of another citizen', { ...alice, nhsNumber: '9990000379' }, [untracedA, citizenB], refused('nhs-number-of-another-person', 'link-local-03')],
  ['own identifier with a number that another citizen holds too: who it is was parked or decided', alice, [citizenA, { citizen: 'b', facts: [{ ...alice, local: [], birthDate: '1968-02-11' }] }], certain('link-local-01')],
  ['own identifier known, birth date corrected to another\'s', { ...alice, birthDate: '1968-02-11' }, [citizenA], certain('link-local-01')],
  ['own identifier, another number than the verified one', { ...alice, nhsNumber: '9990001111' }, [citizenA], refused('nhs-number-changed', 'link-local-04')],
  ['own identifier, unverified number corrected', { ...alice, nhsNumber: '9990001111' }, [{ citizen: 'a', facts: [{ ...alice, nhsNumberStatus: '02' }] }], certain('link-local-02')],
  ['own identifier, number, name and birth date all changed', { ...abdul, local: alice.local, nhsNumber: '9990001111' }, [{ citizen: 'a', facts: [{ ...alice, nhsNumberStatus: '02' }] }], refused('nhs-number-changed', 'link-local-04')],
  ['own identifiers of two citizens at once', { ...alice, local: [...alice.local, ...abdul.local] }, [citizenA, citizenB], refused('identifiers-of-two-people', 'link-local-05')],
  ['the same value in another partner\'s system is another identifier', { ...without(abdul, 'nhsNumber', 'nhsNumberStatus'), local: [{ system: bchc, value: 'H1' }] }, [citizenA], { kind: 'new', traced: false, rule: 'link-new-02' }],
  ['identity unknown: nobody is compared', { ...unnumbered, identityUnknown: true }, [citizenA], { kind: 'new', traced: false, rule: 'link-unknown' }],
  ['identity unknown, own identifier known', { ...alice, identityUnknown: true }, [citizenA], certain('link-local-01')],
  // demographics
  ['no number, all five fields equal for one citizen', unnumbered, [citizenA], certain('link-demographics-01')],
  ['number here, none there, all five equal', aliceElsewhere, [untracedA], certain('link-demographics-01')],
  ['all five equal for two citizens', unnumbered, [citizenA, { ...untracedA, citizen: 'c' }], possible('link-demographics-02', 'a', 'c')],
  ['no number, the twin', { ...unnumbered, given: ['grace'] }, [citizenA], { kind: 'new', traced: false, rule: 'link-new-02' }],
  ['no number, moved house', { ...unnumbered, postcode: 'B296BB' }, [citizenA], possible('link-likelihood-02', 'a')],
  ['all five equal, but both numbers verified and different', { ...aliceElsewhere, nhsNumber: '9990001111' }, [citizenA], { kind: 'new', traced: true, rule: 'link-new-01' }],
  ['all five equal, an unverified number differs', { ...aliceElsewhere, nhsNumber: '9990001111', nhsNumberStatus: '02' }, [citizenA], possible('link-demographics-03', 'a')],
  ['all five equal, the partner itself keeps two records', { ...unnumbered, local: [{ system: uhb, value: 'H9' }] }, [citizenA], possible('link-demographics-03', 'a')],
  ['all five equal, one of them without the name that tells brothers apart', { ...unnumbered, given: ['mohammed'] }, [{ citizen: 'a', facts: [{ ...alice, given: ['mohammed', 'ali'] }] }], possible('link-demographics-03', 'a')],
  ['all five equal, brothers by their next name', { ...unnumbered, given: ['mohammed', 'hassan'] }, [{ citizen: 'a', facts: [{ ...alice, given: ['mohammed', 'ali'] }] }], { kind: 'new', traced: false, rule: 'link-new-02' }],
];

describe('which citizen is this', () => {
  it.each(cases)('%s', (_, facts, candidates, expected) => {
    expect(decideLink(facts, candidates)).toMatchObject(expected);
  });

  it('names the fields that agreed', () => {
    expect(decideLink({ ...aliceElsewhere, family: 'bello', postcode: 'B296BB' }, [citizenA])).toEqual({
      kind: 'certain', citizen: 'a', rule: 'link-nhs-01', agreed: ['nhs-number', 'birth-date', 'given', 'gender'],
    });
  });
});

const numbers = ['9990000743', '9990000379', '9990001111', '9990001480'];
const clearlyDifferent = ['alice', 'grace', 'joyce', 'mercy', 'ruth', 'wanda'];

const person: fc.Arbitrary<PersonFacts> = fc.record({
  nhsNumber: fc.constantFrom(...numbers, '9990000744'),
  nhsNumberStatus: fc.constantFrom('01', '02', '05'),
  local: fc.array(fc.record({ system: fc.constantFrom(uhb, bchc), value: fc.constantFrom('1', '2', '3') }), { maxLength: 2 }),
  family: fc.constantFrom('okafor', 'bello', 'adeyemi okafor'),
  given: fc.array(fc.constantFrom(...clearlyDifferent, 'mohammed', 'a'), { minLength: 1, maxLength: 2 }),
  otherFamily: fc.constant([]),
  otherGiven: fc.array(fc.constantFrom(...clearlyDifferent), { maxLength: 1 }),
  birthDate: fc.constantFrom('1938-02-11', '1938-11-02', '1951-09-27', '1938', '1900-01-01'),
  gender: fc.constantFrom('female', 'male', 'unknown'),
  postcode: fc.constantFrom('B138XX', 'B296BB'),
  identityUnknown: fc.constantFrom(true, false, false, false),
}, { requiredKeys: ['local', 'given', 'otherFamily', 'otherGiven'] });
const people = fc.uniqueArray(fc.record({ citizen: fc.constantFrom('a', 'b', 'c', 'd'), facts: fc.array(person, { minLength: 1, maxLength: 3 }) }), { selector: ({ citizen }) => citizen, maxLength: 4 });

describe('whoever comes', () => {
  it('the order of candidates and of their facts changes nothing', () => {
    fc.assert(fc.property(person, people, fc.nat(), (facts, candidates, seed) => {
      const turned = candidates.map(({ citizen, facts: known }) => ({ citizen, facts: [...known].reverse() }));
      const rotated = [...turned.slice(seed % (turned.length || 1)), ...turned.slice(0, seed % (turned.length || 1))].reverse();
      expect(decideLink(facts, rotated)).toEqual(decideLink(facts, candidates));
    }), { numRuns: 2_000 });
  });

  it('a citizen found by several keys is one candidate', () => {
    fc.assert(fc.property(person, people, (facts, candidates) => {
      expect(decideLink(facts, [...candidates, ...candidates])).toEqual(decideLink(facts, candidates));
    }));
  });

  it('twins are never linked, whatever number, status or gender comes with them', () => {
    fc.assert(fc.property(person, person, fc.constantFrom(...clearlyDifferent), fc.constantFrom(...clearlyDifferent), fc.constantFrom('', 'mohammed'), (a, b, first, second, shared) => {
      fc.pre(first !== second);
      const home = { family: 'okafor', birthDate: '1938-02-11', postcode: 'B138XX', otherGiven: [], identityUnknown: false };
      const names = (name: string) => (shared === '' ? [name] : [shared, name]);
      const twin = { ...a, ...home, given: names(first), local: [{ system: uhb, value: '1' }] };
      const other = { ...b, ...home, given: names(second), local: [{ system: bchc, value: '2' }] };
      expect(decideLink(twin, [{ citizen: 'a', facts: [other] }]).kind).not.toBe('certain');
    }), { numRuns: 2_000 });
  });

  it('two different verified numbers are never one citizen', () => {
    fc.assert(fc.property(person, people, fc.constantFrom(...numbers), (facts, candidates, number) => {
      const verified: PersonFacts = { ...facts, identityUnknown: false, nhsNumber: number, nhsNumberStatus: '01' };
      const decision = decideLink(verified, candidates);
      if (decision.kind !== 'certain') return;
      const known = candidates.find(({ citizen }) => citizen === decision.citizen)?.facts ?? [];
      expect(known.filter((one) => one.nhsNumberStatus === '01' && one.nhsNumber && one.nhsNumber !== number)).toEqual([]);
    }), { numRuns: 5_000 });
  });

  it('nobody is attached by a number whose birth dates are swapped or a generation apart', () => {
    fc.assert(fc.property(person, person, fc.constantFrom('1938-11-02', '1968-02-11', '1951-09-27'), (a, b, birthDate) => {
      const named = { family: 'okafor', given: ['alice'], otherGiven: [], identityUnknown: false, nhsNumber: '9990000743', nhsNumberStatus: '01' };
      const [one, other] = [{ ...a, ...named, birthDate: '1938-02-11', local: [{ system: uhb, value: '1' }] }, { ...b, ...named, birthDate, local: [{ system: bchc, value: '2' }] }];
      expect(decideLink(one, [{ citizen: 'a', facts: [other] }]).kind).toBe('possible');
    }));
  });

  it('nobody is attached by a number alone', () => {
    fc.assert(fc.property(people, fc.constantFrom(...numbers), (candidates, number) => {
      const bare: PersonFacts = { local: [], given: [], otherFamily: [], otherGiven: [], nhsNumber: number, nhsNumberStatus: '01' };
      expect(decideLink(bare, candidates).kind).not.toBe('certain');
    }));
  });

  it('a link is only ever to a candidate, and a certain one names what agreed', () => {
    fc.assert(fc.property(person, people, (facts, candidates) => {
      const decision = decideLink(facts, candidates);
      const known = candidates.map(({ citizen }) => citizen);
      if (decision.kind === 'certain') {
        expect(known).toContain(decision.citizen);
        expect(decision.agreed.length).toBeGreaterThan(0);
      }
      if (decision.kind === 'possible') for (const citizen of decision.candidates) expect(known).toContain(citizen);
    }), { numRuns: 2_000 });
  });
});
